import CatFeeder
import EventModel
import MQTTBroker

/// A way to a broker that does something to one message on its way to a feeder, and says nothing.
final class UnfaithfulLink: BrokerLink {
    enum Lie: String, CaseIterable {
        case nothing, drops, doubles, alters, readdresses, holdsBack, invents, misdelivers
    }

    private let link: MemoryLink
    private let lie: Lie
    private let place: Int
    private var count = 0
    private var last = 0
    private var held: (Int, Message)?

    /// - Parameter place: the message that is lied about, from 1.
    init(_ lie: Lie, at place: Int, policies: PolicyBook?, recordsTranscript: Bool) {
        link = MemoryLink(policies: policies, recordsTranscript: recordsTranscript)
        (self.lie, self.place) = (lie, place)
    }

    func settle(at now: Timestamp, _ arrived: (Int, Message) throws -> Void) throws {
        try link.settle(at: now) { client, message in
            count += 1
            guard count == place else {
                try arrived(client, message)
                if let (client, message) = held {
                    held = nil
                    try arrived(client, message)
                }
                return
            }
            var message = message
            switch lie {
            case .nothing: break
            case .drops: return
            // The feeders are the clients that were made last, in the order of their names.
            case .misdelivers: return try arrived(client == last ? client - 1 : client + 1, message)
            case .doubles: try arrived(client, message)
            case .alters: message.payload[11] ^= 1
            case .readdresses: message.topic = TopicName("cat-feeder/other")
            case .holdsBack:
                held = (client, message)
                return
            case .invents:
                try arrived(
                    client,
                    Message(topic: message.topic, payload: Array(#"{"event": "LONG"}"#.utf8)))
            }
            try arrived(client, message)
        }
    }

    func makeClient(_ settings: ClientSettings) -> any MessagingClient {
        let client = link.makeClient(settings)
        last = client.number
        return client
    }
    func cut(_ client: Int, at now: Timestamp) { link.cut(client, at: now) }
    func pendingDeliveries(to client: Int) -> Int { link.pendingDeliveries(to: client) }
    func lose(_ count: Int, to client: Int) { link.lose(count, to: client) }
    func advance(to now: Timestamp) { link.advance(to: now) }
    func takeTranscript(_ body: ([UInt8]) throws -> Void) throws { try link.takeTranscript(body) }
    func close(at now: Timestamp) { link.close(at: now) }
}
