import EventBus
import EventModel
import MQTTBroker

/// Which feeder a device belonged to, by the registrations up to an event.
public struct FeederDirectory: Sendable {
    /// The feeders' names in order of their bytes; `default` where a device has none.
    public let feeders: [String]
    private var changes: [[UInt8]: [(sequence: Int, feeder: String)]] = [:]

    /// - Parameter registrations: in order of sequence.
    public init(_ registrations: [(sequence: Int, registration: Registration)]) {
        var names: Set<[UInt8]> = [Array(FeederSystem.defaultFeeder.utf8)]
        for (sequence, one) in registrations {
            changes[Array(one.device.utf8), default: []].append((sequence, one.feeder))
            names.insert(Array(one.feeder.utf8))
        }
        feeders = names.sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The feeder of `device` as registered before `sequence`, or now where that is nil.
    public func feeder(of device: String?, at sequence: Int?) -> String {
        let all = feeders(of: device)
        let limit = sequence ?? .max
        return (all.last { $0.after < limit } ?? all[0]).feeder
    }

    /// The feeders of `device`, each after the sequence of its registration: a device that is not
    /// registered is a feeder of its own name, and no device is `default`.
    func feeders(of device: String?) -> [(after: Int, feeder: String)] {
        let own = (after: 0, feeder: device ?? FeederSystem.defaultFeeder)
        let known = device.flatMap { changes[Array($0.utf8)] } ?? []
        return [own] + known.map { (after: $0.sequence, feeder: $0.feeder) }
    }
}

/// Where the function publishes to: one topic, or a topic a feeder.
public struct TopicRoute {
    private let template: TopicTemplate
    private let directory: FeederDirectory
    private let fixed: TopicName?
    private var known = ContentMemo<[(after: Int, topic: Result<TopicName, TargetFailure>)]>()

    /// - Parameter template: may hold `${feeder}` and `${device}`.
    public init(_ template: String, directory: FeederDirectory) {
        self.template = TopicTemplate(template)
        self.directory = directory
        fixed = template.contains("${") ? nil : TopicName(template)
    }

    /// - Parameter sequence: the event's; nil for one that happens now.
    /// - Throws: `TargetFailure` where the name does not fit into one level of a topic.
    public mutating func topic(
        of content: EventContent, at sequence: Int?
    ) throws(TargetFailure) -> TopicName {
        if let fixed { return fixed }
        let topics = known.value(of: content) { [template, directory] content in
            directory.feeders(of: content.device).map { after, feeder in
                (after, template.topic(feeder: feeder, device: content.device))
            }
        }
        let sequence = sequence ?? .max
        return try (topics.last { $0.after < sequence } ?? topics[0]).topic.get()
    }
}

/// A topic with variables for feeder and device.
private struct TopicTemplate {
    let text: String
    /// Whether the template names the feeder, and the device.
    private let names: (feeder: Bool, device: Bool)

    init(_ text: String) {
        self.text = text
        names = (text.contains("${feeder}"), text.contains("${device}"))
    }

    func topic(feeder: String, device: String?) -> Result<TopicName, TargetFailure> {
        for name in [names.feeder ? feeder : nil, names.device ? device : nil].compactMap(\.self)
        where name.utf8.contains(where: { $0 == 0x2F || $0 == 0x2B || $0 == 0x23 || $0 == 0 }) {
            let reason = "\"\(name)\" cannot be a level of an MQTT topic name"
            return .failure(
                TargetFailure(code: "ValueError", reason: reason, isPermanent: true))
        }
        let topic = text.replacing("${feeder}", with: feeder)
            .replacing("${device}", with: device ?? FeederSystem.defaultFeeder)
        return .success(TopicName(topic))
    }
}
