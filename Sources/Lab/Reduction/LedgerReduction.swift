import EventModel
import Invariants
import Ledger
import Projections

/// Finds the few events of a ledger that break an invariant.
///
///     one pass, checkpoints kept ──> cut after the violation ──> witnesses ──> their feeders
///          ──> backwards, from checkpoint to checkpoint ──> registrations ──> simpler values
///
/// Two steps of it are worth a try and no more: the witnesses alone, and the witnesses' feeders alone.
/// Where they do not fail in the same way, all events are gone through.
public struct LedgerReduction {
    public let ledger: EventLedger
    public let invariant: ChosenInvariant
    public let settings: HydrationSettings
    let database: TimeZoneDatabase
    let isStopped: () -> Bool
    /// Whether values are made simpler, once no event can go.
    public var simplifies = true
    /// Whether the witnesses and their feeders are tried alone first.
    public var triesWitnesses = true

    /// - Parameter isStopped: asked again and again; once it is true, the best so far is the result.
    public init(
        _ ledger: EventLedger, _ invariant: ChosenInvariant,
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase,
        isStopped: @escaping () -> Bool = { false }
    ) {
        (self.ledger, self.invariant, self.settings) = (ledger, invariant, settings)
        (self.database, self.isStopped) = (database, isStopped)
    }

    /// - Parameter progress: called with the sequence that the first pass reached; throws to stop.
    /// - Returns: nil where the invariant holds.
    /// - Throws: `LedgerError`, `ZoneError`, and `StateError` where the events that are left do not
    ///   fail in a ledger of their own, which an invariant causes that looks at sequences.
    public func run(progress: (Int) throws -> Void = { _ in }) throws -> ReducedHistory? {
        var pass = try InvariantPass(ledger, [invariant], settings: settings, database: database)
        let checkpoints = try pass.run(keeping: 1024, progress: progress)
        let finding = pass.findings[0]
        guard let violation = finding.violation, let identity = finding.identity else { return nil }
        var result = ReducedHistory(
            invariant: invariant, identity: identity, violation: violation, settings: settings)
        result.replay = pass.last
        result.add(
            .init(
                name: "the first violation", events: finding.events, probes: 0,
                applications: finding.events))
        let upTo = finding.isAtEnd ? pass.last : violation.sequence
        let kept = try reduced(pass, upTo, violation, identity, checkpoints, &result)
        try settle(kept.map(\.sequence), &result)
        return result
    }

    /// The steps that are needed, as far as presses and heard events go.
    private func reduced(
        _ pass: InvariantPass, _ upTo: Int, _ violation: Violation, _ identity: FailureIdentity,
        _ checkpoints: Checkpoints, _ result: inout ReducedHistory
    ) throws -> [Step] {
        let hears = invariant.type.hears
        let all = try pass.steps(upTo: upTo, hears: hears)
        let start = InvariantWatch.of(invariant)
        var reduction = Reduction(all, start, identity, pass.history, isStopped: isStopped)
        var isSliced = false
        if triesWitnesses {
            let wanted = Set(violation.witnesses)
            let witnesses = all.list.filter { wanted.contains($0.sequence) }
            isSliced = !witnesses.isEmpty && reduction.keep(witnesses)
            result.add(.init("the witnesses", reduction, after: result))
            let feeders = Set(witnesses.map(\.press.feeder))
            let slice = all.list.filter { feeders.contains($0.press.feeder) }
            // A slice of nearly all costs nearly a replay, and spares nothing.
            if !isSliced, !slice.isEmpty, slice.count <= all.list.count / 2 {
                isSliced = reduction.keep(slice)
                result.add(.init("their feeders", reduction, after: result))
            }
        }
        reduction.run(isSliced ? Checkpoints.none : checkpoints)
        result.add(.init("backwards", reduction, after: result))
        result.isMinimal = reduction.isMinimal
        return reduction.steps
    }
}

extension ReducedHistory.Stage {
    fileprivate init(_ name: String, _ reduction: Reduction, after result: ReducedHistory) {
        let begin = result.stages.dropFirst()
        self.init(
            name: name, events: reduction.steps.count,
            probes: reduction.cost.probes - begin.reduce(0) { $0 + $1.probes },
            applications: reduction.cost.applications - begin.reduce(0) { $0 + $1.applications })
    }
}
