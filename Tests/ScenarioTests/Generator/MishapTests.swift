import EventModel
import Testing

@testable import Scenario

/// What goes wrong with buttons, and the truth about it.
@Suite struct MishapTests {
    /// One feeder that is pressed twice an hour on average.
    private func scenario(_ mishaps: String, more: String = "") throws -> ScenarioFile {
        try ScenarioFile(
            """
            name: one
            time-zone: UTC
            start: 2020-01-01
            feeders:
              - name: kitchen
                buttons: [G030PM]
                bowls: {left: 25, right: 30}
                snacks: [{name: a, per-hour: {"00:00-24:00": 2}, clicks: {SINGLE: 1, DOUBLE: 1}}]
                mishaps: {\(mishaps)}
                \(more)
            """)
    }

    private struct Run {
        var events: [PlannedEvent] = []
        var clicks: [ClickKind?] = []
        var lost: [PressTruth] = []
        var pending: [PressTruth] = []
    }

    private func run(_ scenario: ScenarioFile, years: Int = 1, seed: UInt64 = 42) throws -> Run {
        var generator = try ScenarioGenerator(
            scenario, seed: seed, years: years, zones: TimeZoneDatabase())
        var run = Run()
        while let events = generator.next({ $0 }) {
            run.events += events
            run.lost += generator.lost
        }
        run.lost += generator.lost
        run.pending = generator.pending
        run.clicks = run.events.map { generator.contents[$0.content].click }
        return run
    }

    private func isNear(_ count: Int, _ share: Double, of total: Int) -> Bool {
        let expected = share * Double(total)
        return abs(Double(count) - expected) < 4 * (expected * (1 - share)).squareRoot()
    }

