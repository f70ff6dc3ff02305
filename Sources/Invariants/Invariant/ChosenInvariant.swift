import EventModel

/// An invariant with its parameter, as a command line names it: `daily-limit=300`.
public struct ChosenInvariant: Sendable, CustomStringConvertible {
    public let type: any Invariant.Type
    public let value: Int

    public init(_ type: any Invariant.Type, value: Int? = nil) {
        self.type = type
        self.value = value ?? type.parameter?.standard ?? 0
    }

    /// - Parameter text: `NAME` or `NAME=N`.
    /// - Throws: `InvariantError` for a name that is not known and a number that is none.
    public init(_ text: String, among types: [any Invariant.Type]) throws(InvariantError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let type = types.first(where: { $0.name == name }) else {
            throw InvariantError(
                "no invariant \(name); " + Spelling.hint(for: name, among: types.map { $0.name }))
        }
        guard parts.count == 2 else {
            self.init(type)
            return
        }
        guard let parameter = type.parameter else {
            throw InvariantError("\(name) takes no number; write --invariant \(name)")
        }
        guard let value = Int(parts[1]), parameter.range.contains(value) else {
            throw InvariantError(
                "\(name) takes \(parameter.range.lowerBound) to \(parameter.range.upperBound)"
                    + " \(parameter.unit), not \(parts[1])")
        }
        self.init(type, value: value)
    }

    /// As the command line takes it.
    public var description: String {
        type.parameter == nil ? type.name : "\(type.name)=\(value)"
    }
}

/// An invariant that cannot be had, or a history that cannot be reduced.
public struct InvariantError: Error, Equatable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
