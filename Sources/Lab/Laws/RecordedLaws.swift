import EventModel
import Foundation
import Ledger
import Projections

/// The laws of projections, tried on a ledger that was recorded.
///
///     all events         rows instead of the index, other batches, a store beside memory, …: some passes
///     some sequences     parts that are merged, saved and read back: some passes each
///     some moments       what happened by then, each event asked
///     some excerpts      every other law, as on a generated history: of a short ledger all of it
///
/// What is sampled is said: `Finding.held` has how much of the ledger each law was tried on.
public struct RecordedLaws {
    /// A law that holds, and what it was tried on: `at 4 of 1,000,000 sequences`.
    public struct Held: Sendable, Equatable {
        public var law: Law
        public var extent: String
    }

    /// What came of one projection.
    public struct Finding: Sendable {
        public var projection: String
        /// The laws that were tried and hold, in order.
        public var held: [Held]
        /// The first that does not; then the rest was not tried.
        public var broken: Broken?
    }

    /// A law that does not hold.
    public struct Broken: Sendable {
        public var law: Law
        /// What was done.
        public var trial: String
        /// The first row or fact that differs.
        public var difference: String
        /// The few events that show it, a line each; none where all are needed.
        public var events: [String] = []
    }

    let ledger: EventLedger
    let settings: HydrationSettings
    let database: TimeZoneDatabase
    /// Called before each pass; throws to stop.
    let progress: (String) throws -> Void

    public init(
        _ ledger: EventLedger, settings: HydrationSettings, database: TimeZoneDatabase,
        progress: @escaping (String) throws -> Void = { _ in }
    ) {
        (self.ledger, self.settings) = (ledger, settings)
        self.database = database
        self.progress = { what in
            do { try progress(what) } catch { throw Stop(reason: error) }
        }
    }

    /// Somebody stops: that is no error of a projection.
    private struct Stop: Error { var reason: any Error }

    /// Tries one projection.
    ///
    /// - Throws: what `progress` throws, or an error of the ledger; one of the projection is a finding.
    public func check(_ type: any Projection.Type) throws -> Finding {
        do { return try tried(type) } catch let stop as Stop { throw stop.reason }
    }

    private func tried(_ type: any Projection.Type) throws -> Finding {
        let trial = RecordedTrial(laws: self, type: type, last: try ledger.headSequence())
        var finding = Finding(projection: type.name, held: [], broken: nil)
        guard trial.last > 0 else { return finding }
        for (law, extent, body) in trial.all {
            try progress("\(type.name): \(law.rawValue)")
            do {
                if let broken = try body() {
                    finding.broken = Broken(
                        law: law, trial: broken.trial, difference: broken.difference)
                    return finding
                }
            } catch  where !(error is Stop) && LawCheck.mayBeOfProjection(error) {
                finding.broken = Broken(
                    law: law, trial: "the law, until an error was thrown", difference: "\(error)")
                return finding
            }
            finding.held.append(Held(law: law, extent: extent))
        }
        try trial.checkExcerpts(&finding)
        return finding
    }
}

/// One projection on one recorded ledger.
struct RecordedTrial {
    typealias Difference = (trial: String, difference: String)

    let laws: RecordedLaws
    let type: any Projection.Type
    let last: Int

    var all: [(Law, extent: String, () throws -> Difference?)] {
        let events = "on all \(Figures.count(last, "event"))"
        let places = "at \(cuts.count) of \(Figures.count(last, "sequence"))"
        return [
            (.reader, events, reader), (.batches, events, batches), (.merge, places, merge),
            (.split, places, split), (.snapshot, places, snapshot), (.rows, events, rows),
            (.store, events, store),
            (.until, "at the times of \(moments.count) of \(Figures.count(last, "event"))", until),
        ]
    }

    /// Where a history is cut: a quarter, a half, three quarters, and before its last event.
    var cuts: [Int] {
        let cuts = [last / 4, last / 2, last / 4 * 3, last - 1].filter { $0 > 0 }
        return cuts.indices.filter { $0 == 0 || cuts[$0] > cuts[$0 - 1] }.map { cuts[$0] }
    }

    /// A fold before the first event.
    func blank() -> ProjectionFold {
        let type = self.type
        return ProjectionFold.of(type)
    }

