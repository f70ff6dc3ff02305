import EventBus
import EventModel
import EventPatterns
import Testing

@Suite struct `A bus routes` {
    @Test func `an event to the targets of each rule that matches, in their order`() throws {
        let targets = ["a", "b", "c"].map { ($0, Recorder()) }
        let bus = Bus(
            name: Sample.name,
            rules: [
                Sample.rule("first", to: TargetBinding(id: "a"), TargetBinding(id: "b")),
                Sample.rule(
                    "others", Sample.pattern(#"{"source":["other"]}"#), to: TargetBinding(id: "c")),
                Sample.rule(
                    "long", Sample.pattern(#"{"detail":{"click-type":["LONG"]}}"#),
                    to: TargetBinding(id: "c")),
            ], targets: Dictionary(uniqueKeysWithValues: targets), seed: 1)
        let observer = Outcomes()
        bus.observer = observer
        try bus.put(BusEvent(Sample.press("LONG"), sequence: 1), at: Sample.time)
        try bus.put(BusEvent(Sample.press("SINGLE", id: "2"), sequence: 2), at: Sample.time)
        try bus.put(BusEvent(Sample.press(source: "other", id: "3"), sequence: 3), at: Sample.time)
        #expect(
            observer.words == [
                "1 a 1: delivered", "1 b 1: delivered", "1 c 1: delivered", "2 a 1: delivered",
                "2 b 1: delivered", "3 c 1: delivered",
            ])
        #expect(targets[2].1.receipts.map(\.rule) == ["long", "others"])
        #expect(bus.counts.put == 3 && bus.counts.matched == 4 && bus.counts.delivered == 6)
    }

    @Test func `nothing by a rule that is off, and nothing to a target that it was not given`()
        throws
    {
        let (off, on) = (Recorder(), Recorder())
        let bus = Bus(
            name: Sample.name,
            rules: [
                Sample.rule("off", isEnabled: false, to: TargetBinding(id: "off")),
                Sample.rule("on", to: TargetBinding(id: "on"), TargetBinding(id: "missing")),
            ], targets: ["off": off, "on": on], seed: 1)
        try bus.put(BusEvent(Sample.press(), sequence: 1), at: Sample.time)
        #expect(off.receipts.isEmpty && on.receipts.count == 1)
        #expect(bus.counts.matched == 1 && bus.counts.attempts == 1)
        #expect(bus.pending == 0 && bus.dropped == 0)
    }

    /// The bus remembers what it found for a content; these rules must not fall for it.
    @Test(arguments: [
        (#"{"id":["event-2"]}"#, [2]), (#"{"id":[{"prefix":"event-"}]}"#, [1, 2, 3]),
        (#"{"time":["2023-03-12T07:15:05Z"]}"#, [2]),
        (#"{"replay-name":["again"]}"#, [3]), (#"{"replay-name":[{"exists":false}]}"#, [1, 2]),
    ])
    func `by what differs between events of one content`(pattern: String, sequences: [Int]) throws {
        let target = Recorder()
        let bus = Bus(
            name: Sample.name,
            rules: [Sample.rule("r", Sample.pattern(pattern), to: TargetBinding(id: "one"))],
            targets: ["one": target], seed: 1)
        for sequence in 1...3 {
            var event = Sample.press(id: "event-\(sequence)")
            if sequence == 2 { event.time.microseconds += 1_000_000 }
            try bus.put(
                BusEvent(event, sequence: sequence, replayName: sequence == 3 ? "again" : nil),
                at: Sample.time)
        }
        #expect(target.receipts.map(\.sequence) == sequences)
    }

    @Test func `a failure of one target leaves the others alone`() throws {
        let (bad, good) = (Recorder(), Recorder())
        bad.failure = { _ in .refused }
        let bus = Bus(
            name: Sample.name,
            rules: [Sample.rule(to: TargetBinding(id: "bad"), TargetBinding(id: "good"))],
            targets: ["bad": bad, "good": good], seed: 1)
        try bus.put(BusEvent(Sample.press(), sequence: 1), at: Sample.time)
        #expect(good.receipts.count == 1 && bus.dropped == 1)
    }

    private struct Broken: Error {}
    private final class Breaking: Target {
        func receive(_ delivery: borrowing Delivery) throws { throw Broken() }
    }

    @Test func `an error that is no failure of a target ends the run`() {
        let bus = Bus(
            name: Sample.name, rules: [Sample.rule(to: TargetBinding(id: "one"))],
            targets: ["one": Breaking()], seed: 1)
        #expect(throws: Broken.self) {
            try bus.put(BusEvent(Sample.press(), sequence: 1), at: Sample.time)
        }
    }
}
