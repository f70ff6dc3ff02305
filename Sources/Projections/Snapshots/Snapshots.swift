import EventModel
import Foundation
import GRDB
import Ledger

/// Snapshots of projections' states, in a file beside the ledger: `hydrate --until` goes on from them.
///
///     stretches:  ├─ 0 ─┼─ 1 ─┼─ 2 ─┼─ 3 ─┼─ 4 ─┤ …        262,144 events each
///     states:     │  a  │  b  │  c  │  d  │  e  │          of each stretch alone
///                 └─── ab ────┴─── cd ────┘                of two, four, … where that saves bytes
///                 └───────── abcd ────────┘
///     the state at the end of stretch 4:  abcd + e
///
/// A state is kept only while all of a projection's take at most ten bytes an event, and a merged one only
/// if it takes less than its halves. So the file stays a small part of the ledger, whatever a
/// projection's states are like.
public enum Snapshots {
    /// How many events a stretch has, unless told otherwise.
    public static let stretch = 1 << 18

    /// What the file holds of one projection.
    public struct Extent: Sendable, Equatable {
        public var projection: String
        /// How many events there are snapshots within.
        public var events = 0
        /// How many states are kept.
        public var states = 0
        /// Their bytes.
        public var bytes = 0
        /// States that this call wrote.
        public var written = 0
        /// States of other events than the ledger's that were dropped first.
        public var dropped = 0
    }

    /// The path of the file that holds a ledger's snapshots.
    public static func path(of ledger: String) -> String { SnapshotFile.path(of: ledger) }

    /// Makes the snapshots that the ledger lacks.
    ///
    /// - Parameters:
    ///   - stretch: how many events a stretch has; nil for what the file has, or else
    ///     `Snapshots.stretch`.
    ///   - rebuild: whether to drop those that are there first.
    ///   - progress: called now and then with the sequence that was reached; throws to stop. What was
    ///     written until then is kept.
    /// - Returns: what the file then holds, in the order of the projections.
    /// - Throws: `StoreError`, `StateError`, `LedgerError`.
    public static func build(
        _ ledger: EventLedger, projections: [any Projection.Type],
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase,
        stretch: Int? = nil, rebuild: Bool = false, progress: (Int) throws -> Void = { _ in }
    ) throws -> [Extent] {
        try build(
            ledger, projections: projections, settings: settings, database: database,
            stretch: stretch, rebuild: rebuild, policy: SnapshotPolicy(), progress: progress)
    }

    package static func build(
        _ ledger: EventLedger, projections: [any Projection.Type],
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase,
        stretch: Int?, rebuild: Bool = false, policy: SnapshotPolicy,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> [Extent] {
        precondition(stretch ?? 1 > 0, "a stretch has an event")
        // One look at the head: events that somebody appends meanwhile may have registrations.
        let head = try ledger.headSequence()
        let history = try History(
            of: ledger, upTo: head, settings: settings, database: database)
        let file = try SnapshotFile.write(path(of: ledger.path))
        do {
            let builders = try file.queue.inDatabase { db in
                try projections.map {
                    try SnapshotBuilder(
                        $0, history, ledger, head: head, stretch: stretch, rebuild: rebuild, policy,
                        file, db)
                }
            }
            try run(builders, ledger, history, progress)
            return try builders.map { try $0.extent() }
        } catch {
            throw SnapshotFile.translate(error, file.path)
        }
    }

    /// Deletes the file.
    ///
    /// - Returns: whether there was one.
    /// - Throws: `StoreError.notSnapshots` where the file is something else, `StoreError.storage`
    ///   where it cannot be deleted.
    public static func drop(ledger path: String) throws -> Bool {
        let path = SnapshotFile.path(of: path)
        guard let file = try SnapshotFile.read(path) else { return false }
        try file.queue.close()
        for suffix in ["", "-journal"] where unlink(path + suffix) != 0 && errno != ENOENT {
            throw StoreError.storage(
                path: path + suffix,
                reason: "cannot be deleted: \(String(cString: strerror(errno)))")
        }
        return true
    }

    /// Folds the stretches that builders lack, in one pass for those that lack the same.
    private static func run(
        _ builders: [SnapshotBuilder], _ ledger: EventLedger, _ history: History,
        _ progress: (Int) throws -> Void
    ) throws {
        var open = builders
        while let next = open.first {
            let group = open.filter { $0.lacks == next.lacks }
            open.removeAll { one in group.contains { $0 === one } }
            let pass = HistoryFold(history, group.flatMap(\.folds))
            while let range = next.lacks { try fold(range, pass, group, ledger, progress) }
        }
    }

    private static func fold(
        _ range: SnapshotRange, _ pass: HistoryFold, _ builders: [SnapshotBuilder],
        _ ledger: EventLedger, _ progress: (Int) throws -> Void
    ) throws {
        let earliest = try pass.fold(range, of: ledger, progress)
        for builder in builders { try builder.finish(range, earliest: earliest) }
    }
}

extension HistoryFold {
    /// Folds all events of a range, and returns the earliest time among them.
    func fold(
        _ range: SnapshotRange, of ledger: EventLedger, _ progress: (Int) throws -> Void = { _ in }
    ) throws -> Int64 {
        var earliest = Int64.max
        try ledger.scanSegments(range.sequences, from: .index) { _ in
        } body: { first, records, facts, lookup in
            for place in records.indices {
                earliest = min(earliest, records[unchecked: place].time)
            }
            try take(first: first, records, facts, lookup)
            try progress(first + records.count - 1)
        }
        return earliest
    }
}
