import EventModel
import Foundation
import Ledger
import Projections
import Simulation

/// What must hold for every projection, tried on generated histories.
///
///     @Test func `grams served keeps the laws`() async throws {
///         try await ProjectionLaws.check(GramsServed.self)
///     }
///
/// The first violation is thrown as a `LawViolation`, which says what was compared, the few events
/// that are enough to show it, where the first difference is, and the line that repeats it. Nothing is left behind: ledgers and stores live in
/// a temporary folder as long as one history is tried.
public enum ProjectionLaws {
    /// Tries all laws.
    ///
    /// A history of up to 70 events is cut at every sequence; a longer one at its ends and at 40
    /// sequences that its seed chooses. Stores are cut at a few.
    ///
    /// - Parameters:
    ///   - seed: where the histories come from; nil for `REPLAYLAB_SEED`, or else 1.
    ///   - histories: how many; the environment's `REPLAYLAB_HISTORY` takes one alone.
    ///   - size: about how many events each has; nil for a mixture of 2 to 90.
    ///   - contents: other events to mix into the histories, such as those that the projection
    ///     hears.
    ///   - parts: of the library; others than the shipped ones where the laws themselves are tested.
    ///   - reductionLimit: how many histories are tried to make one that breaks a law smaller; 0 to
    ///     leave it as it is. The violation says when the limit was reached.
    ///   - test: what the repeating line names.
    /// - Returns: what was tried.
    /// - Throws: `LawViolation`, also for an error that the projection throws; `LawAddressError` for a
    ///   variable of the environment that names no history, or what went wrong with a temporary file.
    @discardableResult
    public static func check<P: Projection>(
        _ type: P.Type, seed: UInt64? = nil, histories: Int = 12, size: Int? = nil,
        including contents: [EventContent] = [], parts: LawParts = LawParts(),
        reductionLimit: Int = LawReduction.limit, test: String = #function
    ) async throws -> LawReport {
        let address = try LawAddress(ProcessInfo.processInfo.environment)
        let seed = seed ?? address.seed ?? 1
        var report = LawReport(projection: type.name)
        for number in address.history.map({ $0...$0 }) ?? 1...max(1, histories) {
            try Task.checkCancellation()
            var history = GeneratedHistory(
                seed: seed, number: number, size: size, including: contents)
            if let events = address.events { history = try history.keeping(events) }
            do {
                report += try check(
                    type, on: history, parts: parts, reductionLimit: reductionLimit)
            } catch var violation as LawViolation {
                violation.test = test
                throw violation
            }
            await Task.yield()
        }
        return report
    }

    /// Tries all laws on one history.
    @discardableResult
    public static func check<P: Projection>(
        _ type: P.Type, on history: GeneratedHistory, parts: LawParts = LawParts(),
        reductionLimit: Int = LawReduction.limit
    ) throws -> LawReport {
        let check = LawCheck(type: type, parts: parts, database: try TimeZoneDatabase())
        guard let violation = try check.violation(on: history) else {
            return LawReport(
                projection: type.name, laws: LawCheck.laws(of: type).count, histories: 1,
                events: history.events.count, crashes: check.tally.crashes)
        }
        var reduction = LawReduction(check, limit: reductionLimit)
        throw try reduction.reduced(violation)
    }
}

/// A law, by the name that a violation gives.
public enum Law: String, Sendable, CaseIterable {
    case batches, split, merge, digest, snapshot, redelivery, names, rows, order, feeders,
        reader, delivery,
        stretches, store, crash, until

    /// What must hold.
    public var sentence: String {
        switch self {
        case .batches: "one batch or many lead to the same state"
        case .split: "folding all is folding a part and then the rest"
        case .merge: "neighbouring parts fold apart and merge into the state of one pass"
        case .digest:
            "states of one digest encode the same and write the same rows, and a state has one digest"
        case .snapshot: "a state that was encoded comes back, and goes on the same way"
        case .redelivery: "events that come again change nothing"
        case .names: "a digest is over texts and numbers, not over codes and indices"
        case .rows: "a table's rows fit its columns and come in order of their keys, each key once"
        case .order:
            "without needsOrder, any order leads to the same state, and copies change nothing"
        case .feeders:
            "with feedersAreIndependent, each feeder's events alone lead to its part of the state"
        case .stretches: "states of neighbouring stretches merge into the state at any point"
        case .reader: "what is read of a ledger is what was written into it"
        case .delivery:
            "what a bus delivers, with copies, failures and a process that is cut off, leads to the state"
                + " of one pass"
        case .store: "the store read back is the state in memory"
        case .crash:
            "a process that is killed at any write leaves the store as it was or as it should be, and it"
                + " resumes"
        case .until:
            "a point in time lets through what happened by then, and a store that goes from time to time"
                + " is the store made anew"
        }
    }
}
