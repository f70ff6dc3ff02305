import EventModel
import Ledger
import Projections

/// Folds projections along a loaded history, and shows their rows wherever it stands: those that a
/// store hydrated to that sequence holds.
final class StateWalk {
    let loaded: LoadedHistory
    let folds: [ProjectionFold]
    /// How many events were folded in.
    private(set) var position = 0
    private let pass: HistoryFold
    private let lookup: ContentLookup
    /// What was known where the walk was looked at last: registrations to come are no part of a state.
    private var known: (registrations: Int, history: History)?

    init(_ loaded: LoadedHistory, _ types: [any Projection.Type]) {
        self.loaded = loaded
        folds = types.map { ProjectionFold.of($0) }
        pass = HistoryFold(loaded.history, folds)
        lookup = ContentLookup(loaded.contents, path: loaded.path)
    }

    /// The state of the first `position` events.
    convenience init(
        _ loaded: LoadedHistory, _ types: [any Projection.Type], at position: Int
    ) throws {
        self.init(loaded, types)
        try advance(to: position)
    }

    /// Folds on, up to and with the event at `end`, counted from 1.
    func advance(to end: Int) throws {
        let records = loaded.records
        let span = records.span
        while position < end {
            var stop = position + 1
            while stop < end, loaded.sequences[stop] == loaded.sequences[stop - 1] + 1 { stop += 1 }
            try pass.take(
                first: loaded.sequences[position], span.extracting(position..<stop), lookup)
            position = stop
        }
    }

    /// The history as it is known where the walk stands.
    func history() throws -> History {
        let sequence = loaded.sequence(at: position)
        let count =
            position == loaded.count
            ? loaded.registrations.count
            : loaded.registrations.prefix { $0.sequence <= sequence }.count
        if count == loaded.registrations.count { return loaded.history }
        if let known, known.registrations == count { return known.history }
        let history = try History(
            devices: loaded.devices, registrations: Array(loaded.registrations.prefix(count)),
            until: loaded.until, settings: loaded.settings, database: loaded.database)
        known = (count, history)
        return history
    }

    /// All rows of a projection.
    func tables(of fold: Int = 0) throws -> [RowTable] {
        try RowTable.all(of: folds[fold], history())
    }
}
