import CatFeeder
import EventModel
import Expectations
import Lab
import Ledger
import MQTTBroker
import Simulation
import Testing
import Topology

/// What one may ask of a replay whose transcript is compared.
struct TranscriptCase: Sendable, CustomTestStringConvertible {
    var topology: ShippedTopology = .deployed
    var states: StatesMode = .onChange
    var publishesReplays = false

    var testDescription: String { "\(topology.rawValue), states \(states.rawValue)" }

    static let all: [TranscriptCase] = [
        .init(), .init(states: .none), .init(topology: .mended),
        .init(topology: .mended, publishesReplays: true),
        .init(topology: .fleet, states: .none, publishesReplays: true),
    ]
}

@Suite struct `The expected transcript` {
    private func request(
        _ ledger: EventLedger, _ one: TranscriptCase, window: ReplayWindow? = nil
    ) throws -> ReplayRequest {
        ReplayRequest(
            ledger, topology: try TopologyFile(shipped: one.topology),
            window: try window ?? ReplayWindow(last: ledger.headSequence()),
            targets: ["cat-feeder"], states: one.states, database: try TimeZoneDatabase(),
            publishesReplays: one.publishesReplays)
    }

    private func expected(_ request: ReplayRequest) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try Replay(request).writeExpectedTranscript { bytes += $0 }
        return bytes
    }

    private func transcript(_ request: ReplayRequest, wire: Bool = false) throws -> [UInt8] {
        let replay = try Replay(request)
        var bytes: [UInt8] = []
        replay.onTranscript = { bytes += $0 }
        if wire { replay.makeLink = { try WireLink(policies: $0, recordsTranscript: $1) } }
        #expect(try replay.run().isAccepted)
        return bytes
    }

    /// Says where two transcripts part, and not all of both.
    private func expectSame(_ actual: [UInt8], _ expected: [UInt8], _ comment: Comment) {
        guard actual != expected else { return }
        let lines = [actual, expected].map { $0.split(separator: 0x0A) }
        let place = zip(lines[0], lines[1]).enumerated().first { $1.0 != $1.1 }?.offset
        let at = place ?? min(lines[0].count, lines[1].count)
        let texts = lines.map { at < $0.count ? String(decoding: $0[at], as: UTF8.self) : "(end)" }
        Issue.record("\(comment), line \(at + 1): \(texts[0]) where \(texts[1]) was expected")
    }

    @Test(arguments: TranscriptCase.all)
    func `is that of a year in memory, and over real sockets twice, byte for byte`(
        one: TranscriptCase
    ) throws {
        let cats = try Cats()
        let request = try request(cats.ledger, one)
        let expected = try expected(request)
        #expect(!expected.isEmpty)
        expectSame(try transcript(request), expected, "in memory")
        expectSame(try transcript(request, wire: true), expected, "over sockets")
        expectSame(try transcript(request, wire: true), expected, "over sockets again")
    }

    @Test(arguments: TranscriptCase.all)
    func `is that of presses that come while the feeder feeds`(one: TranscriptCase) throws {
        for seed in (environmentSeed ?? 1)..<(environmentSeed ?? 1) + 20 {
            let archive = try Archive(
                one.topology == .fleet
                    ? Sample.fleet(120, seed: seed) : Sample.presses(120, seed: seed))
            let request = try request(archive.ledger, one)
            let comment: Comment = "REPLAYLAB_SEED=\(seed), \(one.testDescription)"
            expectSame(try transcript(request), try expected(request), comment)
        }
    }

    /// Whole seconds, so that many presses fall on the moment of a round of the feeder's loop.
    @Test func `is that of presses at the very moments of the feeder's loop`() throws {
        for seed in (environmentSeed ?? 1)..<(environmentSeed ?? 1) + 40 {
            var draws = RandomStream(seed: seed, domain: .arrival).draws(slot: 2)
            var time = Timestamp(seconds: 1_709_276_400)
            let events = Sample.presses(150, seed: seed).map { press in
                time.microseconds += Int64(draws.below(10)) * 1_000_000
                var event = press
                (event.time, event.recorded) = (time, time)
                return event
            }
            let archive = try Archive(events)
            let request = try request(archive.ledger, TranscriptCase())
            expectSame(
                try transcript(request), try expected(request), "REPLAYLAB_SEED=\(seed)")
        }
    }

    @Test(arguments: [(1, 0), (40, 39), (30, 60), (80, 80)])
    func `is that of a part of history, or of none of it`(first: Int, last: Int) throws {
        let archive = try Archive(generated: 3)
        let window = ReplayWindow(first: first, last: last)
        for states in [StatesMode.none, .onChange] {
            let request = try request(
                archive.ledger, TranscriptCase(states: states), window: window)
            expectSame(
                try transcript(request), try expected(request), "\(first) to \(last), \(states)")
        }
    }

    @Test func `is refused where it cannot be worked out`() throws {
        let archive = try Archive(Sample.fleet(20, seed: 1))
        #expect(throws: ReplayError.self) {
            try expected(request(archive.ledger, .init(topology: .fleet, states: .onChange)))
        }
        #expect(throws: ReplayError.self) {
            try expected(request(archive.ledger, .init(states: .all)))
        }
        #expect(throws: ReplayError.self) {
            try expected(archive.request(.withoutLag))
        }
    }
}
