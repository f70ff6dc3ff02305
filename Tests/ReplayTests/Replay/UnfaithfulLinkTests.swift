import CatFeeder
import EventModel
import Lab
import MQTTBroker
import Testing
import Topology

@Suite struct `A broker that lies` {
    private func run(
        _ lie: UnfaithfulLink.Lie, at place: Int, _ model: DeliveryModel, _ archive: Archive
    ) throws -> ReplayReport {
        try archive.run(
            archive.request(model, seed: 3),
            link: {
                UnfaithfulLink(lie, at: place, policies: $0, recordsTranscript: $1)
            }
        ).report
    }

    private func archive() throws -> Archive { try Archive(Sample.presses(60, seed: 31)) }

    @Test(arguments: UnfaithfulLink.Lie.allCases, [1, 17, 60])
    func `is found out in order`(lie: UnfaithfulLink.Lie, place: Int) throws {
        let report = try run(lie, at: place, .ordered, archive())
        let last = place == 60
        let words =
            switch lie {
            case .nothing: ""
            case .drops: "missing 1 (\(place))"
            case .doubles: "duplicated 1 (\(place))"
            case .alters, .readdresses: "missing 1 (\(place)), unexpected 1 (-)"
            case .holdsBack: last ? "missing 1 (60)" : "out of order 1 (\(place))"
            case .invents: "unexpected 1 (-)"
            // There is one feeder, and nobody else to give it to.
            case .misdelivers: "missing 1 (\(place))"
            }
        #expect(report.audit.words == words && report.isAccepted == (lie == .nothing))
    }

    @Test(arguments: UnfaithfulLink.Lie.allCases)
    func `is found out where messages may be shuffled and doubled`(lie: UnfaithfulLink.Lie) throws {
        let archive = try archive()
        for model in [DeliveryModel.withoutLag, .rough()] {
            let report = try run(lie, at: 20, model, archive)
            // A message that is held back comes all the same.
            #expect(
                report.isAccepted == (lie == .nothing || lie == .holdsBack),
                "\(lie.rawValue), \(report.verdict)")
        }
    }

    @Test(arguments: [1, 20, 40])
    func `and gives one feeder's message to another is found out`(place: Int) throws {
        let archive = try Archive(Sample.fleet(100, seed: 33))
        let fleet = try TopologyFile(shipped: .fleet)
        for model in [DeliveryModel.ordered, .withoutLag] {
            for lie in [UnfaithfulLink.Lie.nothing, .misdelivers] {
                let report = try archive.run(
                    archive.request(model, topology: fleet, publishesReplays: true),
                    link: {
                        UnfaithfulLink(lie, at: place, policies: $0, recordsTranscript: $1)
                    }
                ).report
                #expect(report.isAccepted == (lie == .nothing), "\(report.verdict)")
                #expect(report.feeders.count >= 3)
                if lie == .misdelivers {
                    #expect(report.audit.missing.count == 1 && report.audit.unexpected.count == 1)
                }
            }
        }
    }

    @Test func `that cannot be reached fails the replay, which says where to go on`() throws {
        let archive = try archive()
        let failure = #expect(throws: ReplayFailure.self) {
            try archive.run(archive.request(), link: { _, _ in BrokenLink(after: 10) })
        }
        #expect(failure?.progress.sequence == 10 && failure?.progress.state == .failed)
        #expect(failure?.description.contains("--from seq:11") == true)
    }
}

/// A way to a broker that is gone after so many publishes of the function.
private final class BrokenLink: BrokerLink {
    private let link = MemoryLink(recordsTranscript: false)
    private let limit: Int

    init(after limit: Int) { self.limit = limit }

    private final class Client: MessagingClient {
        let client: any MessagingClient
        var left: Int
        init(_ client: any MessagingClient, _ left: Int) {
            (self.client, self.left) = (client, left)
        }
        var number: Int { client.number }
        var id: String { client.id }
        var isConnected: Bool { client.isConnected }
        func connect(at now: Timestamp) throws { try client.connect(at: now) }
        func subscribe(_ filter: String, qos: QoS, at now: Timestamp) throws {
            try client.subscribe(filter, qos: qos, at: now)
        }
        func publish(_ message: Message, at now: Timestamp) throws {
            if message.topic.description.hasSuffix("action") {
                left -= 1
                if left < 0 { throw LinkError(.closed, "the broker is gone") }
            }
            try client.publish(message, at: now)
        }
        func acknowledge(at now: Timestamp) throws { try client.acknowledge(at: now) }
        func disconnect(at now: Timestamp) throws { try client.disconnect(at: now) }
    }

    func makeClient(_ settings: ClientSettings) -> any MessagingClient {
        Client(link.makeClient(settings), limit)
    }
    func settle(at now: Timestamp, _ arrived: (Int, Message) throws -> Void) throws {
        try link.settle(at: now, arrived)
    }
    func cut(_ client: Int, at now: Timestamp) { link.cut(client, at: now) }
    func lose(_ count: Int, to client: Int) { link.lose(count, to: client) }
    func advance(to now: Timestamp) { link.advance(to: now) }
    func takeTranscript(_ body: ([UInt8]) throws -> Void) throws { try link.takeTranscript(body) }
    func close(at now: Timestamp) { link.close(at: now) }
}
