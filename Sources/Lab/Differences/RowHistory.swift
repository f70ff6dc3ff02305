import EventModel
import Projections

/// An event after which a row was another one.
public struct RowStep: Sendable, Equatable {
    public var sequence: Int
    /// The whole row, the key included; nil where there was none.
    public var before: [Cell]?
    public var after: [Cell]?
}

/// The events that made a row what it is.
///
///     looks      a────a────b────b────e      the row after every so many events, one pass
///     spans           └─?──┘    └─?──┘      those whose ends differ, the last first
///     steps              a·b     b·c·d·e    halved down to 32 events, then one by one
///
/// Of a long history only the events of the row's feeder are folded, where the projection says that its
/// feeders are independent. That is said of states and not of rows, so it is tried at a few points first.
/// Cost: a pass over those events for the looks and for each halving, and at each look what it
/// takes to write the tables up to the row.
public struct RowHistory: Sendable {
    public var projection: String
    public var table: String
    public var columns: [String]
    /// How many columns name the row.
    public var key: Int
    /// The row's key as the command line takes it.
    public var keyText: String
    /// The row at the end; nil where there is none.
    public var row: [Cell]?
    /// In order of sequence: all, or the last ones.
    public var steps: [RowStep] = []
    /// Whether there are steps before the first of `steps`.
    public var hasEarlier: Bool { steps.first.map { $0.before != nil } ?? false }
    /// The feeder whose events alone were folded; nil where it was all.
    public var feeder: String?
    /// How many events were folded.
    public var events: Int
    /// Between two looks lay so many events at most: what changed and changed back between two was not
    /// seen. 1 where every state was looked at.
    public var every: Int

    /// - Parameters:
    ///   - table: a table of the state, as `RowTable.all` gives it, with the rows at the end.
    ///   - keyText: the row's key, cells with `|` between them.
    ///   - last: how many steps to find, the last ones; nil for all.
    ///   - every: a look after so many events; nil for as often as is cheap. Without `last` it is 1.
    ///   - progress: gets the share that is done; throws to stop.
    public init(
        of keyText: String, in table: RowTable, _ type: any Projection.Type,
        on loaded: LoadedHistory, last: Int? = nil, every: Int? = nil,
        progress: (Double) throws -> Void = { _ in }
    ) throws {
        projection = type.name
        self.table = table.name
        columns = table.columns
        key = table.key
        self.keyText = keyText
        let row = table.rows.first { table.keyText($0).hasSameBytes(as: keyText) }
        self.row = row
        var search = RowSearch(
            type: type, loaded: loaded, table: table.name, key: table.key, keyText: keyText,
            limit: last ?? .max)
        let cheap = LookPlan(events: loaded.count, rows: table.rows.count, asked: nil)
        // Where each state can be looked at, nothing need be taken on trust.
        if max(cheap.every, every ?? 1) > 1, type.feedersAreIndependent, let row,
            let column = table.columns.prefix(table.key).firstIndex(of: "feeder"),
            let feeder = loaded.history.feeder(named: row[column].description)
        {
            let part = loaded.slice(of: feeder)
            if try search.isSame(in: part) {
                search.loaded = part
                self.feeder = row[column].description
            }
        }
        events = search.loaded.count
        let looks = LookPlan(
            events: events, rows: table.rows.count, asked: last == nil ? 1 : every)
        self.every = min(looks.every, max(1, events))
        try search.run(looks, progress)
        steps = search.steps.reversed()
    }
}

/// Looks for the events after which one row changes, from the last one back.
private struct RowSearch {
    let type: any Projection.Type
    var loaded: LoadedHistory
    let table: String
    let key: Int
    let keyText: String
    let limit: Int
    /// The last step first.
    private(set) var steps: [RowStep] = []
    /// Spans up to so long are stepped through.
    private static let stepped = 32

    init(
        type: any Projection.Type, loaded: LoadedHistory, table: String, key: Int, keyText: String,
        limit: Int
    ) {
        (self.type, self.loaded, self.table) = (type, loaded, table)
        (self.key, self.keyText, self.limit) = (key, keyText, limit)
    }

    private var isDone: Bool { steps.count >= limit }

    /// The row where a walk stands.
    func row(_ walk: StateWalk) throws -> [Cell]? {
        struct Found: Error {}
        var row: [Cell]?
        let writer = StoreWriter(history: try walk.history()) { shape in
            guard shape.name.underscored == table, shape.key == key else { return { _ in } }
            return { cells in
                guard RowTable.keyText(cells.prefix(key)).hasSameBytes(as: keyText) else { return }
                row = cells.map(\.spelled)
                // What comes behind it does not matter.
                throw Found()
            }
        }
        do { try walk.folds[0].write(to: writer) } catch is Found {}
        try walk.folds[0].check()
        return row
    }

    /// Whether the row is the same where only some events are folded, at eight points and the end.
    func isSame(in part: LoadedHistory) throws -> Bool {
        let (whole, part) = (StateWalk(loaded, [type]), StateWalk(part, [type]))
        for eighth in 1...8 {
            try whole.advance(to: loaded.count / 8 * eighth + loaded.count % 8 * eighth / 8)
            try part.advance(to: part.loaded.position(of: loaded.sequence(at: whole.position)))
            guard try row(whole) == row(part) else { return false }
        }
        return true
    }

    mutating func run(_ looks: LookPlan, _ progress: (Double) throws -> Void) throws {
        let walk = StateWalk(loaded, [type])
        var before = try row(walk)
        var spans: [(begin: Int, end: Int, before: [Cell]?, after: [Cell]?)] = []
        for stop in looks.stops(loaded.count) {
            let begin = walk.position
            try walk.advance(to: stop)
            let after = try row(walk)
            if after != before { spans.append((begin, stop, before, after)) }
            before = after
            try progress(Double(stop) / Double(loaded.count))
        }
        for span in spans.reversed() where !isDone {
            try progress(1)
            try search(span.begin, span.end, span.before, span.after)
        }
    }

    /// - Parameters: the row is `before` after the first `begin` events, and `after` after `end`.
    private mutating func search(
        _ begin: Int, _ end: Int, _ before: [Cell]?, _ after: [Cell]?
    ) throws {
        if end - begin == 1 {
            steps.append(
                RowStep(sequence: loaded.sequence(at: end), before: before, after: after))
            return
        }
        guard end - begin > RowSearch.stepped else { return try step(begin, end, before) }
        let middle = begin + (end - begin) / 2
        let between = try row(StateWalk(loaded, [type], at: middle))
        if between != after { try search(middle, end, between, after) }
        if between != before, !isDone { try search(begin, middle, before, between) }
    }

    private mutating func step(_ begin: Int, _ end: Int, _ before: [Cell]?) throws {
        let walk = try StateWalk(loaded, [type], at: begin)
        var before = before
        var found: [RowStep] = []
        while walk.position < end {
            try walk.advance(to: walk.position + 1)
            let after = try row(walk)
            if after != before {
                found.append(
                    RowStep(
                        sequence: loaded.sequence(at: walk.position), before: before, after: after))
            }
            before = after
        }
        steps += found.reversed().prefix(limit - steps.count)
    }
}
