import EventModel
import Ledger
import Projections

/// The step from a history that keeps an invariant to one that does not.
public struct Transition: Sendable {
    public var violation: Violation
    public var identity: FailureIdentity
    /// Whether it fails because nothing more came, and by no event: the state is the same before and after.
    public var isAtEnd: Bool
    /// What the invariant's state said before that event: of its feeder, or the members that changed.
    public var before: [(name: String, value: String)]
    /// The same after it.
    public var after: [(name: String, value: String)]
    /// Presses and heard events that the invariant was given.
    public var events: Int
}

extension InvariantPass {
    /// The first event after which an invariant does not hold, found in one pass; nil where it holds.
    ///
    /// - Throws: `LedgerError`, `ZoneError`, what `progress` throws.
    public static func transition(
        _ ledger: EventLedger, _ invariant: ChosenInvariant,
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> Transition? {
        var pass = try InvariantPass(ledger, [invariant], settings: settings, database: database)
        let checkpoints = try pass.run(keeping: 64, progress: progress)
        let finding = pass.findings[0]
        guard let violation = finding.violation, let identity = finding.identity,
            let checkpoint = checkpoints.list.last
        else { return nil }
        let steps = try pass.steps(
            upTo: violation.sequence, after: checkpoint.watch.last, hears: invariant.type.hears)
        let before = checkpoint.watch.copy()
        let guilty = finding.isAtEnd ? 0 : 1
        _ = before.take(steps.list.dropLast(guilty), steps.heard, pass.history, only: identity)
        let after = before.copy()
        _ = after.take(steps.list.suffix(guilty), steps.heard, pass.history, only: identity)
        // At the end the last event may be another feeder's.
        let shown = finding.isAtEnd ? violation.witnesses.first ?? violation.sequence : nil
        let feeder =
            try shown.map {
                try pass.steps(upTo: $0, after: $0 - 1, hears: invariant.type.hears)
            }?.list.last?.press.feeder ?? steps.list.last?.press.feeder ?? FeederIndex(0)
        let old = before.account(of: feeder, pass.history)
        let new = after.account(of: feeder, pass.history)
        let changed = old.indices.filter {
            old.count == 1 || $0 >= new.count || old[$0].value != new[$0].value
        }
        return Transition(
            violation: violation, identity: identity, isAtEnd: finding.isAtEnd,
            before: changed.map { old[$0] },
            after: changed.filter { $0 < new.count }.map { new[$0] }, events: finding.events)
    }
}
