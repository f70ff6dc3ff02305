import Testing

/// Sets how the properties of a test, or of a suite's tests, are searched.
public struct PropertyTrait: TestTrait, SuiteTrait, TestScoping {
    var settings: PropertySettings

    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let merged = settings.over(.current)
        try await PropertySettings.$current.withValue(merged) { try await function() }
    }
}

extension Trait where Self == PropertyTrait {
    /// How properties are searched here. What is left out stays as it is around it.
    ///
    /// - Parameters:
    ///   - cases: how many values are tried; 200 where nobody says.
    ///   - seed: where they come from; 1 where nobody says, so that a test is the same every time.
    ///   - database: where failing cases are kept.
    ///   - isolated: whether cases run in a child process, so that one that traps is a failure like any
    ///     other, and made simple.
    ///   - patience: how long an isolated case may take before it counts as hanging; 60 s where nobody says.
    public static func property(
        cases: Int? = nil, seed: UInt64? = nil, database: CaseDatabase? = nil,
        isolated: Bool? = nil, patience: Duration? = nil
    ) -> PropertyTrait {
        PropertyTrait(
            settings: PropertySettings(
                cases: cases, seed: seed, database: database, isIsolated: isolated,
                patience: patience))
    }
}
