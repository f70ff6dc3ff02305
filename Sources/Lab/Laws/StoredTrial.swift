import EventModel
import Ledger
import Projections

/// A trial with a ledger of its history, in a folder that has room for stores.
struct StoredTrial {
    let trial: LawTrial
    let ledger: EventLedger
    let folder: String
    private let memory = StoredMemory()

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
    ///
    /// Once for each point: nothing lies beside the ledger that it could depend on, and nobody folds more
    /// into it.
    func hydrated(to point: ResolvedPoint) throws -> LawState {
        if let known = memory.states[StoredMemory.Point(point)] { return known }
        var hydration = try self.hydration(to: point)
        try trial.parts.hydrate(&hydration)
        let state = LawState(hydration.folds[0], hydration.history)
        memory.states[StoredMemory.Point(point)] = state
        return state
    }

    /// A hydration for a store, which clears its folds before it fills them, however often.
    func storeHydration(to point: ResolvedPoint) throws -> Hydration {
        if let known = memory.hydrations[StoredMemory.Point(point)] { return known }
        let hydration = try self.hydration(to: point)
        memory.hydrations[StoredMemory.Point(point)] = hydration
        return hydration
    }

    /// What is known at the end. The ledger's devices have codes of its own.
    func known() throws -> History {
        if let known = memory.known { return known }
        let history = try History(
            of: ledger, upTo: last, settings: trial.settings, database: trial.database)
        memory.known = history
        return history
    }

    /// Runs `check` on a store that should stand at a point, unless one with the same bytes was right there
    /// before.
    func once(
        _ store: HydrationStore, at point: ResolvedPoint, _ check: () throws -> Void
    ) throws {
        let key = try StoredMemory.Store(
            image: FileImage(at: store.path).digest, point: StoredMemory.Point(point))
        guard !memory.right.contains(key) else { return }
        try check()
        memory.right.insert(key)
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

/// What a trial with a ledger has worked out, and any law may ask for again.
private final class StoredMemory {
    struct Point: Hashable {
        var last: Int
        var time: Timestamp?

        init(_ point: ResolvedPoint) { (last, time) = (point.last, point.time) }
    }

    /// A store's file, and where it should stand.
    struct Store: Hashable {
        var image: SHA256Digest
        var point: Point
    }

    var known: History?
    var states: [Point: LawState] = [:]
    var hydrations: [Point: Hydration] = [:]
    var right: Set<Store> = []
}
