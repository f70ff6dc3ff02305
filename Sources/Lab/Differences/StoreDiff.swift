import EventModel
import Ledger
import Projections

/// What a store says against what the ledger leads to at the store's checkpoint.
public struct StoreDiff: Sendable {
    public var checkpoint: Checkpoint
    /// What a person should know before reading on, a sentence each.
    public var notes: [String]
    /// How the rows differ: the ledger's first, the store's second.
    public var difference: TablesDifference
    /// The sequence whose state the store is, where it is not that of its checkpoint; the nearest one.
    public var isStateAt: Int?
    /// How many states beside that of the checkpoint the store was compared with.
    public var looks = 0
    /// Of the first rows that the ledger leads to otherwise, the last events that made them.
    public var causes: [RowHistory] = []

    /// Whether all rows are those that the ledger leads to.
    public var isEqual: Bool { difference.isEmpty }

    /// - Parameters:
    ///   - projections: all that the command line knows: a longer name may own a table of the store.
    ///   - rows: of how many rows the events are looked up.
    ///   - progress: gets the share that is done; throws to stop.
    /// - Throws: `StoreError` where the store is of another ledger, damaged, or does not hold the
    ///   projection.
    public init(
        _ type: any Projection.Type, in store: HydrationStore, against ledger: EventLedger,
        projections: [any Projection.Type], database: TimeZoneDatabase, rows: Int = 10,
        progress: (Double) throws -> Void = { _ in }
    ) throws {
        checkpoint = try store.checkpoint(of: type.name, in: ledger)
        notes = []
        if let reason = store.change(since: checkpoint, version: type.version, database: database) {
            notes.append(
                "since the store was written, \(reason): the rows may differ for that alone")
        }
        let stored = try store.tables(of: type.name, known: projections.map { $0.name }).map {
            RowTable(name: $0.name, columns: $0.columns, key: $0.key, rows: $0.rows)
        }
        let states = try StoredStates(type, checkpoint, ledger, stored, database)
        let tables = try states.tables(at: states.home)
        notes += states.shapeNotes(tables)
        difference = TablesDifference(tables, states.stored)
        guard !difference.isEmpty else { return }
        var search = states
        isStateAt = try search.nearestEqual(progress).map(states.loaded.sequence(at:))
        looks = search.looks
        let loaded = try states.untilCheckpoint()
        causes = try difference.rows.filter { $0.first != nil }.prefix(rows).compactMap { row in
            guard let table = tables.first(where: { $0.name == row.table }) else { return nil }
            return try RowHistory(
                of: row.keyText, in: table, type, on: loaded, last: 3, progress: progress)
        }
    }
}

/// A store's tables among the states of its ledger.
private struct StoredStates {
    let type: any Projection.Type
    let checkpoint: Checkpoint
    let ledger: EventLedger
    let database: TimeZoneDatabase
    /// The events up to the checkpoint, and some behind it where the point is a sequence.
    let loaded: LoadedHistory
    /// After how many of them the checkpoint stands.
    let home: Int
    /// The store's tables.
    let stored: [RowTable]
    private(set) var looks = 0
    /// How many states on either side are all looked at.
    private static let near = 64

    init(
        _ type: any Projection.Type, _ checkpoint: Checkpoint, _ ledger: EventLedger,
        _ stored: [RowTable], _ database: TimeZoneDatabase
    ) throws {
        (self.type, self.checkpoint, self.ledger) = (type, checkpoint, ledger)
        (self.stored, self.database) = (stored, database)
        var point = StoredStates.point(checkpoint)
        if point.time == nil {
            point.last = min(try ledger.headSequence(), point.last + StoredStates.near)
        }
        loaded = try LoadedHistory(
            ledger, to: point, settings: checkpoint.settings, database: database)
        home = loaded.position(of: checkpoint.sequence)
    }

    /// What came later than the checkpoint is not the store's.
    private static func point(_ checkpoint: Checkpoint) -> ResolvedPoint {
        ResolvedPoint(
            last: min(checkpoint.point.last, checkpoint.sequence), time: checkpoint.point.time)
    }

    func untilCheckpoint() throws -> LoadedHistory {
        try LoadedHistory(
            ledger, to: StoredStates.point(checkpoint), settings: checkpoint.settings,
            database: database)
    }

    func tables(at position: Int) throws -> [RowTable] {
        try StateWalk(loaded, [type], at: position).tables()
    }

    /// Tables and columns that only one side has.
    func shapeNotes(_ tables: [RowTable]) -> [String] {
        var notes: [String] = []
        for table in tables {
            guard let own = stored.first(where: { $0.name == table.name }) else {
                notes.append("the store has no table \(table.name)")
                continue
            }
            if own.columns != table.columns || own.key != table.key {
                notes.append(
                    "table \(table.name) has columns \(own.columns.joined(separator: ", ")) in the"
                        + " store, and should have \(table.columns.joined(separator: ", "))")
            }
        }
        for table in stored where !tables.contains(where: { $0.name == table.name }) {
            notes.append("the store has a table \(table.name) that the projection does not write")
        }
        return notes
    }

    /// The point nearest to the checkpoint whose state is the store's; nil where none was found.
    ///
    /// First the states nearby, one by one; then, since most numbers in rows only rise, the one whose
    /// numbers add up to those of the store, by halving. It counts where all its rows are the store's.
    mutating func nearestEqual(_ progress: (Double) throws -> Void) throws -> Int? {
        if let found = try equal(
            in: max(0, home - StoredStates.near)...min(loaded.count, home + StoredStates.near))
        {
            return found
        }
        let sum = StoredStates.sum(stored)
        var (low, high) = (0, home)
        while low < high {
            let middle = (low + high) / 2
            looks += 1
            let isBelow = StoredStates.sum(try tables(at: middle)) < sum
            if isBelow { low = middle + 1 } else { high = middle }
            try progress(0)
        }
        return try equal(in: low...min(home, low + StoredStates.near))
    }

    /// The point in a range nearest to the checkpoint whose state is the store's.
    private mutating func equal(in range: ClosedRange<Int>) throws -> Int? {
        let walk = try StateWalk(loaded, [type], at: range.lowerBound)
        var found: Int?
        while true {
            let position = walk.position
            if position != home {
                looks += 1
                let isNearer = found.map { abs(position - home) < abs($0 - home) } ?? true
                if isNearer, isStored(try walk.tables()) { found = position }
            }
            guard position < range.upperBound else { return found }
            try walk.advance(to: position + 1)
        }
    }

    private func isStored(_ tables: [RowTable]) -> Bool {
        TablesDifference(tables, stored).isEmpty
    }

    /// How many rows there are, and the sum of all their numbers; a damaged number must not overflow it.
    private static func sum(_ tables: [RowTable]) -> Double {
        var sum = 0.0
        for row in tables.lazy.flatMap(\.rows) {
            sum += 1
            for case .integer(let value) in row { sum += Double(value) }
        }
        return sum
    }
}