    @Test func `late reports keep the press's time and arrive in order`() throws {
        let plain = try run(scenario("health-reports: {every: 365}"))
        let late = try run(
            scenario("health-reports: {every: 365}, late-reports: {rate: 0.1, by: 5m-48h}"))
        let faulty = late.events.filter { $0.truth != nil }
        #expect(isNear(faulty.count, 0.1, of: plain.events.count))
        for event in faulty {
            let delay = event.recorded.microseconds - event.time.microseconds
            #expect(event.truth?.faults == .late && event.truth?.pressed == event.time)
            #expect((300_000_000...172_800_000_000).contains(delay))
        }
        for (a, b) in zip(late.events, late.events.dropFirst()) {
            #expect(a.recorded <= b.recorded)
            if a.recorded > late.events[0].recorded { #expect(a.id.text < b.id.text) }
        }
        // All doublings of five minutes are there, and every press arrives once.
        let hours = faulty.map { ($0.recorded.microseconds - $0.time.microseconds) / 3_600_000_000 }
        #expect(hours.contains(0) && hours.contains { $0 > 36 })
        let before = late.events.filter { $0.truth == nil }.map(\.id)
        #expect(Set(before).isSubset(of: plain.events.map(\.id)))
        let presses = Set(faulty.compactMap { $0.truth?.press })
        #expect(presses.isSubset(of: plain.events.map(\.id)))
    }

    @Test func `a press that is reported twice has two events and one press`() throws {
        let twice = try run(scenario("duplicate-reports: {rate: 0.05, by: 1s-10m}"))
        let copies = twice.events.indices.filter { twice.events[$0].truth != nil }
        #expect(isNear(copies.count, 0.05, of: twice.events.count - copies.count))
        let byID = Dictionary(
            uniqueKeysWithValues: twice.events.indices.map { (twice.events[$0].id, $0) })
        for place in copies {
            let copy = twice.events[place]
            let truth = try #require(copy.truth)
            let first = try #require(byID[truth.press])
            #expect(truth.faults == .duplicate)
            #expect(first < place && twice.events[first].time == copy.time)
            #expect(twice.events[first].content == copy.content)
            #expect(truth.click == twice.clicks[place])
        }
    }

    @Test func `a DOUBLE may be seen as two SINGLE`() throws {
        let split = try run(scenario("split-doubles: {rate: 0.2}"))
        let halves = split.events.indices.filter { split.events[$0].truth != nil }
        let whole = split.clicks.count { $0 == .double }
        #expect(isNear(halves.count / 2, 0.2, of: whole + halves.count / 2))
        for place in halves {
            #expect(split.clicks[place] == .single)
            #expect(split.events[place].truth?.click == .double)
            #expect(split.events[place].truth?.faults == .split)
        }
        let presses = Dictionary(grouping: halves) { split.events[$0].truth?.press }
        #expect(presses.values.allSatisfy { $0.count == 2 })
    }

    @Test func `a clock that is off is off by the same for good`() throws {
        let skewed = try run(scenario("skewed-clocks: {rate: 1, by: 30m}"))
        let presses = skewed.events.dropFirst()
        let offsets = Set(presses.map { $0.time.microseconds - $0.recorded.microseconds })
        #expect(offsets.count == 1)
        #expect(offsets.allSatisfy { $0 != 0 && abs($0) <= 1_800_000_000 })
        #expect(presses.allSatisfy { $0.truth?.pressed == $0.recorded })
    }

    @Test func `a clock that is not set tells the begin of 1970`() throws {
        let unset = try run(scenario("unset-clocks: {rate: 0.1}"))
        let wrong = unset.events.filter { $0.truth?.faults == .unset }
        #expect(wrong.allSatisfy { (0..<86_400_000_000).contains($0.time.microseconds) })
        // All presses of a tenth of the 366 days, and none of the others.
        func days(_ events: [PlannedEvent]) -> Set<Int64> {
            Set(events.map { $0.recorded.microseconds / 86_400_000_000 })
        }
        #expect(isNear(days(wrong).count, 0.1, of: 366))
        let right = unset.events.dropFirst().filter { $0.truth == nil }
        #expect(days(wrong).isDisjoint(with: days(right)))
    }

    @Test
    func `a report that is on its way at the end is in the truth, and in a longer run's events`()
        throws
    {
        let plain = try run(scenario("split-doubles: {rate: 0}"))
        let mishaps =
            "late-reports: {rate: 0.5, by: 1h-48h}, duplicate-reports: {rate: 0.2, by: 1h-9h}"
        let late = try run(scenario(mishaps))
        #expect(!late.pending.isEmpty)
        #expect(late.pending.allSatisfy { $0.faults.contains(.pending) })
        func presses(_ run: Run) -> Set<EventID> {
            Set(run.events.filter { $0.truth == nil }.map(\.id)).union(
                run.events.compactMap { $0.truth?.press })
        }
        // No press is forgotten.
        #expect(presses(late).union(late.pending.map(\.press)) == presses(plain))
        let longer = try run(scenario(mishaps), years: 2)
        for report in late.pending {
            #expect(
                longer.events.dropFirst(late.events.count).contains {
                    $0.truth?.press == report.press
                        && $0.truth?.faults == report.faults.subtracting(.pending)
                })
        }
    }

