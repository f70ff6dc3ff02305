import CatFeeder
import EventModel
import Expectations
import Lab
import MQTTBroker
import Simulation
import Testing
import Topology

@Suite struct ReplayTests {
    @Test func `an ordered replay sends each message once, and hydrates as hydrate does`() throws {
        let cats = try Cats()
        let report = try cats.replayed(try cats.request()).report
        #expect(report.state == .completed)
        #expect(report.audit.isAccepted)
        // One registration is no press; each press is a message.
        #expect(report.audit.expected == report.progress.events - 1)
        #expect(report.audit.received == report.audit.expected)
        let digests = Dictionary(uniqueKeysWithValues: report.digests.map { ($0.0, $0.1) })
        #expect(digests == (try cats.hydratedDigests()))
    }

    @Test func `over real sockets the transcript has the same bytes as in memory, twice`() throws {
        let cats = try Cats()
        let request = try cats.request()
        let memory = try cats.replayed(request).transcript
        #expect(!memory.isEmpty)
        #expect(try cats.replayed(request, wire: true).transcript == memory)
        #expect(try cats.replayed(request, wire: true).transcript == memory)
    }

    @Test func `under eventbridge, lag off, the projections come to hydrate's digests`() throws {
        let cats = try Cats()
        var model = EventBridgeReplay(archiveLagMinutes: 0)
        model.faults[.duplicateDelivery] = 50_000
        model.faults[.targetFails] = 50_000
        let report = try cats.replayed(try cats.request(.eventBridge(model))).report
        #expect(report.audit.isAccepted)
        #expect(report.digests.allSatisfy { $0.copies > 0 })
        let digests = Dictionary(uniqueKeysWithValues: report.digests.map { ($0.0, $0.1) })
        #expect(digests == (try cats.hydratedDigests()))
    }

    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `what chaos does is in its log, and nothing else happens`(seed: UInt64) throws {
        let cats = try Cats(seed: seed)
        let profile = FaultProfile(seed: seed)
        let repeating = "replaylab replay --delivery chaos --seed \(seed)"
        let first = try cats.replayed(try cats.request(.chaos(profile), seed: seed))
        #expect(first.report.audit.isAccepted, "\(repeating): \(first.report.audit)")
        let again = try cats.replayed(try cats.request(.chaos(profile), seed: seed))
        #expect(first.transcript == again.transcript, "\(repeating)")
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `under chaos the mended system feeds at most once a press`(seed: UInt64) throws {
        let cats = try Cats()
        var profile = FaultProfile(seed: seed)
        profile[.archiveLag] = 0
        let calm = try cats.replayed(
            try cats.request(topology: .mended, publishesReplays: true)
        ).report
        let report = try cats.replayed(
            try cats.request(
                .chaos(profile), topology: .mended, seed: seed, publishesReplays: true)
        ).report
        #expect(report.audit.isAccepted, "seed \(seed): \(report.audit)")
        #expect(report.dispenses == calm.dispenses, "seed \(seed): \(report.faults)")
    }

    @Test func `the mended system leaves replays alone, the deployed one feeds the cats`() throws {
        let cats = try Cats()
        let mended = try cats.replayed(try cats.request(topology: .mended)).report
        #expect(mended.dispenses == 0)
        #expect(mended.replaysIgnored > 0)
        let deployed = try cats.replayed(try cats.request()).report
        #expect(deployed.grams > 10_000)
    }

    @Test func `targets that act on the world are off unless they are named`() throws {
        let cats = try Cats()
        let report = try cats.replayed(try cats.request(targets: [])).report
        #expect(report.messagesPublished == 0)
        #expect(report.dispenses == 0)
        #expect(report.digests.count == 2)
        #expect(throws: ReplayError.self) {
            _ = try Replay(try cats.request(targets: ["cat-feder"]))
        }
    }

    @Test func `a replay that is cancelled says how far it was, and the rest goes on there`() throws
    {
        let cats = try Cats()
        let whole = try cats.replayed(try cats.request(targets: ["cat-feeder"])).report
        let replay = try Replay(try cats.request(targets: ["cat-feeder"]))
        let first = try replay.run { $0.events > 0 }
        #expect(first.state == .cancelled)
        #expect(first.audit.isAccepted)
        let rest = ReplayWindow(
            first: first.progress.sequence + 1, last: try cats.ledger.headSequence())
        let second = try cats.replayed(
            try cats.request(targets: ["cat-feeder"], window: rest)
        ).report
        #expect(second.audit.isAccepted)
        #expect(first.audit.received + second.audit.received == whole.audit.received)
        #expect(first.dispenses + second.dispenses >= whole.dispenses - 2)
    }

    @Test(arguments: LyingLink.Lie.allCases)
    func `a link that lies is found out`(lie: LyingLink.Lie) throws {
        let cats = try Cats()
        let replay = try Replay(try cats.request(targets: ["cat-feeder"]))
        replay.makeLink = {
            LyingLink(MemoryLink(policies: $0, recordsTranscript: $1), lie, at: 100)
        }
        let audit = try replay.run().audit
        #expect(!audit.isAccepted)
        switch lie {
        case .drop: #expect(audit.missing.count == 1)
        case .double: #expect(audit.duplicated.count == 1)
        case .alter:
            #expect(audit.missing.count == 1)
            #expect(audit.unexpected.count == 1)
        }
        // The hundredth press is the event after the registration and 99 presses.
        #expect(audit.deviations.compactMap(\.1.first?.sequence).first == 101)
    }
}

/// A link that does something wrong with the n-th message on the action topic.
final class LyingLink: BrokerLink {
    enum Lie: CaseIterable { case drop, double, alter }

    private let inner: MemoryLink
    private let lie: Lie
    private let place: Int
    private var count = 0

    init(_ inner: MemoryLink, _ lie: Lie, at place: Int) {
        self.inner = inner
        self.lie = lie
        self.place = place
    }

    func settle(at now: Timestamp, _ arrived: (Int, Message) throws -> Void) throws {
        try inner.settle(at: now) { client, message in
            count += 1
            guard count == place else { return try arrived(client, message) }
            switch lie {
            case .drop: break
            case .double:
                try arrived(client, message)
                try arrived(client, message)
            case .alter:
                var altered = message
                altered.payload[12] ^= 1
                try arrived(client, altered)
            }
        }
    }

    func makeClient(_ settings: ClientSettings) -> any MessagingClient {
        inner.makeClient(settings)
    }
    func cut(_ client: Int, at now: Timestamp) { inner.cut(client, at: now) }
    func lose(_ count: Int, to client: Int) { inner.lose(count, to: client) }
    func advance(to now: Timestamp) { inner.advance(to: now) }
    func takeTranscript(_ body: ([UInt8]) throws -> Void) throws { try inner.takeTranscript(body) }
    func close(at now: Timestamp) { inner.close(at: now) }
}
