import EventModel
import EventPatterns
import Ledger

/// What a replay must send, worked out from ledger and topology alone.
///
/// It shares the event model and the pattern matcher with the path that it checks, and nothing else:
/// the message is put together by code of its own, the feeder is looked up by code of its own.
public struct Expectation {
    private let routes: [ExpectedRoute]
    private let replayName: String?
    private let registrations: [[UInt8]: [(sequence: Int, feeder: String)]]
    private let matcher: RuleMatcher
    /// Whether the outcome of one event holds for all events of its content.
    private let isByContent: Bool
    private var plans: [SHA256Digest: [Plan]] = [:]

    /// A message with a gap for the time and one for the id.
    private struct Plan {
        var route: Int
        var head: [UInt8]
        /// Between time and id; nil where no id is sent.
        var middle: [UInt8]?
        /// The time where the content gives it; else it is the event's own.
        var time: [UInt8]?
        /// The id where an input gives it; else it is the event's own.
        var id: [UInt8]?
        var fixedTopic: [UInt8]?
    }

    /// - Parameters:
    ///   - replayName: the replay's name, which patterns may look at; nil for live events.
    ///   - registrations: all of the ledger, in order of sequence.
    public init(
        routes: [ExpectedRoute], replayName: String?,
        registrations: [(sequence: Int, registration: Registration)]
    ) {
        self.routes = routes
        self.replayName = replayName
        var byDevice: [[UInt8]: [(sequence: Int, feeder: String)]] = [:]
        for (sequence, one) in registrations {
            byDevice[Array(one.device.utf8), default: []].append((sequence, one.feeder))
        }
        self.registrations = byDevice
        matcher = RuleMatcher(routes.map(\.pattern))
        isByContent = routes.allSatisfy { route in
            route.input == nil
                && !route.pattern.topLevelFields.contains { $0 == "id" || $0 == "time" }
        }
    }

    /// The messages that an event leads to, in the order of rules and targets.
    public mutating func messages(for event: Event, at sequence: Int) throws -> [ExpectedMessage] {
        let plans = try self.plans(for: event)
        guard !plans.isEmpty else { return [] }
        return plans.map { plan in
            var payload = plan.head
            payload += plan.time ?? Array("\"\(event.time.text(.second))\"".utf8)
            if let middle = plan.middle {
                payload += middle
                payload += plan.id ?? Array(JSONText.quotedASCII(event.id.text).utf8)
            }
            payload.append(0x7D)
            let route = routes[plan.route]
            let topic =
                plan.fixedTopic ?? Array(filled(route.topic, event.device, sequence).utf8)
            return ExpectedMessage(
                sequence: sequence, target: route.target, topic: topic, payload: payload,
                at: event.recorded ?? event.time,
                minute: event.time.floorMinute, qos: route.variant == .deployed ? 0 : 1)
        }
    }

    private func filled(_ topic: String, _ device: String?, _ sequence: Int) -> String {
        var feeder = FeederSystem.defaultFeeder
        if let device {
            let known = registrations[Array(device.utf8)]?.last { $0.sequence < sequence }
            feeder = known?.feeder ?? device
        }
        return topic.split(separator: "${feeder}", omittingEmptySubsequences: false)
            .joined(separator: feeder)
            .split(separator: "${device}", omittingEmptySubsequences: false)
            .joined(separator: device ?? FeederSystem.defaultFeeder)
    }

    private mutating func plans(for event: Event) throws -> [Plan] {
        if isByContent, let known = plans[event.content.digest] { return known }
        let tree = Expectation.tree(of: event, replayName)
        let text = Array(tree.text().utf8)
        let matches = try text.withUnsafeBytes { try matcher.matches($0) }
        let found = matches.compactMap { plan(for: tree, $0) }
        if isByContent {
            if plans.count > 1 << 14 { plans.removeAll() }
            plans[event.content.digest] = found
        }
        return found
    }

    /// The event as targets see it.
    private static func tree(of event: Event, _ replayName: String?) -> JSONValue {
        let content = event.content
        var members: [JSONValue.Member] = []
        for name in ["version", "account", "region", "resources"] {
            let given = content.envelopeMember(name)
            let usual: [String: JSONValue] = [
                "version": "0", "account": "123456789012", "region": "ap-southeast-2",
                "resources": [],
            ]
            let isBare = content.form == .put || content.form == .button
            if let value = given ?? (isBare ? usual[name] : nil) {
                members.append(.init(name, value))
            }
        }
        if case .object(let rest)? = content.envelope.flatMap({ try? JSONValue(parsing: $0) }) {
            let known = members.map(\.key) + ["time", "replay-name"]
            let isLine = content.form == .jsonLines
            members += rest.filter {
                !known.contains($0.key)
                    && !(isLine && $0.key == EventContent.lineSpellingKey)
            }
        }
        members.append(.init("id", .string(event.id.text)))
        members.append(.init("source", .string(content.source)))
        members.append(.init("detail-type", .string(content.detailType)))
        members.append(.init("time", .string(event.time.text(.second))))
        members.append(.init("detail", (try? JSONValue(parsing: content.detail)) ?? .object([])))
        if let replayName { members.append(.init("replay-name", .string(replayName))) }
        return .object(members)
    }

    /// What the function makes of the event; nil where it sends nothing.
    private func plan(for tree: JSONValue, _ index: Int) -> Plan? {
        let route = routes[index]
        let isMended = route.variant == .mended
        let given: JSONValue?
        switch route.input {
        case nil: given = tree
        case let input?: given = input.applied(to: tree)
        }
        guard let given else { return nil }
        if isMended, given.last("replay-name") != nil, !route.publishesReplays { return nil }
        guard let detail = given.last("detail"), let click = detail.last("click-type") else {
            return nil
        }
        var plan = Plan(
            route: index,
            head: Array("{\"event\": \(click.pythonText), \"reportedTime\": ".utf8))
        if isMended, let own = detail.last("reported-time") {
            plan.time = Array(own.pythonText.utf8)
        } else if let time = given.last("time") {
            if route.input != nil { plan.time = Array(time.pythonText.utf8) }
        } else {
            return nil
        }
        if isMended {
            guard let id = given.last("id") else { return nil }
            plan.middle = Array(", \"id\": ".utf8)
            if route.input != nil { plan.id = Array(id.pythonText.utf8) }
        }
        if !route.topic.utf8.contains(0x24) { plan.fixedTopic = Array(route.topic.utf8) }
        return plan
    }
}

extension Timestamp {
    fileprivate var floorMinute: Int64 {
        let seconds = self.seconds
        return seconds >= 0 ? seconds / 60 : (seconds - 59) / 60
    }
}
