import CatFeeder
import EventBus
import EventModel
import EventPatterns
import MQTTBroker

/// Keeps what a function publishes.
final class Outbox: MessagePublisher {
    private(set) var messages: [Message] = []
    private(set) var moments: [Timestamp] = []
    var failure: LinkError?

    func publish(_ message: Message, at now: Timestamp) throws {
        if let failure { throw failure }
        messages.append(message)
        moments.append(now)
    }
}

/// What came of one event at a function behind a bus.
struct Sent {
    var messages: [Message]
    var counts: FeederFunction.Counts
    var letters: [DeadLetter]
    /// Attempts that the bus made.
    var attempts: Int

    var payloads: [String] { messages.map { String(decoding: $0.payload, as: UTF8.self) } }
    var topics: [String] { messages.map(\.topic.description) }

    /// 2023-03-12T07:15:04.987Z
    static let time = Timestamp(microseconds: 1_678_605_304_987_000)

    init(
        _ variant: FeederFunction.Variant = .deployed, detail: String,
        device: String? = nil, replay: String? = nil, publishesReplays: Bool = false,
        topic: String = "cat-feeder/action", directory: FeederDirectory = FeederDirectory([]),
        sequence: Int? = 1, input: TargetInput? = nil, id: String = "event-1",
        envelope: String? = nil
    ) throws {
        let outbox = Outbox()
        let function = FeederFunction(
            variant, route: TopicRoute(topic, directory: directory),
            publishesReplays: publishesReplays, publisher: outbox)
        let bus = Bus(
            name: BusName(name: "b", account: "1", region: "r"),
            rules: [
                Rule(
                    name: "r", pattern: try EventPattern(parsing: #"{"source":["s"]}"#),
                    targets: [
                        TargetBinding(
                            id: "f", input: input, retry: RetryPolicy(attempts: 1),
                            deadLetters: "letters")
                    ])
            ], targets: ["f": function], seed: 1)
        let content = EventContent(
            source: "s", detailType: "t", device: device, detail: detail,
            form: envelope == nil ? .put : .eventBridge, envelope: envelope)
        try bus.put(
            BusEvent(
                Event(id: EventID(id), time: Sent.time, content: content), sequence: sequence,
                replayName: replay), at: Sent.time)
        while let next = bus.nextDeadline { try bus.advance(to: next) }
        messages = outbox.messages
        counts = function.counts
        letters = bus.deadLetters["letters"] ?? []
        attempts = bus.counts.attempts
    }
}
