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
    /// - Throws: `BadEnvironment` for a number that is none.
    static func environment(_ variables: [String: String]) throws -> PropertySettings {
        var settings = PropertySettings()
        if let text = variables["PROPERTY_SEED"] {
            guard let seed = UInt64(text) else { throw BadEnvironment("PROPERTY_SEED", text) }
            settings.seed = seed
        }
        if let text = variables["PROPERTY_CASES"] {
            guard let cases = Int(text), cases > 0 else {
                throw BadEnvironment("PROPERTY_CASES", text)
            }
            settings.cases = cases
        }
        if let text = variables["PROPERTY_ISOLATED"] { settings.isIsolated = text != "0" }
        return settings
    }
}

/// A variable of the environment that cannot be understood.
struct BadEnvironment: Error, CustomStringConvertible {
    var description: String

    init(_ name: String, _ text: String) {
        description =
            "\(name) is '\(text)', and a whole number was expected: set it to one, or not at all"
    }
}
