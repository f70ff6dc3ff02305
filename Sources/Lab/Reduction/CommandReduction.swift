import EventModel
import Ledger

/// Finds few events of a ledger that a command still calls bad.
///
///     a transition, cut there ──> its device ──> devices, months, days ──> halves, quarters, … single
///
/// Nothing is known of the command, so each probe is a whole run of it on a ledger of its own. What it
/// cannot judge counts as good, and so does another failure than the whole ledger's. Runs of events are left out, from the end backwards, ever shorter
/// ones, until a round in which no single event could go: so a failure need not be monotone (Zeller and
/// Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002, complements alone).
public struct CommandReduction {
    /// An event with its place in the ledger.
    public typealias Kept = ReducedHistory.Kept

    let ledger: EventLedger
    let probe: CommandProbe
    let isStopped: () -> Bool
    /// How often the command was run.
    public private(set) var probes = 0
    /// How many events it was given in all.
    public private(set) var applications = 0
    /// What is bad, and left.
    public private(set) var events: [Kept] = []
    /// Whether no single event can go.
    public private(set) var isMinimal = false
    /// How the command fails, on the whole ledger and on what is left.
    public private(set) var failure: CommandFailure?
    /// How often it failed in another way.
    public private(set) var otherFailures = 0
    /// Why it ended early, where the command asked to stop; the best so far is in `events`.
    public private(set) var ending: CommandProbe.Stopped?

    /// - Parameter isStopped: asked before each probe; the best so far stays in `events`.
    public init(
        _ ledger: EventLedger, _ probe: CommandProbe, isStopped: @escaping () -> Bool = { false }
    ) {
        (self.ledger, self.probe, self.isStopped) = (ledger, probe, isStopped)
    }

    /// - Parameter progress: called before each probe with how many events are left.
    /// - Returns: false where the whole ledger is not bad.
    /// - Throws: `CommandProbe.Stopped` where the command asks for it before anything was left out;
    ///   `LedgerError`.
    public mutating func run(progress: (Int) -> Void = { _ in }) throws -> Bool {
        guard try cut() else { return false }
        progress(events.count)
        if let device = events.last?.event.device {
            _ = try keep(
                events.filter { $0.event.device == device || $0.registers(device) }, progress)
        }
        try deleteGroups {
            $0.event.device ?? ""
        } progress: {
            progress($0)
        }
        try deleteGroups {
            let date = $0.event.time.dayUTC.date
            return date.year * 12 + date.month
        } progress: {
            progress($0)
        }
        try deleteGroups {
            Int($0.event.time.dayUTC.number)
        } progress: {
            progress($0)
        }
        try deleteRuns(progress)
        return true
    }

    /// Whether the command calls a ledger bad in the same way once more: one that does not always answer
    /// alike may not.
    public func isBad(path: String) throws -> Bool {
        // A copy, whose path is like those of the other probes: the command may say it.
        let written = try EventLedger(path: path)
        let head = try written.headSequence()
        guard case .bad(let how) = try probe.answer(written, head == 0 ? [] : [1...head]) else {
            return false
        }
        return probe.isMeant(how, as: failure)
    }

    /// Whether no more probes are to be made.
    private var isOver: Bool { ending != nil || isStopped() }

    /// Whether a try was made, and gave something that the caller does not have already.
    public var isReduced: Bool { !events.isEmpty || isMinimal }

    /// Everything up to a transition; false where the whole ledger is not bad.
    private mutating func cut() throws -> Bool {
        var bisection = CommandBisection(ledger, probe, keepsFailure: true)
        let stopped = isStopped
        struct Enough: Error {}
        let head = try ledger.headSequence()
        var end = head
        do {
            switch try bisection.run(progress: { _, bad in
                end = bad
                if stopped() { throw Enough() }
            }) {
            case .allGood: return false
            case .emptyBad: end = 0
            case .transition(let good): end = good + 1
            case .skipped(_, let bad): end = bad
            }
        } catch let error as CommandProbe.Stopped where end < head {
            ending = error
        } catch is CommandProbe.Interrupted where bisection.failure != nil {
        } catch is Enough {}
        probes += bisection.probes
        failure = bisection.failure
        otherFailures += bisection.otherFailures
        isMinimal = end == 0
        // Stopped before anything could be cut off, there is nothing better than the ledger itself.
        guard end > 0, end < head || !isOver else { return true }
        try ledger.forEachEvent(1...end) {
            events.append(Kept(sequence: $0, event: $1))
        }
        return true
    }

    /// Leaves only these, if they are bad in the same way.
    private mutating func keep(_ kept: [Kept], _ progress: (Int) -> Void) throws -> Bool {
        guard kept.count < events.count, !isOver else { return false }
        progress(events.count)
        probes += 1
        applications += kept.count
        do {
            guard case .bad(let how) = try probe.answer(kept.map(\.event)) else { return false }
            guard probe.isMeant(how, as: failure) else {
                otherFailures += 1
                return false
            }
        } catch let error as CommandProbe.Stopped {
            ending = error
            return false
        } catch is CommandProbe.Interrupted {
            return false
        }
        events = kept
        return true
    }

    /// Leaves whole groups out, the latest first.
    private mutating func deleteGroups<Key: Hashable & Comparable>(
        _ key: (Kept) -> Key, progress: (Int) -> Void
    ) throws {
        let groups = Set(events.map(key)).sorted(by: >)
        guard groups.count > 1, groups.count < events.count else { return }
        for group in groups {
            _ = try keep(events.filter { key($0) != group }, progress)
        }
    }

    /// Leaves runs out, ever shorter ones; single events until none can go.
    private mutating func deleteRuns(_ progress: (Int) -> Void) throws {
        var length = max(1, events.count / 2)
        while !events.isEmpty {
            let before = events.count
            var end = events.count
            while end > 0 {
                if isOver { return }
                let begin = max(0, end - length)
                _ = try keep(Array(events[..<begin] + events[end...]), progress)
                end = begin
            }
            if length > 1 {
                length = max(1, min(length / 2, events.count / 2))
            } else if events.count == before {
                isMinimal = true
                return
            }
        }
        isMinimal = true
    }
}

extension ReducedHistory.Kept {
    fileprivate func registers(_ device: String) -> Bool {
        guard case .registration(let one) = event.content.meaning else { return false }
        return one.device.hasSameBytes(as: device)
    }
}
