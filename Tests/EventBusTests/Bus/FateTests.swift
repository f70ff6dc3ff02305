import EventBus
import EventModel
import Testing

@Suite struct `A disturbed bus` {
    private func run(
        _ fates: [Int: Fate], retry: RetryPolicy = RetryPolicy()
    ) throws -> (target: Recorder, bus: Bus, outcomes: [String], asked: [AttemptAddress]) {
        let (target, disturbance, observer) = (Recorder(), Fates(), Outcomes())
        disturbance.fates[1] = fates
        let bus = Sample.bus(target, retry: retry, disturbance: disturbance)
        bus.observer = observer
        try bus.put(BusEvent(Sample.press(), sequence: 1), at: Sample.time)
        try Sample.drain(bus)
        return (target, bus, observer.words, disturbance.asked)
    }

    @Test func `fails an attempt before the target has seen it`() throws {
        let found = try run([1: .failBefore])
        #expect(found.target.receipts.map(\.attempt) == [2])
        #expect(found.outcomes == ["1 one 1: failed INJECTED", "1 one 2: delivered"])
        #expect(found.bus.counts.attempts == 2 && found.bus.counts.failed == 1)
    }

    @Test func `loses the answer of a target that has done its work`() throws {
        let found = try run([1: .failAfter])
        #expect(found.target.receipts.map(\.attempt) == [1, 2])
        #expect(found.outcomes == ["1 one 1: failed INJECTED acted", "1 one 2: delivered"])
    }

    @Test func `delivers once more, after the pause`() throws {
        let found = try run([1: .deliverAgain(after: 90_000_000)])
        #expect(found.target.receipts.map(\.attempt) == [1, 1])
        let moments = found.target.receipts.map(\.now.microseconds)
        #expect(moments[1] - moments[0] == 90_000_000)
        #expect(
            found.outcomes == [
                "1 one 1: delivered", "1 one 1: duplicated", "1 one 1: delivered",
            ])
        // The copy has no fate of its own: it would be doubled for ever.
        #expect(found.asked.count == 1 && found.bus.counts.duplicated == 1)
    }

    @Test func `delivers once more at once where the pause is none`() throws {
        let found = try run([1: .deliverAgain(after: -5)])
        #expect(found.target.receipts.map(\.now) == [Sample.time, Sample.time])
    }

    @Test func `gives up what fails each time, and says after how many attempts`() throws {
        let fates = Dictionary(uniqueKeysWithValues: (1...4).map { ($0, Fate.failBefore) })
        let found = try run(fates, retry: RetryPolicy(attempts: 2))
        #expect(found.target.receipts.isEmpty)
        #expect(found.outcomes.last == "1 one 3: given up MaximumRetryAttempts")
        #expect(found.outcomes.dropLast().last == "1 one 3: failed INJECTED, last")
        #expect(found.bus.deadLetters["letters"]?.first?.errorCode == "INJECTED")
    }

    @Test func `asks for each attempt by sequence, target and number`() throws {
        let found = try run([1: .failBefore, 2: .failAfter])
        #expect(
            found.asked.map { [$0.sequence, $0.attempt] } == [[1, 1], [1, 2], [1, 3]])
        #expect(found.asked.allSatisfy { $0.target == "one" })
    }

    @Test func `sends the letters of one queue again, as new events, undisturbed`() throws {
        let (target, disturbance) = (Recorder(), Fates())
        for sequence in 1...3 { disturbance.fates[sequence] = [1: .failBefore] }
        let bus = Sample.bus(target, retry: RetryPolicy(attempts: 0), disturbance: disturbance)
        for sequence in 1...3 {
            try bus.put(
                BusEvent(Sample.press(id: "\(sequence)"), sequence: sequence, replayName: "r"),
                at: Sample.time)
        }
        #expect(bus.deadLetters["letters"]?.count == 3 && target.receipts.isEmpty)
        #expect(try bus.redrive("nobody's", at: Sample.time) == 0)
        let later = Timestamp(microseconds: Sample.time.microseconds + 172_800_000_000)
        #expect(try bus.redrive("letters", at: later) == 3)
        #expect(target.receipts.map(\.sequence) == [1, 2, 3])
        #expect(target.receipts.allSatisfy { $0.now == later && $0.attempt == 1 })
        #expect(target.receipts.allSatisfy { $0.input.contains("\"replay-name\":\"r\"") })
        #expect(bus.deadLetters["letters"] == nil)
    }

    @Test func `tries redriven letters again for as long as new events, and gives them up again`()
        throws
    {
        let target = Recorder()
        target.failure = { _ in .busy }
        let bus = Sample.bus(target, retry: RetryPolicy(attempts: 1))
        try bus.put(BusEvent(Sample.press(), sequence: 1), at: Sample.time)
        try Sample.drain(bus)
        let later = Timestamp(microseconds: Sample.time.microseconds + 172_800_000_000)
        try bus.redrive("letters", at: later)
        try Sample.drain(bus)
        #expect(target.receipts.map(\.attempt) == [1, 2, 1, 2])
        let letter = try #require(bus.deadLetters["letters"]?.first)
        #expect(letter.at > later && letter.condition == .maximumRetryAttempts)
        target.failure = { _ in nil }
        #expect(try bus.redrive("letters", at: letter.at) == 1)
        #expect(target.receipts.count == 5 && bus.deadLetters["letters"] == nil)
    }
}
