/// Steps to be done to a system, one after the other.
public struct Program<Model: Sendable, System>: Sendable, CustomStringConvertible {
    let initial: Model
    let steps: [Step<Model, System>]
    let invariant: @Sendable (inout System, Model) async throws -> Void

    public var count: Int { steps.count }

    /// A step a line.
    public var description: String {
        if steps.isEmpty { return "no step" }
        return steps.enumerated().map { "\n\($0 + 1). \($1.text)" }.joined()
    }

    /// Does the steps to a system, and looks after each whether the invariant holds.
    ///
    /// - Returns: the model at the end.
    @discardableResult
    public func run(on system: inout System) async throws -> Model {
        var model = initial
        try await invariant(&system, model)
        for step in steps {
            try await step.action(&system, model)
            step.change(&model)
            try await invariant(&system, model)
        }
        return model
    }
}

/// A rule with its argument.
struct Step<Model: Sendable, System>: Sendable {
    var text: String
    var change: @Sendable (inout Model) -> Void
    var action: @Sendable (inout System, Model) async throws -> Void
}
