/// What may be done to a system, and what must hold after each step.
///
/// `Model` says in a few plain values what the system should hold; `System` is the thing itself.
public struct Machine<Model: Sendable, System>: Sendable {
    private let initial: Model
    private let rules: [Rule]
    private let invariant: @Sendable (inout System, Model) async throws -> Void

    /// - Parameters:
    ///   - initial: what the system holds at first.
    ///   - invariant: expects what must hold after every step.
    public init(
        _ initial: Model, rules: [Rule],
        invariant: @escaping @Sendable (inout System, Model) async throws -> Void = { _, _ in }
    ) {
        precondition(!rules.isEmpty, "a machine without rules does nothing")
        self.initial = initial
        self.rules = rules
        self.invariant = invariant
    }

    /// Programs of steps. Each draws which rules it has (swarm testing: Groce and others, ISSTA 2012), as
    /// much is only found where something else is never done; a step is one span, so programs shrink by
    /// losing steps.
    public func programs(of count: ClosedRange<Int> = 0...50) -> Gen<Program<Model, System>> {
        let mean = min(count.upperBound, max(count.lowerBound, 20)) - count.lowerBound
        return Gen(label: 0x3A31) { choices in
            var weights: [Int] = []
            for rule in rules {
                weights.append(try choices.chance(perMillion: 300_000) ? 0 : rule.weight)
            }
            if !weights.contains(where: { $0 > 0 }) { weights = rules.map(\.weight) }
            var (model, steps) = (initial, [Step<Model, System>]())
            while true {
                let isForced = steps.count < count.lowerBound
                // A full program ends with the same choice as any: one step less then needs no other end.
                let isFull = steps.count == count.upperBound
                if isFull, count.lowerBound == count.upperBound { break }
                let (now, weights) = (model, weights)
                let step: Step<Model, System>? = try choices.span(Choices.stepLabel) { choices in
                    if !isForced {
                        guard try choices.goesOn(mean: isFull ? 0 : mean), !isFull else {
                            return nil
                        }
                    }
                    var allowed = rules.indices.map { place in
                        rules[place].isAllowed(now) ? weights[place] : 0
                    }
                    if isForced, !allowed.contains(where: { $0 > 0 }) {
                        allowed = rules.map { $0.isAllowed(now) ? $0.weight : 0 }
                    }
                    guard allowed.contains(where: { $0 > 0 }) else { return nil }
                    return try rules[choices.pick(weights: allowed)].draw(now, &choices)
                }
                guard let step else { break }
                step.change(&model)
                steps.append(step)
            }
            return Program(initial: initial, steps: steps, invariant: invariant)
        }
    }
}

extension Machine {
    /// One thing that may be done to a system, and what it should come to.
    public struct Rule: Sendable {
        public var name: String
        let weight: Int
        let isAllowed: @Sendable (Model) -> Bool
        let draw: @Sendable (Model, inout Choices) throws -> Step<Model, System>

        /// - Parameters:
        ///   - weight: how often it is taken, beside the others.
        ///   - condition: whether it makes sense now.
        ///   - arguments: what it is done with; may depend on the model.
        ///   - change: what it does to the model.
        ///   - action: does it to the system, and expects what the model, before the change, lets expect; it
        ///     may wait.
        public init<Argument: Sendable>(
            _ name: String, weight: Int = 1,
            when condition: @escaping @Sendable (Model) -> Bool = { _ in true },
            with arguments: @escaping @Sendable (Model) -> Gen<Argument>,
            change: @escaping @Sendable (inout Model, Argument) -> Void,
            action: @escaping @Sendable (inout System, Model, Argument) async throws -> Void
        ) {
            self.name = name
            self.weight = weight
            isAllowed = condition
            draw = { model, choices in
                let argument = try arguments(model).draw(&choices)
                let text = Self.text(name, argument)
                return Step(
                    text: text, change: { change(&$0, argument) },
                    action: { try await action(&$0, $1, argument) })
            }
        }

        /// A rule that is done with nothing.
        public init(
            _ name: String, weight: Int = 1,
            when condition: @escaping @Sendable (Model) -> Bool = { _ in true },
            change: @escaping @Sendable (inout Model) -> Void,
            action: @escaping @Sendable (inout System, Model) async throws -> Void
        ) {
            self.init(
                name, weight: weight, when: condition, with: { _ in Gen<Void> { _ in } },
                change: { model, _ in change(&model) },
                action: { system, model, _ in try await action(&system, model) })
        }

        /// A step as its reader wants it: of a text, the quoted form, in which nothing is invisible.
        private static func text<Argument>(_ name: String, _ argument: Argument) -> String {
            switch argument {
            case is Void: name
            case is String: "\(name) \(String(reflecting: argument))"
            default: "\(name) \(argument)"
            }
        }
    }
}
