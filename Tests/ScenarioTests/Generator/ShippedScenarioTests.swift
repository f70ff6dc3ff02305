import EventModel
import Testing

@testable import Scenario

@Suite struct ShippedScenarioTests {
    @Test(arguments: [
        ("single-feeder", 2.0...4.0), ("two-cats-auckland", 6.0...9.0), ("fleet", 4000...9000),
        ("zone-torture", 28...70), ("chaotic-household", 4...14), ("growing-fleet", 5000...11_000),
    ])
    func `has a believable number of presses a day`(
        name: String, perDay: ClosedRange<Double>
    ) throws {
        let scenario = try ShippedScenario.read(name)
        #expect(scenario.name == name)
        let events = try scenario.events(
            from: name == "growing-fleet" ? "2024-12-02" : "2024-01-01",
            until: name == "growing-fleet" ? "2024-12-30" : "2024-01-29")
        let presses = events.filter { $0.content.click != nil }
        #expect(perDay.contains(Double(presses.count) / 28))
        let registrations = events.filter { $0.source == Registration.source }
        let buttons = Set(registrations.map(\.device))
        #expect(presses.allSatisfy { buttons.contains($0.device) })
        if !["chaotic-household", "growing-fleet"].contains(name) {
            #expect(registrations.count == scenario.feederCount)
            #expect(events.count == presses.count + registrations.count)
        }
        #expect(Set(presses.compactMap(\.content.click)).count == 3)
    }

    @Test(arguments: [
        "single-feeder", "two-cats-auckland", "fleet", "zone-torture", "chaotic-household",
        "growing-fleet",
    ])
    func `five years of it lie in the past`(name: String) throws {
        let scenario = try ShippedScenario.read(name)
        let end = try #require(scenario.start.adding(years: 5))
        #expect(try end < Timestamp.Day(text: "2026-11-01"))
    }

    @Test func `a fleet's zones follow their weights`() throws {
        let households = try ShippedScenario.read("fleet").allHouseholds(seed: 42)
        #expect(households.count == 1000)
        #expect(households[0].feeder == "feeder-0001")
        #expect(households[999].buttons == ["G030PMFLEET01000"])
        let auckland = households.filter { $0.timeZone == "Pacific/Auckland" }.count
        #expect((250...350).contains(auckland))
        #expect(Set(households.map(\.timeZone)).count == 8)
    }

    @Test func `the hash is that of the file's bytes`() throws {
        let text = try String(
            contentsOfFile: ShippedScenario.folder + "/fleet.yaml", encoding: .utf8)
        #expect(try ShippedScenario.read("fleet").hash == SHA256.hash(text))
    }
}
