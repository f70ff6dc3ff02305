import EventModel
import GRDB
import Ledger

/// The first place where a store differs from what its history makes of it.
public struct StoreDifference: Sendable, Equatable, CustomStringConvertible {
    /// The projection that differs; what is no projection's is told by its table.
    public var projection: String
    public var description: String
}

extension HydrationStore {
    /// Hydrates each projection of the store anew, in memory, to the store's checkpoint, and
    /// compares tables, row by row, checkpoint and snapshot. What has no checkpoint is a difference:
    /// nobody can say which history it should be compared with.
    ///
    /// - Returns: the first difference of each projection that has one, then what is no projection's;
    ///   empty where all are equal.
    public func verify(
        against ledger: EventLedger, projections: [any Projection.Type], database: TimeZoneDatabase
    ) throws -> [StoreDifference] {
        var differences: [StoreDifference] = []
        let rows = try inspect(Checkpoint.fetchRows)
        let registered = projections.map { $0.name }
        // A projection without a checkpoint has a claim to its tables all the same.
        let names = registered + rows.map(\.projection).filter { !registered.contains($0) }
        for (name, checkpoint) in rows {
            guard let type = projections.first(where: { $0.name == name }) else {
                throw StoreError.unknownProjection(path: path, name: name, known: registered)
            }
            let first =
                try checkpoint.map { try firstDifference(type, $0, names, ledger, database) }
                ?? "the checkpoint is not the one that was written"
            if let first {
                differences.append(StoreDifference(projection: name, description: first))
            }
        }
        return try differences + inspect { try orphans(rows.map(\.projection), names, $0) }
    }

    /// The tables and snapshots that no checkpoint owns.
    private func orphans(
        _ owners: [String], _ names: [String], _ db: Database
    ) throws -> [StoreDifference] {
        var found: [StoreDifference] = []
        if owners.isEmpty {
            found.append(
                StoreDifference(
                    projection: "replaylab_checkpoint",
                    description: "the store has no checkpoint; hydrate it again"))
        }
        var others = Set(try StoreTables.all(db))
        for name in names {
            let tables = try StoreTables.owned(by: name, names, db)
            others.subtract(tables)
            if let table = tables.first, !owners.contains(name) {
                found.append(
                    StoreDifference(
                        projection: name,
                        description: "table \(table) is there without a checkpoint"))
            }
        }
        for name in try Checkpoint.snapshots(db) where !owners.contains(name) {
            found.append(
                StoreDifference(
                    projection: name, description: "a snapshot is there without a checkpoint"))
        }
        for table in others.sorted() {
            found.append(
                StoreDifference(
                    projection: table, description: "the table is no projection's"))
        }
        return found
    }

    private func firstDifference(
        _ type: any Projection.Type, _ checkpoint: Checkpoint, _ names: [String],
        _ ledger: EventLedger, _ database: TimeZoneDatabase
    ) throws -> String? {
        try checkpoint.checkOrigin(ledger, store: path)
        var hydration = try Hydration(
            ledger, to: checkpoint.point, projections: [type], settings: checkpoint.settings,
            database: database)
        if let reason = checkpoint.change(to: hydration, version: type.version) { return reason }
        // What came later than the checkpoint is not the store's.
        hydration.restrict(to: checkpoint)
        // It is compared with what the events say, not with what was derived from them before.
        hydration.usesSnapshots = false
        try hydration.run()
        let difference = try firstDifference(hydration, checkpoint, names)
        try hydration.folds[0].check()
        return difference
    }

    private func firstDifference(
        _ hydration: Hydration, _ checkpoint: Checkpoint, _ names: [String]
    ) throws -> String? {
        let fold = hydration.folds[0]
        let fresh = try DatabaseQueue()
        try fresh.write { db in
            _ = try StoreTables(db, projection: fold.name).write(fold, hydration.history)
        }
        let tables = try fresh.read { try StoreTables.owned(by: fold.name, names, $0) }
        let found = try inspect { try StoreTables.owned(by: fold.name, names, $0) }
        for table in Set(tables).union(found).sorted() {
            guard tables.contains(table) else { return "table \(table) should not be there" }
            guard found.contains(table) else { return "table \(table) is missing" }
            let difference = try fresh.read { expected in
                try self.inspect { try HydrationStore.difference(in: table, $0, expected) }
            }
            if let difference { return difference }
        }
        if let difference = checkpoint.difference(from: try Checkpoint(fold, hydration)) {
            return difference
        }
        return try snapshotDifference(fold, hydration.history)
    }

    /// Compares the snapshot's bytes with those of a fold, chunk by chunk.
    private func snapshotDifference(
        _ fold: ProjectionFold, _ history: History
    ) throws -> String? {
        try inspect { db in
            let chunks = try Checkpoint.snapshot(of: fold.name, db)
            var result = Result<Bool, any Error>.success(true)
            var encoder = StateEncoder(history: history) { expected in
                guard case .success(true) = result else { return }
                result = Result { try chunks.next().map { [UInt8]($0) } == expected }
            }
            fold.encode(to: &encoder)
            _ = encoder.finish()
            let isEqual = try result.get()
            return try isEqual && chunks.next() == nil
                ? nil : "the snapshot is not that of the state"
        }
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

extension Checkpoint {
    /// The first fact in which this checkpoint differs from the one that should stand there.
    fileprivate func difference(from expected: Checkpoint) -> String? {
        let facts: [(String, String, String)] = [
            ("digest of the state", state.hex, expected.state.hex),
            ("sequence", "\(sequence)", "\(expected.sequence)"),
            ("number of events", "\(events)", "\(expected.events)"),
            ("digest of the input", "\(input)", "\(expected.input)"),
            ("latest time", "\(latest.microseconds)", "\(expected.latest.microseconds)"),
            ("mark of a prefix", "\(isPrefix)", "\(expected.isPrefix)"),
        ]
        return facts.first { $0.1 != $0.2 }.map { fact, found, expected in
            "the checkpoint's \(fact) is \(found), and should be \(expected)"
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
        only = other.only
        usesSnapshots = other.usesSnapshots
    }
}
