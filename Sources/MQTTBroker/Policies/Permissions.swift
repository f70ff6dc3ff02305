/// What the policies of AWS IoT Core speak about.
public enum PolicyAction: String, Sendable, CaseIterable {
    case connect = "iot:Connect"
    case publish = "iot:Publish"
    case receive = "iot:Receive"
    case retainPublish = "iot:RetainPublish"
    case subscribe = "iot:Subscribe"

    /// What stands in a resource before the name.
    var resourceKind: String {
        switch self {
        case .connect: "client"
        case .publish, .receive, .retainPublish: "topic"
        case .subscribe: "topicfilter"
        }
    }
}

/// What one connection may do: the policies of its certificate, their variables filled in.
public struct Permissions: Sendable {
    struct Rule: Sendable {
        var isAllow: Bool
        /// A bit for each action, by its place among all.
        var actions: UInt8
        /// Patterns over `kind/name`.
        var resources: [WildcardPattern]
    }

    let rules: [Rule]

    /// Denied unless a statement allows it; a statement that denies it wins.
    public func allows(_ action: PolicyAction, _ name: [UInt8]) -> Bool {
        var resource = Array(action.resourceKind.utf8)
        resource.append(TopicSyntax.slash)
        resource.append(contentsOf: name)
        var isAllowed = false
        for rule in rules where rule.actions & action.bit != 0 {
            guard !(isAllowed && rule.isAllow) else { continue }
            if rule.resources.contains(where: { $0.matches(resource) }) {
                guard rule.isAllow else { return false }
                isAllowed = true
            }
        }
        return isAllowed
    }
}

extension PolicyAction {
    var bit: UInt8 {
        switch self {
        case .connect: 1
        case .publish: 2
        case .receive: 4
        case .retainPublish: 8
        case .subscribe: 16
        }
    }
}
