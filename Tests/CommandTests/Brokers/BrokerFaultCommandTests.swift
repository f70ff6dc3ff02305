import BrokerDoubles
import EventModel
import Foundation
import Testing

/// A ledger of one cat's first events, and replays of it to brokers that fail.
@Suite struct `replay, to a broker that fails` {
    private static let last = 24

    private static func bench() throws -> Bench {
        let bench = try Bench()
        try bench.good(
            "simulate --scenario \(Shipped.twoCats) --years 1 --seed 7 --ledger cats.ledger")
        return bench
    }

    private static func command(_ address: String, _ more: String = "") -> String {
        "replay --ledger cats.ledger --until seq:\(last) --target cat-feeder --broker-timeout 1"
            + " --mqtt \(address) \(more)"
    }

    /// The messages on the feeder's topic.
    private static func actions(_ broker: FaultyBroker) -> [String] {
        broker.seen.given.filter { $0.hasPrefix("cat-feeder/action ") }
    }

    /// The sequence that an error says to go on with; 1 where nothing had been sent.
    private static func next(_ errors: String) throws -> Int {
        if errors.contains("nothing had been sent: run it again") { return 1 }
        let tail = try #require(errors.components(separatedBy: "--from seq:").last)
        return try #require(Int(tail.prefix { $0.isNumber }), "\(errors)")
    }

    @Test(arguments: [
        (BrokerFault.refusesConnections, "Connection refused"),
        (.neverAnswers, "CONNACK was expected and did not come in 1.0 seconds"),
        (.refusesClients(code: 5), "refused the connection with code 5: not authorised"),
        (.answersGarbage, "what is no MQTT 3.1.1"),
        (.hangsAfterConnect, "did not come in 1.0 seconds"),
        (.hangs(at: 12), "did not come in 1.0 seconds"),
        (.swallows(from: 12), "did not come in 1.0 seconds"),
        (.closesInPacket(at: 12), "The connection ended"),
        (.sendsGarbage(at: 12), "what is no MQTT 3.1.1"), (.resets(at: 12), "The connection ended"),
        (.closes(after: 12), "The connection ended"),
    ])
    func `ends with 75 in time, leaves no file, and can be gone on with`(
        fault: BrokerFault, words: String
    ) throws {
        let bench = try Self.bench()
        let good = try FaultyBroker()
        try bench.good(Self.command(good.address))
        let whole = Self.actions(good)
        #expect(whole.count == Self.last - 1)

        try bench.good("hydrate --ledger cats.ledger --until seq:3 --store store.sqlite")
        let (before, store) = (try bench.listing, try bench.bytes("store.sqlite"))
        let bad = try FaultyBroker(fault)
        let begin = ContinuousClock.now
        let errors = try bench.bad(
            75,
            Self.command(
                bad.address, "--target bowl-totals --target feeding-stats --store store.sqlite"))
        #expect(ContinuousClock.now - begin < .seconds(15))
        #expect(errors.contains("the replay FAILED after sequence "), "\(errors)")
        #expect(errors.contains(words), "\(errors)")
        #expect(errors.contains(bad.address), "\(errors)")
        #expect(try bench.listing == before)
        #expect(try bench.bytes("store.sqlite") == store)

        let next = try Self.next(errors)
        let rest = try FaultyBroker()
        try bench.good(Self.command(rest.address, "--from seq:\(next)"))
        let given = Self.actions(bad) + Self.actions(rest)
        // The first event is the registration, which is no message.
        let place = max(0, next - 2)
        if errors.contains("It is unknown whether this has arrived") {
            #expect(errors.contains(whole[place]), "\(errors)")
            var doubled = whole
            doubled.insert(whole[place], at: place)
            #expect(given == whole || given == doubled)
        } else {
            #expect(given == whole)
        }
    }
}
