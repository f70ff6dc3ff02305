import EventModel
import EventPatterns
import Ledger

/// A message with a gap for the time and one for the id.
struct MessagePlan {
    var route: Int
    var head: [UInt8]
    /// Between time and id; nil where no id is sent.
    var middle: [UInt8]?
    /// The time where the content gives it; else it is the event's own.
    var time: [UInt8]?
    /// The id where an input gives it; else it is the event's own.
    var id: [UInt8]?
    /// From each sequence on, the topic: it changes with the registrations.
    var topics: [(after: Int, topic: [UInt8])]

    func payload(of event: Event) -> [UInt8] {
        var payload: [UInt8] = []
        payload.reserveCapacity(128)
        payload += head
        if let time {
            payload += time
        } else {
            payload.append(0x22)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 27) { buffer in
                payload += buffer[..<event.time.floored(to: .second).write(.second, into: buffer)]
            }
            payload.append(0x22)
        }
        if let middle {
            payload += middle
            append(id, event.id, to: &payload)
        }
        payload.append(0x7D)
        return payload
    }

    private func append(_ given: [UInt8]?, _ own: EventID, to payload: inout [UInt8]) {
        if let given {
            payload += given
        } else if case .uuid = own {
            payload.append(0x22)
            withUnsafeTemporaryAllocation(byteCount: 36, alignment: 1) { buffer in
                own.writeUUID(into: buffer)
                payload += buffer
            }
            payload.append(0x22)
        } else {
            payload += JSONText.quotedASCII(own.text).utf8
        }
    }
}

/// Works out what the messages of an event look like.
struct MessagePlanner {
    let routes: [ExpectedRoute]
    /// Whether the outcome of one event holds for all events of its content.
    let isByContent: Bool
    private let replayName: String?
    private let registrations: [[UInt8]: [(sequence: Int, feeder: String)]]
    private let matcher: RuleMatcher

    init(
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
        // An input may hold the event's id, its time, or when the bus took it in.
        isByContent = routes.allSatisfy { route in
            route.input == nil
                && !route.pattern.topLevelFields.contains { $0 == "id" || $0 == "time" }
        }
    }

    /// What the event leads to, in the order of rules and targets.
    func plans(for event: Event) throws -> [MessagePlan] {
        let tree = MessagePlanner.tree(of: event, replayName)
        let text = Array(tree.text().utf8)
        let matches = try text.withUnsafeBytes { try matcher.matches($0) }
        return matches.compactMap {
            plan(for: tree, event.device, ingested: event.recorded ?? event.time, $0)
        }
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
        return .object(inOrder(members))
    }

    /// The members as the service orders them, which shows where a template takes the whole event;
    /// what it does not know stands before the detail, as it came.
    private static func inOrder(_ members: [JSONValue.Member]) -> [JSONValue.Member] {
        let first = [
            "version", "id", "detail-type", "source", "account", "time", "region", "resources",
        ]
        let last = ["detail", "replay-name"]
        func all(_ names: [String]) -> [JSONValue.Member] {
            names.flatMap { name in members.filter { $0.key == name } }
        }
        return all(first) + members.filter { !(first + last).contains($0.key) } + all(last)
    }

    /// What the function makes of the event; nil where it sends nothing.
    ///
    /// - Parameter ingested: when the bus took the event in, in an `ordered` replay.
    private func plan(
        for tree: JSONValue, _ device: String?, ingested: Timestamp, _ index: Int
    ) -> MessagePlan? {
        let route = routes[index]
        let isMended = route.variant == .mended
        let given: JSONValue?
        switch route.input {
        case nil: given = tree
        case let input?: given = input.applied(to: tree, by: route.rule, ingested: ingested)
        }
        guard let given else { return nil }
        if isMended, given.last("replay-name") != nil, !route.publishesReplays { return nil }
        guard let detail = given.last("detail"), let click = detail.last("click-type") else {
            return nil
        }
        var plan = MessagePlan(
            route: index,
            head: Array("{\"event\": \(click.pythonText), \"reportedTime\": ".utf8),
            topics: topics(route.topic, device))
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
        return plan
    }

    /// The topic from each sequence on: a device that is not registered is a feeder of its own name.
    private func topics(_ template: String, _ device: String?) -> [(after: Int, topic: [UInt8])] {
        guard template.utf8.contains(0x24) else { return [(0, Array(template.utf8))] }
        var feeders = [(after: 0, feeder: device ?? FeederSystem.defaultFeeder)]
        for known in device.flatMap({ registrations[Array($0.utf8)] }) ?? [] {
            feeders.append((known.sequence, known.feeder))
        }
        return feeders.map { ($0.after, Array(filled(template, device, feeder: $0.feeder).utf8)) }
    }

    private func filled(_ topic: String, _ device: String?, feeder: String) -> String {
        topic.split(separator: "${feeder}", omittingEmptySubsequences: false)
            .joined(separator: feeder)
            .split(separator: "${device}", omittingEmptySubsequences: false)
            .joined(separator: device ?? FeederSystem.defaultFeeder)
    }
}
