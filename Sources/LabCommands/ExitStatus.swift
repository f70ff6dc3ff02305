import CatFeeder
import EventModel
import Foundation
import Invariants
import Lab
import Ledger
import MosquittoClient
import Projections
import Scenario

/// How a command ends, as in sysexits(3).
enum ExitStatus: Int32, Error, CaseIterable {
    /// A finding: a difference, a damage, a broken invariant.
    case finding = 1
    case usage = 64
    /// The input is wrong.
    case data = 65
    /// The input is not there.
    case noInput = 66
    case software = 70
    case cannotCreate = 73
    case inputOutput = 74
    /// Somebody else is at it; try again.
    case temporary = 75

    /// What the code says, in a manual page.
    var meaning: String {
        switch self {
        case .finding: "A finding: a difference, a damage, a broken invariant."
        case .usage: "Wrong usage."
        case .data: "The input is wrong."
        case .noInput: "The input is not there."
        case .software: "A fault of the program."
        case .cannotCreate: "A file cannot be made."
        case .inputOutput: "Reading or writing failed."
        case .temporary: "Somebody else is at it; try again."
        }
    }

    /// The exit code of an error.
    init(_ error: any Error) {
        switch error {
        case let error as LedgerError: self = ExitStatus(ledger: error)
        case let error as StoreError: self = ExitStatus(store: error)
        case is ScenarioError, is ImportError, is ZoneError, is StateError: self = .data
        case is PointInTime.TextError, is RunLengthError, is UsageError, is FeederError,
            is InvariantError:
            self = .usage
        case let error as DifferenceError: self = error.isUsage ? .usage : .data
        case let error as ReplayError: self = error.isUsage ? .usage : .data
        case let error as ReplayFailure: self = ExitStatus(error.underlying)
        case let error as LivePressFailure: self = ExitStatus(error.underlying)
        // The broker did not do what it should: another time it may.
        case is LinkError, is MQTTClientError: self = .temporary
        case is CampaignProfileError: self = .data
        case is SinkError, is TruthFileError: self = .inputOutput
        case is CocoaError: self = .inputOutput
        default: self = .data
        }
        if let error = error as? MissingFile { self = error.status }
    }

    private init(ledger error: LedgerError) {
        switch error {
        case .missing: self = .noInput
        case .busy: self = .temporary
        case .cannotWrite: self = .cannotCreate
        case .storage(_, let code, _): self = code & 0xFF == 14 ? .cannotCreate : .inputOutput
        case .damaged, .notALedger, .blank, .newerVersion, .unexpectedHead, .conflict, .refused,
            .notFound:
            self = .data
        }
    }

    private init(store error: StoreError) {
        switch error {
        case .busy: self = .temporary
        case .storage: self = .inputOutput
        case .notAStore, .notSnapshots, .otherLedger, .damaged, .unknownProjection,
            .missingProjection:
            self = .data
        }
    }
}

/// Options that do not go together, or a value that is none.
struct UsageError: Error, CustomStringConvertible {
    var description: String
}

/// A file that is not there, or cannot be made.
struct MissingFile: Error, CustomStringConvertible {
    var description: String
    var status: ExitStatus = .noInput
}
