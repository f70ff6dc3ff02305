import CatFeeder
import EventBus
import EventModel
import EventPatterns
import Expectations
import Foundation
import MQTTBroker
import Topology

extension TopologyFile.Rule {
    /// - Throws: `ReplayError` where EventBridge would refuse the pattern, with the rule's name.
    func parsedPattern() throws(ReplayError) -> EventPattern {
        do { return try EventPattern(parsing: pattern) } catch {
            throw .topology("rule \(name) of the topology: \(error)")
        }
    }

    /// The rule as the bus runs it.
    func runtime() throws -> Rule {
        Rule(
            name: name, pattern: try parsedPattern(), isEnabled: isEnabled,
            targets: try targets.map { try $0.binding() })
    }
}

extension TopologyFile.Target {
    fileprivate func binding() throws -> TargetBinding {
        var given: TargetInput?
        switch input {
        case .event: break
        case .path(let path): given = try TargetInput(path: path)
        case .transformer(let transformer):
            given = try TargetInput(
                transformer: InputTransformer(
                    variables: transformer.paths.map { .init($0.name, $0.path) },
                    template: transformer.template))
        }
        return TargetBinding(
            id: id, input: given,
            retry: RetryPolicy(
                attempts: retry.attempts, maximumAgeSeconds: retry.maxAgeSeconds),
            deadLetters: deadLetterQueue)
    }

    /// What the expectation must know of the target; nil where it sends no message.
    func expected(
        of rule: ExpectedRule, pattern: EventPattern, publishesReplays: Bool
    ) -> ExpectedRoute? {
        guard case .catFeeder(let feeder) = kind else { return nil }
        let given: ExpectedInput? =
            switch input {
            case .event: nil
            case .path(let path): .path(path)
            case .transformer(let transformer):
                .template(
                    paths: transformer.paths.map { ($0.name, $0.path) }, text: transformer.template)
            }
        return ExpectedRoute(
            rule: rule, pattern: pattern, target: id,
            variant: feeder.variant == .deployed ? .deployed : .mended,
            topic: feeder.topic.text,
            publishesReplays: publishesReplays || feeder.replays == .publish, input: given,
            retries: retry.attempts, maximumAgeSeconds: retry.maxAgeSeconds)
    }
}

extension TopologyFile.Installation {
    /// The policies of all clients, each known by its client id.
    func policyBook() throws -> PolicyBook? {
        guard clients.contains(where: { !$0.policies.isEmpty }) else { return nil }
        let things = clients.map { client in
            "\(JSONText.quoted(client.clientID)): {\"policies\": ["
                + client.policies.joined(separator: ", ") + "]}"
        }
        return try PolicyBook(
            parsing: "{\"things\": {\(things.joined(separator: ", "))}}")
    }
}

extension TopologyFile.InstalledFeeder {
    func settings(
        states: StatesMode, portions: (left: Int, right: Int)?
    ) -> FeederSettings {
        var settings = FeederSettings()
        if let portions { (settings.leftGrams, settings.rightGrams) = portions }
        settings.states = states
        settings.hopperGrams = hopperGrams
        settings.firmware = firmware == .older ? .older : .current
        settings.remembersMessages = firmware == .mended
        return settings
    }
}
