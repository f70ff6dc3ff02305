/// How large and how costly a pattern may be: the service refuses what goes beyond.
///
/// The quota of characters is documented, and may be raised to 4,096. Wildcards are measured as
/// event-ruler's `MachineComplexityEvaluator` does; which measure is too much the service does not
/// say. Ten is not documented, but agrees with what was reported of the service: three wildcards
/// `*:stack/NAME/*` in one field, of measure 9, were taken, and four of them, of measure 12, refused.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>,
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>
public struct PatternLimits: Sendable, Equatable {
    /// UTF-16 units of the pattern's text, as Java counts characters; nil for any number.
    public var characters: Int?
    /// How many beginnings of wildcards of one field a value may match at once; nil for any number.
    public var wildcardComplexity: Int?

    /// Limits of one's own; those not given are the service's.
    public init(characters: Int? = 2_048, wildcardComplexity: Int? = 10) {
        self.characters = characters
        self.wildcardComplexity = wildcardComplexity
    }

    /// What the service takes without being asked for more.
    public static let service = PatternLimits()
    /// What can be matched, the service or not.
    public static let none = PatternLimits(characters: nil, wildcardComplexity: nil)
}

extension PatternLimits {
    func check(length text: String, in bytes: [UInt8]) throws(PatternError) {
        guard let characters, text.utf16.count > characters else { return }
        throw PatternError(
            .pattern,
            "the pattern has \(text.utf16.count) characters, and may have \(characters)",
            in: bytes, at: nil)
    }

    /// Fields of alternatives that go on from the same fields before them share their wildcards, as
    /// they share a machine in the reference.
    func check(_ alternatives: [Alternative], in bytes: [UInt8]) throws(PatternError) {
        guard let wildcardComplexity else { return }
        var machines: [[Alternative.Field]: [Wildcard]] = [:]
        for alternative in alternatives {
            for (place, field) in alternative.fields.enumerated() {
                let wildcards = field.tests.flatMap(\.wildcards)
                guard !wildcards.isEmpty else { continue }
                // What lies behind a field that must be absent the reference does not look at.
                let isBehindAbsence = alternative.fields[..<place].contains {
                    $0.tests.allSatisfy { $0 == .absent }
                }
                guard !isBehindAbsence else { continue }
                var key = Array(alternative.fields[..<place])
                key.append(Alternative.Field(path: field.path, tests: []))
                var shared = machines[key] ?? []
                for wildcard in wildcards where !shared.contains(wildcard) {
                    shared.append(wildcard)
                }
                machines[key] = shared
            }
        }
        for wildcards in machines.values
        where WildcardComplexity(wildcards).exceeds(wildcardComplexity) {
            // The service's words.
            throw PatternError(
                .pattern,
                "Rule is too complex - try using fewer wildcard characters or fewer repeating"
                    + " character sequences after a wildcard character", in: bytes, at: nil)
        }
    }
}
