import EventModel
import Foundation
import Testing

@testable import Scenario

@Suite struct ScenarioGeneratorTests {
    @Test func `one, two and three jobs make the same events`() throws {
        let scenario = try ShippedScenario.read("fleet")
        let one = try scenario.events(from: "2024-03-29", until: "2024-04-09").map(\.line)
        #expect(one.count > 40_000)
        for jobs in 2...3 {
            let more = try scenario.events(from: "2024-03-29", until: "2024-04-09", jobs: jobs)
            #expect(more.map(\.line) == one)
        }
    }

    @Test(arguments: ["two-cats-auckland", "single-feeder"])
    func `three years are the begin of five`(name: String) throws {
        let scenario = try ShippedScenario.read(name)
        let three = try scenario.events(years: 3).map(\.line)
        let five = try scenario.events(years: 5).map(\.line)
        #expect(five.count > three.count)
        #expect(Array(five.prefix(three.count)) == three)
    }

    @Test func `a fleet's shorter run is the begin of its longer one`() throws {
        let scenario = try ShippedScenario.read("fleet")
        let short = try scenario.events(from: "2023-12-30", until: "2024-01-03").map(\.line)
        let long = try scenario.events(from: "2023-12-30", until: "2024-01-05").map(\.line)
        #expect(long.count > short.count)
        #expect(Array(long.prefix(short.count)) == short)
    }

