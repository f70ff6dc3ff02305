import EventModel

/// A projection that breaks a law, and how to see it again.
public struct LawViolation: Error, Sendable, CustomStringConvertible {
    /// The law that does not hold.
    public var law: Law
    /// The projection's name.
    public var projection: String
    /// The seed of the generated histories.
    public var seed: UInt64
    /// The number of the generated history.
    public var history: Int
    /// How many events its ledger has.
    public var events: Int
    /// Where the history was cut; nil where it was not.
    public var sequence: Int?
    /// What was done: `parts 1...4, 5...9, merged from the right`.
    public var trial: String
    /// The digest that was found, and the one that should have been.
    public var digests: (found: SHA256Digest, expected: SHA256Digest)?
    /// The first row or fact that differs.
    public var difference: String
    /// The name of the test, as `#function` gives it.
    var test = ""

    public var description: String {
        var lines = [
            "\(projection) breaks the law “\(law.rawValue)”: \(law.sentence)",
            "  tried:   \(trial)",
            "  history: \(history) of seed \(seed), \(events) events"
                + (sequence.map { ", cut after sequence \($0)" } ?? ""),
        ]
        if let digests {
            lines.append("  digest:  \(digests.found.hex)")
            lines.append("  instead: \(digests.expected.hex)")
        }
        lines.append("  first:   \(difference)")
        lines.append("  repeat:  \(repetition)")
        return lines.joined(separator: "\n")
    }

    /// The command that tries this history alone.
    public var repetition: String {
        let name = test.filter { $0 != "`" }.prefix { $0 != "(" }
        let filter = name.isEmpty ? projection : String(name)
        return "REPLAYLAB_SEED=\(seed) REPLAYLAB_HISTORY=\(history)"
            + " swift test --filter '\(filter)'"
    }
}
