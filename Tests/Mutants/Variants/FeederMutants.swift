import CatFeeder
import EventModel
import MQTTBroker

extension Mutant {
    static let feeder = [
        Mutant(
            "answers-before-it-keeps", .feeder,
            "the feeder acknowledges a message when it arrives, before it has fed",
            by: Oracles.feeder, "a press without a feed", within: 100,
            Minimum(
                "press SINGLE", "power fails",
                because: "one message must lie in the socket when the power goes"),
            part: {
                let link = TamperedLink()
                link.settings = { $0.acknowledgesLate = false }
                return link
            }),
        Mutant(
            "knows-no-message-again", .feeder,
            "the feeder takes a message that comes again for another one",
            by: Oracles.feeder, "a press with two feeds", within: 60,
            Minimum(
                "press SINGLE", "deliver again press 1",
                because: "one message must come a second time"),
            part: {
                let link = TamperedLink()
                link.arrival = { message, count in
                    message.payload = replace("\"}", "-\(count)\"}", in: message.payload)
                }
                return link
            }),
        Mutant(
            "feeds-left-for-right", .feeder, "DOUBLE fills the left bowl",
            by: Oracles.feeder, "the wrong bowl", within: 40,
            Minimum("press DOUBLE", because: "one press of the right bowl"),
            part: {
                let link = TamperedLink()
                link.arrival = { message, _ in
                    message.payload = replace("DOUBLE", "SINGLE", in: message.payload)
                }
                return link
            }),
        Mutant(
            "reports-before-it-feeds", .feeder,
            "the feeder tells what is left when a message comes, and feeds afterwards",
            by: Oracles.feeder, "a state that is not so", within: 40,
            Minimum("press SINGLE", because: "one feed that was told and did not happen yet"),
            part: {
                let link = TamperedLink()
                link.reportsEarly = true
                return link
            }),
    ]

    private static func replace(_ text: String, _ other: String, in payload: [UInt8]) -> [UInt8] {
        Array(String(decoding: payload, as: UTF8.self).replacing(text, with: other).utf8)
    }
}

/// A way to a broker that changes what a feeder's client is and gets.
private final class TamperedLink: BrokerLink {
    private let link = MemoryLink(recordsTranscript: false)
    var settings: (inout ClientSettings) -> Void = { _ in }
    /// Changes a message that reaches the feeder; they are counted from 1.
    var arrival: (inout Message, Int) -> Void = { _, _ in }
    /// Whether a state goes out for a feed to come.
    var reportsEarly = false
    private var count = 0

    func makeClient(_ settings: ClientSettings) -> any MessagingClient {
        var settings = settings
        if settings.id == "feeder" { self.settings(&settings) }
        return link.makeClient(settings)
    }

    func settle(at now: Timestamp, _ arrived: (Int, Message) throws -> Void) throws {
        try link.settle(at: now) { client, message in
            var message = message
            if message.topic != FeederBench.states {
                count += 1
                arrival(&message, count)
            }
            try arrived(client, message)
            if reportsEarly, message.topic != FeederBench.states {
                // The listener is the client that was made last.
                let state = Message(
                    topic: FeederBench.states, payload: Array("{\"food_capacity\":99}".utf8))
                try arrived(2, state)
            }
        }
    }

    func cut(_ client: Int, at now: Timestamp) { link.cut(client, at: now) }
    func unacknowledged(of client: Int) -> [Message] { link.unacknowledged(of: client) }
    func lose(_ count: Int, to client: Int) { link.lose(count, to: client) }
    func advance(to now: Timestamp) { link.advance(to: now) }
    func takeTranscript(_ body: ([UInt8]) throws -> Void) throws { try link.takeTranscript(body) }
    func close(at now: Timestamp) { link.close(at: now) }
}
