import EventModel
import Ledger

/// Brings projections to the state that they have at a point of a ledger, in one pass over it.
public struct Hydration {
    public let ledger: EventLedger
    public let point: ResolvedPoint
    public let settings: HydrationSettings
    public internal(set) var history: History
    public let folds: [ProjectionFold]
    /// How many events were folded, once the pass has run: those after the folds' checkpoints, and behind
    /// snapshots. An event that projections scan apart counts for each.
    public private(set) var given = 0
    /// How many records the projections are given at once, at most. The state does not depend on it.
    public var batch = Int.max
    /// How many threads share the pass, each with a part of the events and a connection of its own, and
    /// what is read of the states afterwards. Neither depends on it.
    public var jobs = 1 { didSet { history.jobs = jobs } }
    /// Where the records come from. The state does not depend on it.
    public var source = RecordSource.index
    /// Segments of the replay index that were there and not used, once the pass has run: rows took
    /// their place.
    public private(set) var unsound: [SegmentFault] = []
    /// The feeder whose events count; nil for all. Every projection must say that its feeders are
    /// independent.
    public let only: FeederIndex?
    /// Whether snapshots beside the ledger are used, where there are any. The state does not depend on
    /// it.
    public var usesSnapshots = true
    package var snapshotPolicy = SnapshotPolicy()
    /// What snapshots spared, once the pass has run.
    public private(set) var spared = SnapshotUse()
    /// Snapshots that were there and not used, once the pass has run: events took their place.
    public private(set) var unsoundSnapshots: [SnapshotFault] = []
    /// Where late reports straddle the point, once the pass has run: from the first event after its time
    /// to the last by it; nil where the ledger cuts cleanly there.
    public private(set) var straddle: ClosedRange<Int>?
    /// Events that some projection hears whose detail it could not read.
    public private(set) var undecodable = 0
    public private(set) var firstUndecodable: Int?

    /// - Parameter feeder: the name of the one whose events count; nil for all.
    /// - Throws: `FeederError`, `LedgerError`, `ZoneError`.
    public init(
        _ ledger: EventLedger, to point: ResolvedPoint, projections: [any Projection.Type],
        feeder: String? = nil, settings: HydrationSettings = HydrationSettings(),
        database: TimeZoneDatabase
    ) throws {
        self.ledger = ledger
        self.point = point
        self.settings = settings
        let history = try History(
            of: ledger, upTo: point.last, until: point.time, settings: settings, database: database)
        self.history = history
        self.folds = projections.map { ProjectionFold.of($0) }
        self.only = try feeder.map { try history.feeder($0, for: projections) }
    }

    /// Folds everything from the least advanced fold on.
    ///
    /// - Parameter progress: called now and then with the sequence that was reached, on the caller's
    ///   thread; throws to stop. The ledger is being read, so it must not read it by the same
    ///   `EventLedger`.
    public mutating func run(progress: (Int) throws -> Void = { _ in }) throws {
        precondition(batch > 0, "a batch has a record")
        var rest = folds
        var straddle = Straddle()
        for pass in try snapshotPasses() {
            try pass.run(progress: progress)
            rest.removeAll { fold in pass.folds.contains { $0 === fold } }
            given += pass.given
            note(pass.unsound)
            straddle.merge(pass.straddle)
            for one in pass.passes { note(one) }
        }
        defer { self.straddle = point.time == nil ? nil : straddle.range }
        let begin = (rest.map(\.sequence).min() ?? point.last) + 1
        guard begin <= point.last else { return }
        let pass = ParallelPass(self, rest, begin...point.last)
        try pass.run(progress: progress)
        for part in pass.parts {
            given += part.count
            note(part.unsound)
            straddle.merge(part.straddle)
            note(part.pass)
        }
    }

    private mutating func note(_ pass: HistoryFold) {
        undecodable += pass.undecodable
        firstUndecodable = [firstUndecodable, pass.firstUndecodable].compactMap(\.self).min()
    }

    /// A segment that two passes met is one segment.
    private mutating func note(_ faults: [SegmentFault]) {
        unsound += faults.filter { !unsound.contains($0) }
    }

    /// The passes of the folds that snapshots help.
    private mutating func snapshotPasses() throws -> [SnapshotPass] {
        guard usesSnapshots else { return [] }
        do {
            guard let reader = try SnapshotReader(self) else { return [] }
            var plans: [(fold: ProjectionFold, plan: SnapshotPlan)] = []
            for fold in folds {
                guard let plan = try reader.plan(fold) else { continue }
                plans.append((fold, plan))
                spared.add(plan)
            }
            unsoundSnapshots = reader.faults
            return SnapshotPass.grouped(plans, self)
        } catch let error as StoreError {
            // Whatever is wrong with a file that can be made again, the ledger has all of it.
            unsoundSnapshots = [SnapshotFault(projection: nil, reason: "\(error)")]
            spared = SnapshotUse()
            return []
        }
    }

    /// Whether a fold's state is that of all events 1...sequence: then it can be gone on from.
    /// Where late reports straddle the point it is not.
    public func isPrefix(_ fold: ProjectionFold) -> Bool { fold.isPrefix }
}

/// Why one feeder's state cannot be had.
public enum FeederError: Error, Equatable, CustomStringConvertible {
    case unknown(name: String, known: [String])
    case dependent(projection: String)

    public var description: String {
        switch self {
        case .unknown(let name, let known):
            "no feeder \(name) in this history; "
                + (known.count <= 10 || Spelling.nearest(to: name, among: known) != nil
                    ? Spelling.hint(for: name, among: known)
                    : "it has \(known.count), such as \(known[0]) and \(known[1])")
        case .dependent(let projection):
            "\(projection) does not say that its feeders are independent, so one feeder's state"
                + " cannot be had alone"
        }
    }
}

extension History {
    fileprivate func feeder(
        _ name: String, for projections: [any Projection.Type]
    ) throws -> FeederIndex {
        for projection in projections where !projection.feedersAreIndependent {
            throw FeederError.dependent(projection: projection.name)
        }
        guard let feeder = feeder(named: name) else {
            throw FeederError.unknown(name: name, known: feedersByName.map { self.name(of: $0) })
        }
        return feeder
    }
}