    @Test func `a dead battery loses presses, and the truth knows them`() throws {
        let all = try run(scenario("split-doubles: {rate: 0}"), years: 3)
        let dead = try run(scenario("batteries: {days: 90-120, dead: 3-5}"), years: 3)
        #expect(all.events.count == dead.events.count + dead.lost.count)
        #expect(dead.lost.allSatisfy { $0.faults == .lost })
        let ids = Set(all.events.map(\.id))
        #expect(dead.lost.allSatisfy { ids.contains($0.press) })
        // Some ten batteries of 109 days with the gap, four days of 48 presses each.
        #expect((1200...2600).contains(dead.lost.count))
        for (a, b) in zip(dead.lost, dead.lost.dropFirst()) { #expect(a.pressed <= b.pressed) }
    }

    @Test func `a child presses again at once`() throws {
        let again = try run(
            scenario("split-doubles: {rate: 0}", more: "double-presses: {rate: 0.1, within: 5s}"))
        let second = again.events.filter { $0.truth != nil }
        #expect(isNear(second.count, 0.1, of: again.events.count - second.count))
        #expect(second.allSatisfy { $0.truth?.faults == .again && $0.truth?.press == $0.id })
    }

    @Test func `buttons report their health by a source that feeds nobody`() throws {
        let scenario = try scenario("health-reports: {every: 10}, batteries: {days: 100, dead: 20}")
        let events = try scenario.events(from: "2020-01-01", until: "2021-01-01")
        let reports = events.filter { $0.source == "com.feedmyfurbabies.health" }
        #expect((28...33).contains(reports.count))
        #expect(reports.allSatisfy { $0.content.click == nil && $0.device == "G030PM" })
        let lives = reports.compactMap {
            (try? JSONValue(parsing: $0.detail))?["remaining-life"]?.int
        }
        #expect(lives.first == 100 && Set(lives) == [25, 50, 75, 100])
    }

    static let chaos = """
        late-reports: {rate: 0.1, by: 1m-100h}, duplicate-reports: {rate: 0.1, by: 1s-50h}, \
        split-doubles: {rate: 0.2}, skewed-clocks: {rate: 1, by: 2h}, unset-clocks: {rate: 0.01}, \
        batteries: {days: 100-200, dead: 2-9}, health-reports: {every: 5}
        """

    @Test func `with everything at once ids are unique, order is arrival, and jobs change nothing`()
        throws
    {
        for name in ["chaotic-household", "growing-fleet"] {
            let scenario = try ShippedScenario.read(name)
            let one = try scenario.events(from: "2021-01-01", until: "2021-06-01")
            let three = try scenario.events(from: "2021-01-01", until: "2021-06-01", jobs: 3)
            #expect(one.map(\.line) == three.map(\.line))
            let longer = try scenario.events(from: "2021-01-01", until: "2021-08-01", jobs: 2)
            #expect(longer.prefix(one.count).map(\.line) == one.map(\.line))
            #expect(Set(longer.map(\.id)).count == longer.count)
            for (a, b) in zip(longer, longer.dropFirst()) {
                #expect((a.recorded ?? a.time) <= (b.recorded ?? b.time))
            }
        }
    }

    @Test func `a mishap that is switched on changes no other one's draws`() throws {
        let some = try run(scenario("late-reports: {rate: 0.1, by: 1m-100h}"))
        let all = try run(scenario(Self.chaos))
        func late(_ run: Run) -> Set<EventID> {
            Set(
                run.events.compactMap {
                    $0.truth.flatMap { $0.faults.contains(.late) ? $0.press : nil }
                })
        }
        let lost = Set(all.lost.map(\.press))
        #expect(late(some).subtracting(lost).isSubset(of: late(all).union(splitHalves(all))))
        #expect(late(some).count > 1000)
    }

    private func splitHalves(_ run: Run) -> Set<EventID> {
        Set(
            run.events.compactMap { event in
                event.truth.flatMap { $0.faults.contains(.split) ? $0.press : nil }
            })
    }

    @Test func `the stream of the chaotic household with seed 42 is what it was`() throws {
        // The zones are New York and Denver of years that are past: tzdata will not change them.
        var generator = try ScenarioGenerator(
            ShippedScenario.read("chaotic-household"), seed: 42, years: 3,
            zones: TimeZoneDatabase())
        var hash = SHA256()
        var count = 0
        func note(_ truth: PressTruth) {
            hash.update("\(truth.press) \(truth.pressed) \(truth.click) \(truth.faults.names)\n")
        }
        while let events = generator.next({ $0 }) {
            for event in events {
                hash.update(
                    "\(event.id) \(event.time) \(event.recorded)"
                        + " \(generator.contents[event.content].detail)\n")
                event.truth.map(note)
            }
            count += events.count
            generator.lost.forEach(note)
        }
        #expect(count == 8660)
        #expect(
            hash.digest().hex == "75773a9d249bf3553cede3edb5d8c0c541ef5b7d5af5fde1b6b13504e41f11e6")
    }

    @Test func `memory holds what is on its way, not what has been`() throws {
        var strand = PressStrand(streams: PressStreams(seed: 1))
        let scenario = try scenario(Self.chaos)
        let start = Timestamp(microseconds: 1_577_836_800_000_000)
        var planner = ButtonPlanner(
            envelope: "{}",
            run: .init(
                milliseconds: start.microseconds / 1000..<start.microseconds / 1000 * 2,
                scenarioStart: start.microseconds / 1000),
            zones: try TimeZoneDatabase(), streams: PressStreams(seed: 1))
        for placed in try planner.plans(of: scenario.households[0]) {
            strand.add(placed.plan, in: placed.zone, from: start)
        }
        var most = 0
        for day in 1...1500 {
            strand.advance(
                to: Timestamp(microseconds: start.microseconds + Int64(day) * 86_400_000_000))
            most = max(most, strand.waiting)
        }
        // 48 presses a day, one in ten on its way for up to four days.
        #expect(most < 500)
    }
}
