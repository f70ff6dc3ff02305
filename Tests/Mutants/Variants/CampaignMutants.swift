import CatFeeder
import EventBus
import EventModel
import Lab
import MQTTBroker

extension Mutant {
    static let campaigns = [
        Mutant(
            "forgets-long", .function, "the function sends nothing for LONG",
            by: Oracles.campaign, "press-accounted/vanished", within: 2,
            Minimum("a report of a press", because: "one LONG"),
            part: target("cat-feeder", "press-accounted/vanished") { delivery, inner in
                if delivery.event.event.content.click != .long { try inner.receive(delivery) }
            }),
        Mutant(
            "gives-up-after-a-failure", .function,
            "the mended function takes a retry for something that it has done",
            by: Oracles.campaign, "press-accounted/vanished", within: 2,
            Minimum(
                "target-fails", "a report of a press",
                because: "one press, and a first attempt that fails"),
            part: target(
                "cat-feeder", "press-accounted/vanished", faults: "late-event=0.05,target-fails=0.2"
            ) { delivery, inner in
                if delivery.attempt == 1 { try inner.receive(delivery) }
            }),
        Mutant(
            "never-takes-double", .store, "a projection on the bus refuses each DOUBLE",
            by: Oracles.campaign, "stores-rehydrate/live-feeding-stats", within: 2,
            Minimum("a report of a press", because: "one DOUBLE"),
            part: target("feeding-stats", "stores-rehydrate/live-feeding-stats") {
                delivery, inner in
                guard delivery.event.event.content.click == .double else {
                    return try inner.receive(delivery)
                }
                throw TargetFailure(code: "NEVER", reason: "on purpose")
            }),
        Mutant(
            "makes-a-message-up", .broker, "the broker sends the feeder a press that nobody made",
            by: Oracles.campaign, "no-feed-without-press/stranger", within: 2,
            Minimum("a report of a press", because: "one message beside which another is made up"),
            part: inventing),
    ]

    private static func target(
        _ id: String, _ identity: String, faults: String = "none",
        _ act: @escaping @Sendable (borrowing Delivery, any Target) throws -> Void
    ) -> CampaignPart {
        var part = CampaignPart(identity: identity, faults: faults)
        part.parts.wrapTarget = { name, inner in
            name == id ? WrappedTarget(inner, act) : inner
        }
        return part
    }

    private static var inventing: CampaignPart {
        var part = CampaignPart(identity: "no-feed-without-press/stranger")
        part.parts.makeLink = { InventingLink(policies: $0) }
        return part
    }
}

/// A target in the place of another one, which does as it is told.
private final class WrappedTarget: Target {
    private let inner: any Target
    private let act: (borrowing Delivery, any Target) throws -> Void

    init(_ inner: any Target, _ act: @escaping (borrowing Delivery, any Target) throws -> Void) {
        self.inner = inner
        self.act = act
    }

    func receive(_ delivery: borrowing Delivery) throws { try act(delivery, inner) }
}

/// A way to a broker that makes a message up beside the first.
private final class InventingLink: BrokerLink {
    private let link: MemoryLink
    private var hasInvented = false

    init(policies: PolicyBook?) { link = MemoryLink(policies: policies, recordsTranscript: false) }

    func settle(at now: Timestamp, _ arrived: (Int, Message) throws -> Void) throws {
        try link.settle(at: now) { client, message in
            try arrived(client, message)
            guard !hasInvented else { return }
            hasInvented = true
            let payload = Array(#"{"event": "LONG"}"#.utf8)
            try arrived(client, Message(topic: message.topic, payload: payload))
        }
    }

    func makeClient(_ settings: ClientSettings) -> any MessagingClient { link.makeClient(settings) }
    func unacknowledged(of client: Int) -> [Message] { link.unacknowledged(of: client) }
    func cut(_ client: Int, at now: Timestamp) { link.cut(client, at: now) }
    func lose(_ count: Int, to client: Int) { link.lose(count, to: client) }
    func advance(to now: Timestamp) { link.advance(to: now) }
    func takeTranscript(_ body: ([UInt8]) throws -> Void) throws { try link.takeTranscript(body) }
    func close(at now: Timestamp) { link.close(at: now) }
}
