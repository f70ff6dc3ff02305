import EventModel
import Foundation
import Ledger
import Projections

/// All laws, tried in order on one history after the other.
struct LawCheck {
    let type: any Projection.Type
    var parts = LawParts()
    /// A portion that no other number is likely to be taken for.
    var settings = HydrationSettings(portionGrams: 7)
    let database: TimeZoneDatabase
    let tally = LawTally()

    /// A law, or more that one look finds out about.
    private struct Stage: Sendable {
        var law: Law
        var check: @Sendable (Bench) throws -> Void

        init(_ law: Law, _ check: @escaping @Sendable (LawTrial) throws -> Void) {
            self.law = law
            self.check = { try check($0.trial) }
        }

        /// - Parameter law: one that needs a ledger.
        init(stored law: Law, _ check: @escaping @Sendable (StoredTrial) throws -> Void) {
            self.law = law
            self.check = { try check($0.stored()) }
        }
    }

    /// A trial, and its ledger as soon as somebody needs one.
    private final class Bench {
        let trial: LawTrial
        private let folder: String
        private var made: StoredTrial?

        init(_ trial: LawTrial, in folder: String) { (self.trial, self.folder) = (trial, folder) }

        func stored() throws -> StoredTrial {
            if let made { return made }
            let new = try StoredTrial(trial, in: folder)
            made = new
            return new
        }
    }

    private static let stages = [
        Stage(.batches) { try $0.checkBatches() },
        Stage(.split) { try $0.checkSplit() },
        Stage(.merge) { try $0.checkMerge() },
        Stage(.digest) { try $0.checkDigest() },
        Stage(.snapshot) { try $0.checkSnapshot() },
        Stage(.redelivery) { try $0.checkRedelivery() },
        Stage(.names) { try $0.checkNames() },
        Stage(.rows) { try $0.checkRows() },
        Stage(.feeders) { try $0.checkFeeders() },
        Stage(.order) { try $0.checkOrder() },
        Stage(stored: .reader) { try $0.checkReader() },
        Stage(stored: .delivery) { try $0.checkDelivery() },
        Stage(stored: .stretches) { try $0.checkStretches() },
        Stage(stored: .store) { try $0.checkStore() },
        Stage(stored: .crash) { try $0.checkCrash() },
        Stage(stored: .until) {
            try $0.checkPoints()
            try $0.checkUntil()
        },
    ]

    /// The laws that say something of a projection, in the order in which they are tried.
    static func laws(of type: any Projection.Type) -> [Law] {
        stages.map(\.law).filter { law in
            switch law {
            case .order: !type.needsOrder
            case .feeders: type.feedersAreIndependent
            default: true
            }
        }
    }

    /// The first violation; nil where all laws hold.
    func violation(on history: GeneratedHistory) throws -> LawViolation? {
        try violation(on: history, LawCheck.stages[...])
    }

    private func violation(
        on history: GeneratedHistory, _ stages: ArraySlice<Stage>
    ) throws -> LawViolation? {
        let trial = try LawTrial(self, history)
        guard trial.last > 0 else { return nil }
        return try TemporaryFolder.with { folder in
            let bench = Bench(trial, in: folder)
            for (place, stage) in zip(stages.indices, stages) {
                do { try stage.check(bench) } catch var found as LawViolation {
                    found.stage = place
                    return found
                } catch  where LawCheck.mayBeOfProjection(error) {
                    var found = trial.violation(
                        stage.law, nil, "the law, until an error was thrown", nil, "\(error)")
                    found.stage = place
                    return found
                }
            }
            return nil
        }
    }

    /// Whether an error may come from what the projection does. Those of the laws' own files, and of somebody
    /// who stops, do not.
    static func mayBeOfProjection(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError, is LedgerError, is CocoaError, is RecordingLayer.Failure: false
        default: true
        }
    }

    /// The same violation on another history; nil where there is none, or another law breaks first.
    func again(_ violation: LawViolation, on history: GeneratedHistory) throws -> LawViolation? {
        let stages = LawCheck.stages
        // Mostly the answer is no, and this stage knows.
        guard
            let found = try self.violation(
                on: history, stages[violation.stage...violation.stage]),
            found.law == violation.law,
            try self.violation(on: history, stages[..<violation.stage]) == nil
        else { return nil }
        return found
    }
}
