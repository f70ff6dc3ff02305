import EventModel
import Projections

/// The tables of a projection at the end of a history, to look rows up by their keys.
public struct RowLookup {
    private let type: any Projection.Type
    private let loaded: LoadedHistory
    private let tables: [RowTable]

    public init(_ type: any Projection.Type, on loaded: LoadedHistory) throws {
        self.type = type
        self.loaded = loaded
        tables = try StateWalk(loaded, [type], at: loaded.count).tables()
    }

    /// What made a row what it is.
    ///
    /// - Parameter table: the row's; nil where only one has such a row.
    /// - Throws: `DifferenceError` where there is no such table or row, with the nearest ones.
    public func history(
        of key: String, in table: String?, last: Int?, every: Int? = nil,
        progress: (Double) throws -> Void = { _ in }
    ) throws -> RowHistory {
        let own = try candidates(table)
        let found = own.filter { table in
            table.rows.contains { table.keyText($0).hasSameBytes(as: key) }
        }
        guard found.count < 2 else {
            throw DifferenceError.severalTables(key: key, tables: found.map(\.name))
        }
        guard let home = found.first else {
            throw DifferenceError.unknownRow(
                key: key, projection: type.name, table: table, hint: hint(for: key, in: own))
        }
        return try RowHistory(
            of: key, in: home, type, on: loaded, last: last, every: every, progress: progress)
    }

    private func candidates(_ name: String?) throws -> [RowTable] {
        guard let name else { return tables }
        let found = tables.filter { $0.name == name.underscored }
        guard !found.isEmpty else {
            throw DifferenceError.unknownTable(
                name: name, projection: type.name,
                hint: Spelling.hint(for: name, among: tables.map(\.name)))
        }
        return found
    }

    /// The nearest keys: by spelling, and the neighbours in the order of keys.
    private func hint(for key: String, in own: [RowTable]) -> String {
        var nearest: [String] = []
        let parts = key.split(separator: "|", omittingEmptySubsequences: false).count
        let alike = own.filter { $0.key == parts }
        for table in alike.isEmpty ? own : alike {
            let keys = table.rows.map(table.keyText)
            // Spelling takes time for each key; neighbours do not.
            if keys.count <= 10_000, let one = Spelling.nearest(to: key, among: keys) {
                nearest.append(one)
            }
            guard keys.contains(where: { $0.prefix(1) == key.prefix(1) }) else { continue }
            let after = keys.firstIndex { !$0.utf8.lexicographicallyPrecedes(key.utf8) }
            let place = after ?? keys.count
            nearest += keys[max(0, place - 1)..<min(keys.count, place + 1)]
        }
        var named: [String] = []
        for one in nearest where !named.contains(where: { $0.hasSameBytes(as: one) }) {
            named.append(one)
        }
        guard named.isEmpty else { return "the nearest are " + named.joined(separator: ", ") }
        let shapes = own.map { table in
            "\(table.name) by \(table.columns.prefix(table.key).joined(separator: "|"))"
                + (table.rows.first.map { ", such as \(table.keyText($0))" } ?? ", and has no row")
        }
        return "rows are named in " + shapes.joined(separator: "; in ")
    }
}
