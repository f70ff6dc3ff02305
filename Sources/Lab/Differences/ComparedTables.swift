import EventModel
import Projections

/// What two projections can be compared by: tables of one name and one key, and their common columns.
struct ComparedTables {
    private struct Table {
        var name: String
        var columns: [String]
        var key: Int
    }

    private let tables: [Table]
    /// What is left out, a sentence each.
    let omissions: [String]
    /// What is compared: `days (feeder, day, feeds)`.
    var descriptions: [String] {
        tables.map { "\($0.name) (\($0.columns.joined(separator: ", ")))" }
    }

    var isEmpty: Bool { tables.isEmpty }

    /// - Parameters:
    ///   - first: the tables of one projection, and its name.
    ///   - second: those of the other.
    init(_ first: (name: String, tables: [RowTable]), _ second: (name: String, tables: [RowTable]))
    {
        var tables: [Table] = []
        var omissions: [String] = []
        for table in first.tables {
            guard let other = second.tables.first(where: { $0.name == table.name }) else {
                omissions.append("table \(table.name), which \(second.name) does not have")
                continue
            }
            let keys = [table, other].map { $0.columns.prefix($0.key) }
            guard keys[0] == keys[1] else {
                let names = keys.map { $0.joined(separator: ", ") }
                omissions.append(
                    "table \(table.name), whose rows are named by \(names[0]) in \(first.name) and"
                        + " by \(names[1]) in \(second.name)")
                continue
            }
            let common = table.columns.filter(other.columns.contains)
            tables.append(Table(name: table.name, columns: common, key: table.key))
            for (one, rival, columns) in [
                (table, second.name, other.columns), (other, first.name, table.columns),
            ] {
                for column in one.columns where !columns.contains(column) {
                    omissions.append(
                        "column \(column) of \(table.name), which \(rival) does not have")
                }
            }
        }
        for table in second.tables where !first.tables.contains(where: { $0.name == table.name }) {
            omissions.append("table \(table.name), which \(first.name) does not have")
        }
        self.tables = tables
        self.omissions = omissions
    }

    /// The compared part of a projection's rows.
    func part(of found: [RowTable]) -> [RowTable] {
        tables.map { table in
            let own = found.first { $0.name == table.name }
            let places = table.columns.compactMap { own?.columns.firstIndex(of: $0) }
            return RowTable(
                name: table.name, columns: table.columns, key: table.key,
                rows: (own?.rows ?? []).map { row in places.map { row[$0] } })
        }
    }

    /// The digest of the compared part of a fold's rows, as they are written. In constant memory.
    func digest(of fold: ProjectionFold, _ history: History) throws -> SHA256Digest {
        // Tables may come in any order, and one without rows may be left out: each has a hash.
        var hashes = tables.map { _ in SHA256() }
        try fold.write(
            to: StoreWriter(history: history) { shape in
                guard let at = tables.firstIndex(where: { $0.name == shape.name.underscored })
                else { return { _ in } }
                let columns = shape.columns.map(\.underscored)
                let places = tables[at].columns.compactMap { columns.firstIndex(of: $0) }
                return { cells in
                    for place in places { hashes[at].update(cells[place].spelled) }
                }
            })
        try fold.check()
        var whole = SHA256()
        for hash in hashes { hash.digest().withBytes { whole.update($0) } }
        return whole.digest()
    }
}

extension SHA256 {
    /// Adds a cell: its kind, then its value with a length, so that no two rows run together.
    fileprivate mutating func update(_ cell: Cell) {
        switch cell {
        case .null: update(bigEndian: UInt8(0))
        case .integer(let value):
            update(bigEndian: UInt8(1))
            update(bigEndian: Int64(value))
        case .text(let text):
            update(bigEndian: UInt8(2))
            update(counted: text)
        case .time(let time):
            update(bigEndian: UInt8(2))
            update(counted: time.shortText)
        }
    }
}
