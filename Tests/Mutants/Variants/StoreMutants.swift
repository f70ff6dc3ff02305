import GRDB
import Lab
import Projections

extension Mutant {
    static let walks = [
        Mutant(
            "keeps-old-rows", .store, "a store that is made anew keeps the rows that are no more",
            by: Oracles.store, "rows of another point", within: 60,
            Minimum(
                "SINGLE of B1", "hydrate to 1", "hydrate to 0",
                because: "a row must be written, and the store brought back before it"),
            part: keepsOldRows)
    ]

    /// A store that is made anew writes over what it had, and deletes nothing.
    private static let keepsOldRows: StorePart = { store, hydration, progress in
        let table = "bowl_totals_bowls"
        let queue = try DatabaseQueue(path: store.path)
        let old = try queue.read { db in
            try db.tableExists(table) ? try Row.fetchAll(db, sql: "SELECT * FROM \(table)") : []
        }
        let steps = try store.hydrate(&hydration, progress: progress)
        guard case .rebuild = steps[0] else { return steps }
        try queue.write { db in
            for row in old {
                let marks = Array(repeating: "?", count: row.count).joined(separator: ", ")
                try db.execute(
                    sql: "INSERT OR IGNORE INTO \(table) VALUES (\(marks))",
                    arguments: StatementArguments(row.databaseValues))
            }
        }
        return steps
    }
}