    @Test(arguments: ["two-cats-auckland", "single-feeder"])
    func `events come in strict order, recorded as they happen, each id once`(name: String) throws {
        let events = try ShippedScenario.read(name).events(years: 5)
        #expect(Set(events.map(\.id)).count == events.count)
        for (a, b) in zip(events, events.dropFirst()) {
            #expect(a.time <= b.time)
            // A registration may share its moment with the first press, whose id is random.
            if a.content.click != nil { #expect(a.id.text < b.id.text) }
        }
        for event in events {
            #expect(event.recorded == event.time)
            #expect(event.time.microseconds % 1000 == 0)
        }
    }

    @Test func `a run begins and ends at midnight of the scenario's zone`() throws {
        let scenario = try ShippedScenario.read("two-cats-auckland")
        let generator = try ScenarioGenerator(
            scenario, seed: 1, years: 5, zones: TimeZoneDatabase())
        #expect(generator.start.shortText == "2019-12-31T11:00:00Z")
        #expect(generator.end.shortText == "2024-12-31T11:00:00Z")
        let events = try scenario.events(seed: 1, years: 5)
        #expect(events.allSatisfy { $0.time >= generator.start && $0.time < generator.end })
    }

    @Test func `registrations come first, then presses as the button handler puts them`() throws {
        let events = try ShippedScenario.read("two-cats-auckland").events(years: 1)
        let envelope =
            #"{"version":"0","account":"123456789012","region":"ap-southeast-2","resources":[]}"#
        #expect(events[0].source == Registration.source)
        #expect(events[0].content.envelope == envelope)
        #expect(
            events[0].detail == #"{"device-id": "G030PM0123456789", "feeder": "kitchen", "#
                + #""time-zone": "Pacific/Auckland", "bowls": {"left": 25, "right": 30}}"#)
        for event in events.dropFirst() {
            let click = try #require(event.content.click)
            #expect(
                event.detail
                    == #"{"click-type": "\#(click.word)", "device-id": "G030PM0123456789"}"#)
            #expect(event.source == "com.feedmyfurbabies")
            #expect(event.detailType == "AWS IoT 1-Click")
            #expect(event.device == "G030PM0123456789")
            #expect(event.content.form == .put && event.content.envelope == envelope)
        }
        #expect(Set(events.map { ObjectIdentifier($0.content) }).count == 4)
    }

    @Test func `another seed makes other presses`() throws {
        let scenario = try ShippedScenario.read("two-cats-auckland")
        let a = try scenario.events(seed: 42, years: 1)
        let b = try scenario.events(seed: 43, years: 1)
        #expect(Set(a.map(\.id)).isDisjoint(with: b.map(\.id)))
        #expect(Set(a.dropFirst().map(\.time)).intersection(b.map(\.time)).count < 5)
    }

    @Test func `a button that is dropped changes no other button's presses`() throws {
        func scenario(_ feeders: [String]) throws -> ScenarioFile {
            try ScenarioFile(
                """
                name: some
                time-zone: Europe/Berlin
                start: 2024-01-01
                feeders:

                """
                    + feeders.map { name in
                        """
                          - name: \(name)
                            buttons: [B-\(name)]
                            bowls: {left: 1, right: 2}
                            habits: [{name: breakfast, click: LONG, at: "07:00", spread: 6h, probability: 0.5}]
                            snacks: [{name: all day, per-hour: {"00:00-24:00": 0.4}, clicks: {SINGLE: 1, DOUBLE: 1}}]

                        """
                    }.joined())
        }
        func lines(_ feeders: [String], jobs: Int, of device: String) throws -> [String] {
            try scenario(feeders).events(years: 1, jobs: jobs)
                .filter { $0.device == device }.map(\.line)
        }
        let all = try lines(["a", "b", "c"], jobs: 1, of: "B-c")
        #expect(all.count > 3000)
        #expect(try lines(["c", "a"], jobs: 2, of: "B-c") == all)
        #expect(try lines(["c"], jobs: 1, of: "B-c") == all)
    }

    @Test func `a habit that is dropped changes no other habit's presses`() throws {
        let all = try ShippedScenario.read("two-cats-auckland")
        let file = ShippedScenario.folder + "/two-cats-auckland.yaml"
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let fewer = try ScenarioFile(
            lines.filter { !$0.contains("name: dinner") }.joined(separator: "\n"))
        #expect(fewer.households[0].habits.count == all.households[0].habits.count - 1)
        let events = try all.events(years: 1).map(\.line)
        let kept = try fewer.events(years: 1).map(\.line)
        #expect((355...366).contains(events.count - kept.count))
        #expect(Set(kept).isSubset(of: events))
    }

    @Test func `a fleet's feeder does not depend on how many there are`() throws {
        let ten = Fleet(
            count: 10, feederPattern: "f-##", buttonPattern: "B##",
            zones: [.init(name: "UTC", weight: 1), .init(name: "Asia/Tokyo", weight: 1)],
            habitShift: 3_600_000,
            template: Household(
                feeder: "", buttons: [""], timeZone: "", leftGrams: 1, rightGrams: 1, cats: [],
                habits: [
                    Habit(
                        name: "x", click: .long, button: 0, milliseconds: 1000, spread: 0,
                        weekdays: .daily, probability: 1_000_000)
                ],
                snacks: []))
        var four = ten
        four.count = 4
        #expect(Array(ten.households(seed: 5).prefix(4)) == four.households(seed: 5))
        #expect(ten.households(seed: 5) != ten.households(seed: 6))
        #expect(ten.households(seed: 5).map(\.feeder).last == "f-10")
        #expect(Set(ten.households(seed: 5).map(\.timeZone)).count == 2)
        let times = ten.households(seed: 5).map { $0.habits[0].milliseconds }
        #expect(Set(times).count > 4)
        #expect(times.allSatisfy { (0...3_601_000).contains($0) })
    }

    @Test(arguments: [
        ("2024-01-01", 0), ("2024-01-01", 1001), ("1970-01-01", 1), ("2400-01-01", 200),
    ])
    func `a run that cannot be made is refused`(start: String, years: Int) throws {
        let scenario = try ShippedScenario.read("single-feeder")
        let day = try Timestamp.Day(text: start)
        #expect(throws: RunLengthError(start: day, years: years)) {
            try ScenarioGenerator(
                scenario, seed: 1, start: day, years: years, zones: TimeZoneDatabase())
        }
    }

    @Test func `the stream of two-cats with seed 42 is what it was`() throws {
        // The zone is New Zealand's of years that are past: tzdata will not change it.
        let events = try ShippedScenario.read("two-cats-auckland").events(seed: 42, years: 2)
        var hash = SHA256()
        for event in events.prefix(2000) { hash.update(event.line + "\n") }
        #expect(
            hash.digest().hex == "f99c056cef6633c5431e5a455371ddc87c62772d56f4226618b7953d4677efc4")
        #expect(events.count == 4832)
    }
}
