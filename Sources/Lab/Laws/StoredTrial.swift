import EventModel
import Ledger
import Projections

/// A trial with a ledger of its history, in a folder that has room for stores.
struct StoredTrial {
    let trial: LawTrial
    let ledger: EventLedger
    let folder: String

    /// - Parameter folder: an empty one.
    init(_ trial: LawTrial, in folder: String) throws {
        self.trial = trial
        self.folder = folder
        let path = folder + "/history.ledger"
        try trial.generated.append(to: path)
        ledger = try EventLedger(path: path)
    }

    var last: Int { trial.last }
    /// The end of the history.
    var head: ResolvedPoint { ResolvedPoint(last: last, time: nil) }

    /// The projection at a point, in memory, made anew.
    func hydrated(to point: ResolvedPoint) throws -> Hydration {
        var hydration = try hydration(to: point)
        try trial.parts.hydrate(&hydration)
        return hydration
    }

    func hydration(to point: ResolvedPoint) throws -> Hydration {
        try Hydration(
            ledger, to: point, projections: [trial.type], settings: trial.settings,
            database: trial.database)
    }

    /// A pass over this history's events of these sequences, which no ledger has a part in.
    ///
    /// - Parameter time: registrations that happened by then count.
    func folded(
        _ sequences: some Sequence<Int>, knownUpTo last: Int, until time: Timestamp?
    ) throws -> (fold: ProjectionFold, history: History) {
        let history = try trial.held.history(
            upTo: last, until: time, settings: trial.settings, trial.database)
        let fold = trial.blank()
        let pass = HistoryFold(history, [fold])
        let records = trial.held.records.span
        for sequence in sequences {
            try pass.take(
                first: sequence, records.extracting(sequence - 1..<sequence), trial.held.lookup)
        }
        return (fold, history)
    }
}
