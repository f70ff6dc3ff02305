import EventBus
import EventModel
import PropertyChecks
import PropertyTesting
import Testing

@Suite struct `A bus, for any failures` {
    /// For each event, how often its target fails before it takes it.
    private static let failures = Gen.integer(in: 0...6).list(of: 0...12)

    @Test func `delivers each event or gives it up, and loses none`() async throws {
        try await forAll(zip(Self.failures, Gen.integer(in: 0...4))) { failures, retries in
            let target = Recorder()
            target.failure = { receipt in
                let wanted = failures[(receipt.sequence ?? 1) - 1]
                return receipt.attempt <= wanted ? .busy : nil
            }
            let bus = Sample.bus(target, retry: RetryPolicy(attempts: retries))
            for number in failures.indices {
                let event = Sample.press(id: "event-\(number)")
                try bus.put(BusEvent(event, sequence: number + 1), at: Sample.time)
            }
            try Sample.drain(bus)
            let given = failures.count { $0 > retries }
            #expect(bus.counts.delivered == failures.count - given)
            #expect(bus.counts.put == failures.count && bus.pending == 0)
            for number in failures.indices {
                let attempts = target.receipts.count { $0.sequence == number + 1 }
                #expect(attempts == min(failures[number], retries) + 1)
            }
        }
    }
}
