import EventModel
import Ledger

/// How far a store has come, and of which history: all that decides whether it can go on.
public struct Checkpoint: Sendable, Equatable {
    public var projection: String
    public var version: Int
    /// The last sequence that was folded in.
    public var sequence: Int
    /// The ledger's tree head at that sequence: a store of another ledger has another.
    public var root: SHA256Digest
    /// Whether the state is that of all events up to `sequence`.
    public var isPrefix: Bool
    /// The point that was asked for.
    public var point: ResolvedPoint
    /// The latest time among the events folded in.
    public var latest: Timestamp
    public var events: Int
    public var input: InputDigest
    public var state: SHA256Digest
    public var zoneVersion: String
    public var settings: HydrationSettings
}

/// What a store does to come to a point.
public enum StoreStep: Sendable, Equatable, CustomStringConvertible {
    /// There was nothing yet.
    case build
    /// Goes on from this sequence.
    case resume(from: Int)
    /// Starts again, for this reason.
    case rebuild(String)

    public var description: String {
        switch self {
        case .build: "built"
        case .resume(let sequence): "resumed after sequence \(sequence)"
        case .rebuild(let reason): "rebuilt: \(reason)"
        }
    }
}

/// Why a store is refused.
public enum StoreError: Error, Equatable, CustomStringConvertible {
    case notAStore(path: String, reason: String)
    case notSnapshots(path: String, reason: String)
    case otherLedger(path: String, ledger: String, reason: String)
    case damaged(path: String, reason: String)
    case busy(path: String)
    case storage(path: String, reason: String)
    case unknownProjection(path: String, name: String, known: [String])
    case missingProjection(path: String, name: String, held: String)

    public var description: String {
        switch self {
        case .notAStore(let path, let reason): "\(path) is no store of replaylab: \(reason)"
        case .notSnapshots(let path, let reason):
            "\(path) is no file of snapshots: \(reason); delete it, and make them again with"
                + " `replaylab snapshots`"
        case .otherLedger(let path, let ledger, let reason):
            "\(path) was hydrated from another history than \(ledger): \(reason);"
                + " take the right ledger, or another --store"
        case .damaged(let path, let reason):
            "\(path) is damaged: \(reason); delete it and hydrate again"
        case .busy(let path): "\(path) is being written by another process; wait for it"
        case .storage(let path, let reason): "\(path): \(reason)"
        case .unknownProjection(let path, let name, let known):
            "\(path) holds projection \(name), which this program does not have"
                + " (it has \(known.joined(separator: ", ")))"
        case .missingProjection(let path, let name, let held):
            "\(path) does not hold \(name); it holds \(held.isEmpty ? "no projection" : held)."
                + " Hydrate it with `replaylab hydrate --projection \(name) --store \(path)`"
        }
    }
}

extension Checkpoint {
    /// - Throws: `StoreError.otherLedger` where the ledger is not the one that the store came from.
    func checkOrigin(_ ledger: any HistoryOrigin, store: String) throws {
        let head = try ledger.headSequence()
        guard sequence <= head else {
            throw StoreError.otherLedger(
                path: store, ledger: ledger.path,
                reason: "the store is at sequence \(sequence), the ledger ends at \(head)")
        }
        guard try ledger.root(of: sequence) == root else {
            throw StoreError.otherLedger(
                path: store, ledger: ledger.path,
                reason: "the first \(sequence) events have another root")
        }
    }

    /// Why the same events may now lead to another state than then; nil where they may not.
    func change(to hydration: some StoredPass, version: Int) -> String? {
        if version != self.version {
            return "the projection's version was \(self.version) and is \(version)"
        }
        if hydration.history.zoneVersion != zoneVersion {
            return "the tz database was \(zoneVersion) and is \(hydration.history.zoneVersion)"
        }
        if hydration.settings != settings {
            return "the settings were \(settings) and are \(hydration.settings)"
        }
        return nil
    }

    /// How a store with this checkpoint comes to `hydration`'s point.
    func step(to hydration: some StoredPass, version: Int) -> StoreStep {
        if let reason = change(to: hydration, version: version) { return .rebuild(reason) }
        if !isPrefix {
            return .rebuild("late reports straddle the time that it was hydrated to")
        }
        if hydration.point.last < sequence {
            return .rebuild("it was at sequence \(sequence), a later point")
        }
        if let time = hydration.point.time, latest > time {
            return .rebuild("it holds events up to \(latest.shortText), a later point")
        }
        return .resume(from: sequence)
    }
}
