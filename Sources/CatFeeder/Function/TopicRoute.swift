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

    /// The feeder of `device` as registered before `sequence`, or now where that is nil: a device
    /// that is not registered is a feeder of its own name, and no device is `default`.
    public func feeder(of device: String?, at sequence: Int?) -> String {
        guard let device else { return FeederSystem.defaultFeeder }
        guard let known = changes[Array(device.utf8)] else { return device }
        let last = sequence.map { limit in known.last { $0.sequence < limit } } ?? known.last
        return last?.feeder ?? device
    }
}

/// Where the function publishes to: one topic, or a topic a feeder.
public struct TopicRoute: Sendable {
    private let template: String
    private let directory: FeederDirectory
    private let fixed: TopicName?
    /// Whether the template names the feeder, and the device.
    private let names: (feeder: Bool, device: Bool)

    /// - Parameter template: may hold `${feeder}` and `${device}`.
    public init(_ template: String, directory: FeederDirectory) {
        self.template = template
        self.directory = directory
        fixed = template.contains("${") ? nil : TopicName(template)
        names = (template.contains("${feeder}"), template.contains("${device}"))
    }

    /// - Throws: `TargetFailure` where the name does not fit into one level of a topic.
    public func topic(device: String?, sequence: Int?) throws -> TopicName {
        if let fixed { return fixed }
        let feeder = directory.feeder(of: device, at: sequence)
        for name in [names.feeder ? feeder : nil, names.device ? device : nil].compactMap(\.self)
        where name.utf8.contains(where: { $0 == 0x2F || $0 == 0x2B || $0 == 0x23 || $0 == 0 }) {
            throw TargetFailure(
                code: "ValueError", reason: "\"\(name)\" cannot be a level of an MQTT topic name",
                isPermanent: true)
        }
        return TopicName(TopicRoute.fill(template, feeder: feeder, device: device))
    }

    /// A template with its variables filled in.
    public static func fill(_ template: String, feeder: String, device: String? = nil) -> String {
        template.replacing("${feeder}", with: feeder)
            .replacing("${device}", with: device ?? FeederSystem.defaultFeeder)
    }
}
