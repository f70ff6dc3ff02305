import Foundation
import PropertyTesting

/// Where failing cases are kept from one run to the next.
public enum CaseDatabase: Sendable, Equatable {
    /// Nothing is kept.
    case none
    /// A folder, made when the first case fails; a relative path starts where the tests run, which is the
    /// package's folder under `swift test`.
    case folder(String)

    /// `.replaylab/failures`.
    public static let standard = CaseDatabase.folder(".replaylab/failures")
}

/// How properties are searched here; the environment goes before it, and it before the defaults.
struct PropertySettings: Sendable {
    var cases: Int?
    var seed: UInt64?
    var database: CaseDatabase?
    var isIsolated: Bool?
    var patience: Duration?

    /// What the traits around the test say.
    @TaskLocal static var current = PropertySettings()

    /// These, and where they say nothing, the others.
    func over(_ others: PropertySettings) -> PropertySettings {
        PropertySettings(
            cases: cases ?? others.cases, seed: seed ?? others.seed,
            database: database ?? others.database, isIsolated: isIsolated ?? others.isIsolated,
            patience: patience ?? others.patience)
    }

    /// What the environment says.
    ///
    /// - Throws: `BadEnvironment` for what means nothing.
    static func environment(_ variables: [String: String]) throws -> PropertySettings {
        var settings = PropertySettings()
        if let text = variables["PROPERTY_SEED"] {
            guard let seed = UInt64(text) else {
                throw BadEnvironment(
                    "PROPERTY_SEED", text, expected: "a whole number from 0 to \(UInt64.max)")
            }
            settings.seed = seed
        }
        if let text = variables["PROPERTY_CASES"] {
            guard let cases = Int(text), cases > 0 else {
                throw BadEnvironment(
                    "PROPERTY_CASES", text, expected: "a whole number from 1 to \(Int.max)")
            }
            settings.cases = cases
        }
        if let text = variables["PROPERTY_ISOLATED"] {
            guard ["0", "1"].contains(text) else {
                throw BadEnvironment("PROPERTY_ISOLATED", text, expected: "0 or 1")
            }
            settings.isIsolated = text == "1"
        }
        return settings
    }
}

/// A variable of the environment that cannot be understood.
struct BadEnvironment: Error, CustomStringConvertible {
    var description: String

    init(_ name: String, _ text: String, expected: String) {
        description = "\(name) is '\(text)', and \(expected) was expected: set it so, or not at all"
    }
}
