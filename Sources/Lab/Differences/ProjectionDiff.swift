import EventModel
import Ledger
import Projections

/// Where two projections part on one history, by the rows that they write.
///
///     looks    =────=────=────≠ ─ ─ ─ ─ ─      digests of the rows, both sides in one pass
///     bisect            =──┴──≠                 a pass for each half
///     step              =·=·=·≠                 the last 64 events one by one
///
/// Their states are of different types, so nothing but tables can be compared: those that both have,
/// by the columns that both have. Cost: two passes over the events for the looks, one for each halving.
public struct ProjectionDiff: Sendable {
    /// Where the two were first seen to part.
    public struct Parting: Sendable {
        /// The first sequence after which the rows differ; 0 where they do before the first event.
        public var sequence: Int
        /// How the rows differ then.
        public var difference: TablesDifference
    }

    public var first: String
    public var second: String
    /// How many events were folded.
    public var events: Int
    /// The tables and columns that both have.
    public var compared: [String]
    /// What only one of them has, and was not compared.
    public var omissions: [String]
    /// nil where the two were equal wherever it was looked.
    public var parting: Parting?
    /// Between two looks lay so many events at most; 1 where every state was looked at. With more, the
    /// two may have parted and met again between two looks.
    public var every: Int
    /// How the rows differ at the end.
    public var difference: TablesDifference

    /// Whether the two had the same rows wherever it was looked.
    public var isEqual: Bool { parting == nil }

    /// - Parameters:
    ///   - every: a look after so many events; nil for as often as is cheap.
    ///   - progress: gets the share that is done; throws to stop.
    /// - Throws: `DifferenceError.nothingInCommon`; what a projection's `check()` throws.
    public init(
        _ first: any Projection.Type, _ second: any Projection.Type, on loaded: LoadedHistory,
        every: Int? = nil, progress: (Double) throws -> Void = { _ in }
    ) throws {
        self.first = first.name
        self.second = second.name
        events = loaded.count
        let types = [first, second]
        let end = try StateWalk(loaded, types, at: loaded.count)
        let tables = try [end.tables(of: 0), end.tables(of: 1)]
        let plan = ComparedTables((first.name, tables[0]), (second.name, tables[1]))
        guard !plan.isEmpty else {
            throw DifferenceError.nothingInCommon(
                first: first.name, second: second.name,
                tables: tables.map { $0.map(\.name) })
        }
        compared = plan.descriptions
        omissions = plan.omissions
        difference = TablesDifference(plan.part(of: tables[0]), plan.part(of: tables[1]))
        let looks = LookPlan(
            events: loaded.count, rows: tables.joined().reduce(0) { $0 + $1.rows.count },
            asked: every)
        self.every = min(looks.every, max(1, loaded.count))
        let search = PartingSearch(loaded: loaded, types: types, plan: plan)
        guard let position = try search.run(looks, progress) else { return }
        let walk = try StateWalk(loaded, types, at: position)
        parting = Parting(
            sequence: loaded.sequence(at: position),
            difference: TablesDifference(
                plan.part(of: try walk.tables(of: 0)), plan.part(of: try walk.tables(of: 1))))
    }
}

/// Finds after how many events two folds' rows part.
private struct PartingSearch {
    let loaded: LoadedHistory
    let types: [any Projection.Type]
    let plan: ComparedTables
    /// Spans up to so long are stepped through.
    private static let stepped = 64

    private func isEqual(_ walk: StateWalk) throws -> Bool {
        let history = try walk.history()
        return try plan.digest(of: walk.folds[0], history)
            == plan.digest(of: walk.folds[1], history)
    }

    func run(_ looks: LookPlan, _ progress: (Double) throws -> Void) throws -> Int? {
        let walk = StateWalk(loaded, types)
        guard try isEqual(walk) else { return 0 }
        var equal = 0
        for stop in looks.stops(loaded.count) {
            try walk.advance(to: stop)
            guard try isEqual(walk) else { return try narrow(equal, stop, progress) }
            equal = stop
            try progress(Double(stop) / Double(loaded.count))
        }
        return nil
    }

    /// - Parameters:
    ///   - equal: after so many events they are equal.
    ///   - other: after so many they are not.
    private func narrow(
        _ equal: Int, _ other: Int, _ progress: (Double) throws -> Void
    ) throws -> Int {
        var (equal, other) = (equal, other)
        while other - equal > PartingSearch.stepped {
            let middle = equal + (other - equal) / 2
            if try isEqual(StateWalk(loaded, types, at: middle)) {
                equal = middle
            } else {
                other = middle
            }
            try progress(Double(equal) / Double(loaded.count))
        }
        let walk = try StateWalk(loaded, types, at: equal)
        while walk.position < other {
            try walk.advance(to: walk.position + 1)
            guard try isEqual(walk) else { break }
        }
        return walk.position
    }
}

/// Why differences cannot be told.
public enum DifferenceError: Error, CustomStringConvertible {
    case nothingInCommon(first: String, second: String, tables: [[String]])
    case unknownTable(name: String, projection: String, hint: String)
    case unknownRow(key: String, projection: String, table: String?, hint: String)
    case severalTables(key: String, tables: [String])
    case edit(String)

    public var description: String {
        switch self {
        case .nothingInCommon(let first, let second, let tables):
            "\(first) (\(tables[0].joined(separator: ", "))) and \(second)"
                + " (\(tables[1].joined(separator: ", "))) have no table in common that could be"
                + " compared"
        case .unknownTable(let name, let projection, let hint):
            "\(projection) writes no table \(name); \(hint)"
        case .unknownRow(let key, let projection, let table, let hint):
            "\(projection) has no row \(key) in \(table.map { "table \($0)" } ?? "any table") at that"
                + " point; \(hint)"
        case .severalTables(let key, let tables):
            "tables \(tables.joined(separator: " and ")) have a row \(key); name one with --table"
        case .edit(let reason): reason
        }
    }

    /// Whether the words of the command are wrong, and not what is looked for.
    public var isUsage: Bool {
        switch self {
        case .nothingInCommon, .unknownTable, .severalTables: true
        case .unknownRow, .edit: false
        }
    }
}
