import EventModel
import Projections

/// What a reduction cost.
public struct ReductionCost: Sendable, Equatable {
    /// Histories that were tried.
    public var probes = 0
    /// Events that an invariant was given in all of them.
    public var applications = 0

    public init() {}
}

/// Deletes events from a history as long as an invariant fails in the same way, until no single one
/// can go.
///
///     checkpoint ──> state before ╎ a run to delete ╎ what is known to be needed
///        └─ resumed ────────────┘                    └─ applied ──> fails still?
///
/// It goes backwards from the end, so everything before a run is as it was, and a probe costs the
/// events since the nearest checkpoint and those that are needed. The longest run that can go is
/// galloped to, then bisected. A round that deletes nothing has tried each event alone, so it is the
/// proof that the history is minimal; a failure that is not monotone takes more rounds.
package struct Reduction {
    /// What still fails, in order.
    package private(set) var steps: [Step]
    package private(set) var cost = ReductionCost()
    /// Whether no single event can go.
    package private(set) var isMinimal = false

    private let heard: [HeardEvent]
    private let history: History
    private let start: InvariantWatch
    private let identity: FailureIdentity
    private let isStopped: () -> Bool

    /// - Parameters:
    ///   - steps: a history that fails.
    ///   - start: the invariant before the first event.
    ///   - isStopped: asked before each probe; the best so far stays in `steps`.
    package init(
        _ steps: Steps, _ start: InvariantWatch, _ identity: FailureIdentity, _ history: History,
        isStopped: @escaping () -> Bool = { false }
    ) {
        (self.steps, heard) = (steps.list, steps.heard)
        (self.start, self.identity, self.history) = (start, identity, history)
        self.isStopped = isStopped
    }

    /// - Parameter checkpoints: of these very steps, from the pass that found the failure.
    package mutating func run(_ checkpoints: Checkpoints) {
        var states = States(start, checkpoints)
        while true {
            let before = steps.count
            guard sweep(&states) else { return }
            if steps.count == before {
                isMinimal = true
                return
            }
            // Groups cost a probe of all that is left; worth it where much is left.
            if steps.count > Reduction.many, !deleteGroups() { return }
            // What fails earlier now needs nothing after that.
            guard keep(steps) else { return }
            states = States(start, Checkpoints(limit: 0))
        }
    }

    private static let many = 64

    /// Replaces the history by fewer of its events if those fail too.
    package mutating func keep(_ chosen: [Step]) -> Bool {
        guard let end = failure(start.copy(), chosen[...]) else { return false }
        steps = Array(chosen[..<end])
        return true
    }

    /// How many events, going on from a state, break the invariant in the same way; nil where all do
    /// not. What is broken at the end takes all.
    private mutating func failure(
        _ watch: InvariantWatch, _ steps: ArraySlice<Step>
    ) -> Int? {
        cost.probes += 1
        let (found, taken) = watch.take(steps, heard, history, only: identity)
        cost.applications += taken
        if found == nil, !(watch.atEnd(history).map(identity.matches) ?? false) { return nil }
        return taken
    }

    /// Deletes feeders, then months, then days, as far as they can go whole; false where it was stopped.
    private mutating func deleteGroups() -> Bool {
        let kinds: [(Step) -> Int64] = [
            { Int64($0.press.feeder.number) },
            {
                let date = $0.press.time.dayUTC.date
                return Int64(date.year * 12 + date.month)
            }, { Int64($0.press.time.dayUTC.number) },
        ]
        for kind in kinds {
            let groups = Set(steps.map(kind)).sorted(by: >)
            guard groups.count > 1 else { continue }
            for group in groups {
                if isStopped() { return false }
                let rest = steps.filter { kind($0) != group }
                if rest.count < steps.count { _ = keep(rest) }
            }
        }
        return true
    }

    /// One way from the end to the beginning; false where it was stopped.
    private mutating func sweep(_ states: inout States) -> Bool {
        let all = steps
        let (left, isThrough) = BackwardSweep.run(all) { prefix, end, needed in
            if isStopped() { return nil }
            let watch = states.state(
                at: prefix, before: end, all, heard, history, identity, &cost)
            return failure(watch, needed[...]) != nil
        }
        steps = left
        return isThrough
    }
}

/// States of an invariant along the steps, found from the nearest one below.
private struct States {
    private var known: [(at: Int, watch: InvariantWatch)]

    init(_ start: InvariantWatch, _ checkpoints: Checkpoints) {
        known =
            checkpoints.list.isEmpty
            ? [(0, start)] : checkpoints.list.map { ($0.taken, $0.watch) }
    }

    /// The state after the first `place` steps, to go on from.
    ///
    /// The next questions are for places a little before this one, so states are kept on the way, nearer
    /// to each other the nearer they are to it. Those behind `end` are of no use any more.
    mutating func state(
        at place: Int, before end: Int, _ steps: [Step], _ heard: [HeardEvent],
        _ history: borrowing History, _ identity: FailureIdentity, _ cost: inout ReductionCost
    ) -> InvariantWatch {
        while let last = known.last, last.at > end { known.removeLast() }
        var (low, high) = (0, known.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if known[middle].at <= place { low = middle } else { high = middle }
        }
        var at = known[low].at
        let watch = known[low].watch.copy()
        var insertion = low + 1
        while at < place {
            let next = at + max(1, (place - at) / 2)
            // Nothing is found here: a history ends with its first violation.
            let taken = watch.take(steps[at..<next], heard, history, only: identity).taken
            at += taken
            cost.applications += taken
            if at < place, place - at >= States.nearest {
                known.insert((at, watch.copy()), at: insertion)
                insertion += 1
            }
        }
        return watch
    }

    private static let nearest = 16
}
