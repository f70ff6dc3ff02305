import EventModel
import GRDB
import Ledger

/// The first place where a store differs from what its history makes of it.
public struct StoreDifference: Sendable, Equatable, CustomStringConvertible {
    public var projection: String
    public var description: String
}

extension HydrationStore {
    /// Hydrates each projection of the store anew, in memory, to the store's checkpoint, and
    /// compares tables, row by row, checkpoint and snapshot.
    ///
    /// - Returns: the first difference of each projection that has one; empty where all are equal.
    public func verify(
        against ledger: EventLedger, projections: [any Projection.Type], database: TimeZoneDatabase
    ) throws -> [StoreDifference] {
        var differences: [StoreDifference] = []
        for checkpoint in try checkpoints() {
            let name = checkpoint.projection
            guard let type = projections.first(where: { $0.name == name }) else {
                throw StoreError.unknownProjection(
                    path: path, name: name, known: projections.map { $0.name })
            }
            var hydration = try Hydration(
                ledger, to: checkpoint.point, projections: [type], settings: checkpoint.settings,
                database: database)
            let step = try checkpoint.step(to: hydration, version: type.version, store: path)
            if case .rebuild(let reason) = step, checkpoint.isPrefix {
                differences.append(StoreDifference(projection: name, description: reason))
                continue
            }
            // What came later than the checkpoint is not the store's.
            hydration.restrict(to: checkpoint)
            try hydration.run()
            if let first = try firstDifference(hydration, checkpoint) {
                differences.append(StoreDifference(projection: name, description: first))
            }
        }
        return differences
    }

    private func firstDifference(
        _ hydration: Hydration, _ checkpoint: Checkpoint
    ) throws -> String? {
        let fold = hydration.folds[0]
        let fresh = try DatabaseQueue()
        try fresh.write { db in
            try StoreTables(db, projection: fold.name).write(fold, hydration.history)
        }
        let prefix = StoreTables.name(fold.name, "")
        let tables = try fresh.read { try HydrationStore.tables($0, prefix) }
        let found = try inspect { try HydrationStore.tables($0, prefix) }
        for table in Set(tables).union(found).sorted() {
            guard tables.contains(table) else { return "table \(table) should not be there" }
            guard found.contains(table) else { return "table \(table) is missing" }
            let difference = try fresh.read { expected in
                try self.inspect { try HydrationStore.difference(in: table, $0, expected) }
            }
            if let difference { return difference }
        }
        let expected = try Checkpoint(fold, hydration)
        if expected.state != checkpoint.state {
            return
                "the state's digest is \(checkpoint.state.hex), and should be \(expected.state.hex)"
        }
        if expected.input != checkpoint.input || expected.events != checkpoint.events {
            return "the checkpoint counts \(checkpoint.events) events (\(checkpoint.input)),"
                + " and should count \(expected.events) (\(expected.input))"
        }
        return nil
    }

    private static func tables(_ db: Database, _ prefix: String) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).filter { $0.hasPrefix(prefix) }
    }

    /// The first row in which two tables differ, both read in order of their keys.
    private static func difference(
        in table: String, _ found: Database, _ expected: Database
    ) throws -> String? {
        let columns = try expected.columns(in: table).map(\.name)
        let key = try expected.primaryKey(table).columns
        guard try found.columns(in: table).map(\.name) == columns else {
            return "\(table) has other columns than \(columns.joined(separator: ", "))"
        }
        let order = key.map { "\"\($0)\"" }.joined(separator: ", ")
        let sql = "SELECT * FROM \"\(table)\" ORDER BY \(order)"
        let (a, b) = (try Row.fetchCursor(found, sql: sql), try Row.fetchCursor(expected, sql: sql))
        func keyText(_ row: Row) -> String {
            key.map { "\($0) \(text(row[$0]))" }.joined(separator: ", ")
        }
        while true {
            let (one, other) = (try a.next(), try b.next())
            guard let one else {
                return other.map { "\(table): the row of \(keyText($0)) is missing" }
            }
            guard let other else { return "\(table): the row of \(keyText(one)) is one too many" }
            if one == other { continue }
            if keyText(one) != keyText(other) {
                return "\(table): the row of \(keyText(one)) stands where \(keyText(other)) should"
            }
            let column = columns.first { one[$0] as DatabaseValue != other[$0] as DatabaseValue }
            return "\(table): in the row of \(keyText(one)) \(column ?? "?") is"
                + " \(text(one[column ?? ""])), and should be \(text(other[column ?? ""]))"
        }
    }

    private static func text(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "null"
        case .int64(let value): String(value)
        case .double(let value): String(value)
        case .string(let text): text
        case .blob(let data): "\(data.count) bytes"
        }
    }
}

extension Hydration {
    /// Leaves out what the ledger took in after a checkpoint was made.
    mutating func restrict(to checkpoint: Checkpoint) {
        self = Hydration(self, last: min(point.last, checkpoint.sequence))
    }

    private init(_ other: Hydration, last: Int) {
        ledger = other.ledger
        point = ResolvedPoint(last: last, time: other.point.time)
        settings = other.settings
        history = other.history
        folds = other.folds
    }
}
