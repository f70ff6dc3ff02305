import EventBus
import EventModel
import Foundation
import Simulation
import Testing

@Suite struct `A bus tries again` {
    static let seed =
        ProcessInfo.processInfo.environment["REPLAYLAB_SEED"].flatMap { UInt64($0) } ?? 5

    /// The moments of all attempts of one event at a target that always fails.
    private func attempts(
        seed: UInt64, sequence: Int = 1, retry: RetryPolicy = RetryPolicy()
    ) throws -> (moments: [Timestamp], letter: DeadLetter) {
        let target = Recorder()
        target.failure = { _ in .busy }
        let bus = Sample.bus(target, retry: retry, seed: seed)
        try bus.put(BusEvent(Sample.press(), sequence: sequence), at: Sample.time)
        try Sample.drain(bus)
        #expect(target.receipts.map(\.attempt) == Array(1...target.receipts.count))
        let letters = bus.deadLetters["letters"] ?? []
        #expect(letters.count == 1 && bus.pending == 0 && bus.dropped == 0)
        return (target.receipts.map(\.now), try #require(letters.first))
    }

    @Test func `after pauses that grow to ten minutes, each between a half and all of its length`()
        throws
    {
        for seed in Self.seed..<Self.seed + 10 {
            let moments = try attempts(seed: seed).moments
            #expect(moments[0] == Sample.time)
            for (place, pair) in zip(moments, moments.dropFirst()).enumerated() {
                let full: Int64 = place < 10 ? 1_000_000 << Int64(place) : 600_000_000
                let pause = pair.1.microseconds - pair.0.microseconds
                #expect(
                    (min(full, 600_000_000) / 2...min(full, 600_000_000)).contains(pause),
                    """
                    pause \(place + 1) of seed \(seed) is \(pause) µs
                    repeat: REPLAYLAB_SEED=\(seed) swift test --filter 'pauses that grow'
                    """)
            }
        }
    }

    @Test func `at moments that the seed, the event and the attempt decide`() throws {
        let moments = try attempts(seed: Self.seed).moments
        #expect(try attempts(seed: Self.seed).moments == moments)
        #expect(try attempts(seed: Self.seed + 1).moments != moments)
        #expect(try attempts(seed: Self.seed, sequence: 2).moments != moments)
        // Jitter is there to spread: two thousand events must not come back at one moment.
        let first = try (1...200).map {
            try attempts(seed: Self.seed, sequence: $0, retry: RetryPolicy(attempts: 1)).moments[1]
        }
        #expect(Set(first).count > 190)
        // Both halves of the range that is drawn are used.
        let middle = Sample.time.microseconds + 750_000
        #expect((60...140).contains(first.count { $0.microseconds < middle }))
    }

    @Test(arguments: [0, 1, 2, 7])
    func `as often as the policy says`(retries: Int) throws {
        let (moments, letter) = try attempts(
            seed: Self.seed, retry: RetryPolicy(attempts: retries))
        #expect(moments.count == retries + 1)
        #expect(letter.condition == .maximumRetryAttempts)
        #expect(letter.attempts == retries + 1)
        #expect(letter.at == moments.last)
    }

    @Test(arguments: [60, 61, 1_000, 86_400])
    func `as long as the policy says`(age: Int) throws {
        let (moments, letter) = try attempts(
            seed: Self.seed, retry: RetryPolicy(attempts: 185, maximumAgeSeconds: age))
        let end = Sample.time.microseconds + Int64(age) * 1_000_000
        #expect(moments.allSatisfy { $0.microseconds <= end })
        #expect(letter.attempts == moments.count)
        guard moments.count <= 185 else {
            #expect(letter.condition == .maximumRetryAttempts)
            return
        }
        #expect(letter.condition == .maximumEventAge)
        // No attempt that still had room was left out.
        let last = try #require(moments.last).microseconds
        let longest = min(600_000_000, Int64(1_000_000) << Int64(min(10, moments.count - 1)))
        #expect(last + longest > end)
    }

    @Test(arguments: [(-1, 0), (186, 185), (Int.max, 185)])
    func `within what the service allows`(asked: Int, kept: Int) {
        #expect(RetryPolicy(attempts: asked).attempts == kept)
        #expect(
            RetryPolicy(maximumAgeSeconds: asked).maximumAgeSeconds == max(60, min(asked, 86_400)))
    }

    @Test func `until the target takes it`() throws {
        let target = Recorder()
        target.failure = { $0.attempt < 3 ? .busy : nil }
        let bus = Sample.bus(target)
        let observer = Outcomes()
        bus.observer = observer
        try bus.put(BusEvent(Sample.press(), sequence: 9), at: Sample.time)
        #expect(bus.pending == 1 && bus.nextDeadline != nil)
        try Sample.drain(bus)
        #expect(
            observer.words == [
                "9 one 1: failed SDK_CLIENT_ERROR", "9 one 2: failed SDK_CLIENT_ERROR",
                "9 one 3: delivered",
            ])
        #expect(bus.counts.failed == 2 && bus.counts.delivered == 1 && bus.deadLetters.isEmpty)
    }

    @Test func `at each attempt's own moment, however far the clock goes at once`() throws {
        let (slow, fast) = (Recorder(), Recorder())
        for (target, isAtOnce) in [(slow, false), (fast, true)] {
            target.failure = { _ in .busy }
            let bus = Sample.bus(target, retry: RetryPolicy(attempts: 12))
            for sequence in 1...5 {
                try bus.put(
                    BusEvent(Sample.press(id: "\(sequence)"), sequence: sequence), at: Sample.time)
            }
            if isAtOnce { try bus.advance(to: .latest) } else { try Sample.drain(bus) }
        }
        #expect(slow.receipts == fast.receipts && fast.receipts.count == 65)
    }

    @Test func `never where no attempt can help`() throws {
        let target = Recorder()
        target.failure = { _ in .refused }
        let bus = Sample.bus(target)
        try bus.put(BusEvent(Sample.press(), sequence: 1, replayName: "r"), at: Sample.time)
        #expect(target.receipts.count == 1 && bus.pending == 0)
        let letter = try #require(bus.deadLetters["letters"]?.first)
        #expect(letter.condition == .notRetryable && letter.attempts == 1)
        #expect(letter.errorCode == "NO_ACCESS" && letter.errorMessage == "refused")
        #expect(letter.rule == "feeds-rule" && letter.target == "one" && letter.at == Sample.time)
        #expect(letter.event.sequence == 1 && letter.event.replayName == "r")
    }

    @Test func `and without a queue what is given up is dropped, and counted`() throws {
        let target = Recorder()
        target.failure = { _ in .refused }
        let bus = Sample.bus(target, deadLetters: nil)
        for sequence in 1...3 {
            try bus.put(BusEvent(Sample.press(), sequence: sequence), at: Sample.time)
        }
        #expect(bus.dropped == 3 && bus.counts.deadLettered == 3 && bus.deadLetters.isEmpty)
    }
}
