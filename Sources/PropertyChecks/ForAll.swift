import Foundation
import PropertyTesting
import Testing

/// Holds a property against generated values, inside a plain test.
///
///     @Test func `sorting twice is sorting once`() async throws {
///         try await forAll(Gen.integer(in: -9...9).list()) { list in
///             #expect(list.sorted().sorted() == list.sorted())
///         }
///     }
///
/// Quiet while it searches. A value for which `body` throws, or an expectation in it fails, is made as
/// simple as it gets; then one issue says what it is and how to repeat it, and the body is run with it once
/// more, so that the failure points at the expectation itself. The case is saved, and runs first next time.
///
/// `PROPERTY_SEED`, `PROPERTY_CASES` and `PROPERTY_ISOLATED` of the environment go before what is said here,
/// and this before the traits around it.
///
/// - Parameters:
///   - name: tells properties of one test from each other that are about values of one type, as those of the
///     arguments of a parameterised test are.
///   - cases: how many values are tried.
///   - seed: where they come from.
/// - Throws: what the body throws for the simplest value; what says why the property cannot be searched.
public func forAll<Value: Sendable>(
    _ gen: Gen<Value>, named name: String? = nil, cases: Int? = nil, seed: UInt64? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable (Value) async throws -> Void
) async throws {
    guard let test = Test.current else { throw OutsideTest() }
    let variables = ProcessInfo.processInfo.environment
    let settings = try PropertySettings.environment(variables)
        .over(PropertySettings(cases: cases, seed: seed)).over(.current)
    if let cases = settings.cases, cases < 1 {
        throw UnusableProperty(description: "\(cases) cases were asked for: 1 or more can be tried")
    }
    let known = PropertyName(test: test, values: "\(Value.self)", given: name)
    try known.claim(at: sourceLocation)
    let property = Property(
        gen: gen, body: body, test: test,
        name: known, settings: settings, location: sourceLocation)
    if let link = WorkerLink(variables) {
        // In a child process there is one property to answer for; the others' time is not taken.
        if link.key == property.name.key { await property.serve(link) }
        return
    }
    if let wanted = variables["PROPERTY_CASE"] {
        guard let choices = try property.choices(of: wanted) else { return }
        return try await property.repeatCase(choices)
    }
    try await property.hold()
}

/// `forAll` where no test runs.
struct OutsideTest: Error, CustomStringConvertible {
    let description = """
        forAll was called where no test runs: call it in a function with @Test, not in a detached task
        """
}

/// A property that cannot be searched as it stands.
struct UnusableProperty: Error, CustomStringConvertible {
    var description: String
}