    func hydration(
        to point: ResolvedPoint? = nil, _ change: (inout Hydration) -> Void = { _ in }
    ) throws -> Hydration {
        var hydration = try prepared(point, change)
        try hydration.run { _ in try laws.progress("") }
        return hydration
    }

    private func prepared(
        _ point: ResolvedPoint? = nil, _ change: (inout Hydration) -> Void = { _ in }
    ) throws -> Hydration {
        var hydration = try Hydration(
            laws.ledger, to: point ?? ResolvedPoint(last: last, time: nil), projections: [type],
            settings: laws.settings, database: laws.database)
        hydration.usesSnapshots = false
        change(&hydration)
        return hydration
    }

    /// The first difference of two states; nil where there is none.
    func difference(
        _ trial: String, _ found: ProjectionFold, _ expected: ProjectionFold, _ history: History
    ) throws -> Difference? {
        guard found.digest(history) != expected.digest(history) else { return nil }
        let row = try ProjectionTables(found, history)
            .firstDifference(from: ProjectionTables(expected, history))
        return (trial, row ?? "all rows are the same: what differs is what encode(to:) writes")
    }

    private func batches() throws -> Difference? {
        let whole = try hydration()
        let rows = try hydration {
            $0.source = .rows
            $0.batch = 1000
        }
        return try difference(
            "batches of 1000 rows, and the index", rows.folds[0], whole.folds[0], whole.history)
    }

    private func merge() throws -> Difference? {
        let whole = try hydration()
        for jobs in [2, 3] {
            let parts = try hydration { $0.jobs = jobs }
            if let found = try difference(
                "\(jobs) parts, merged", parts.folds[0], whole.folds[0], whole.history)
            {
                return found
            }
        }
        // Parts of threads may be one only, in a short ledger.
        for cut in cuts {
            let (early, late) = (blank(), blank())
            try feed(1...cut, to: early, whole.history)
            if cut < last { try feed(cut + 1...last, to: late, whole.history) }
            early.merge(late)
            if let found = try difference(
                "1...\(cut) merged with the rest", early, whole.folds[0], whole.history)
            {
                return found
            }
        }
        return nil
    }

    private func split() throws -> Difference? {
        let whole = try hydration()
        for cut in cuts {
            let fold = blank()
            try feed(1...cut, to: fold, whole.history)
            if cut < last { try feed(cut + 1...last, to: fold, whole.history) }
            if let found = try difference(
                "1...\(cut), then the rest", fold, whole.folds[0], whole.history)
            {
                return found
            }
        }
        return nil
    }

    private func snapshot() throws -> Difference? {
        let whole = try hydration()
        for cut in cuts {
            let early = blank()
            try feed(1...cut, to: early, whole.history)
            let restored = blank()
            do {
                try restored.restore(early.snapshot(whole.history), whole.history)
            } catch let error as StateError {
                return ("the state of 1...\(cut), read back", "\(error)")
            }
            if cut < last { try feed(cut + 1...last, to: restored, whole.history) }
            if let found = try difference(
                "the state of 1...\(cut), read back, then the rest", restored, whole.folds[0],
                whole.history)
            {
                return found
            }
        }
        return nil
    }

    private func rows() throws -> Difference? {
        let whole = try hydration()
        let tables = try ProjectionTables(whole.folds[0], whole.history)
        return (tables.firstMisfit ?? tables.firstDisorder).map { ("the tables of all", $0) }
    }

    private func store() throws -> Difference? {
        try TemporaryFolder.with { folder in
            let store = try HydrationStore(path: folder + "/store.sqlite")
            var whole = try prepared()
            _ = try store.hydrate(&whole) { _ in try laws.progress("") }
            let differences = try store.verify(
                against: laws.ledger, projections: [type], database: laws.database)
            return differences.first.map { ("a store of all, read back", $0.description) }
        }
    }

    private func feed(_ range: ClosedRange<Int>, to fold: ProjectionFold, _ history: History) throws
    {
        let pass = HistoryFold(history, [fold])
        try laws.ledger.scan(range) { first, records, lookup in
            try pass.take(first: first, records, lookup)
            try laws.progress("")
        }
    }
}
