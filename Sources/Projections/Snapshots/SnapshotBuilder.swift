import EventModel
import Foundation
import GRDB
import Ledger

/// Makes the snapshots of one projection, stretch by stretch.
final class SnapshotBuilder {
    let stretch: Int
    private let fold: ProjectionFold
    private let counts: ProjectionFold?
    private let count: () -> PerFeeder<Int>
    private let basis: Int
    private let key: SnapshotBasis
    private let history: History
    private let ledger: EventLedger
    private let file: SnapshotFile
    private let policy: SnapshotPolicy
    private var headers: [SnapshotRange: SnapshotHeader]
    /// States that wait for the later half of their pair, by level.
    private var waiting: [Int: RangeState] = [:]
    /// The bytes of all states in the file.
    private var kept: Int
    private var written = 0
    private var dropped = 0
    private let stretches: Int
    private var done: Int

    /// A range's state, with what a header says of it.
    private struct RangeState {
        var range: SnapshotRange
        var fold: ProjectionFold
        var events: PerFeeder<Int>
        var earliest: Int64
    }

    /// - Parameter head: the sequence up to which `history` knows the ledger.
    init(
        _ type: any Projection.Type, _ history: History, _ ledger: EventLedger, head: Int,
        stretch: Int?, rebuild: Bool, _ policy: SnapshotPolicy, _ file: SnapshotFile, _ db: Database
    ) throws {
        self.policy = policy
        self.history = history
        self.ledger = ledger
        self.file = file
        fold = ProjectionFold.of(type)
        (counts, count) = SnapshotBuilder.counter(type, history)
        key = SnapshotBasis(fold, history)
        let found = try key.find(db)
        var headers: [SnapshotRange: SnapshotHeader]?
        if let found, found.stretch > 0 {
            headers = try SnapshotHeader.fetch(found.number, key, stretch: found.stretch, db)
        }
        // The length of stretches is vouched for by their rows alone.
        let wanted = stretch ?? (headers == nil ? nil : found?.stretch) ?? Snapshots.stretch
        if let found {
            // Of other events, damaged, or in other stretches: made anew.
            let isOurs =
                try !rebuild && found.stretch == wanted
                && (headers?.values.max { $0.range.last < $1.range.last })
                    .map { try ledger.has($0.mark) } ?? (headers != nil)
            if !isOurs {
                dropped = headers?.values.filter { $0.outcome == .kept }.count ?? 0
                headers = nil
                try SnapshotBuilder.drop(found.number, db)
            }
        }
        self.stretch = wanted
        self.headers = headers ?? [:]
        kept = self.headers.values.reduce(0) { $0 + $1.bytes }
        if let found, headers != nil {
            basis = found.number
        } else {
            basis = try key.insert(stretch: wanted, db)
        }
        stretches = head / wanted
        done = self.headers.keys.filter { $0.level == 0 }.count
    }

    private static func drop(_ basis: Int, _ db: Database) throws {
        try db.inTransaction(.immediate) {
            for table in ["part", "snapshot"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE basis = ?", arguments: [basis])
            }
            try db.execute(sql: "DELETE FROM basis WHERE number = ?", arguments: [basis])
            return .commit
        }
    }

    /// A fold that counts what each feeder gives the projection, where feeders are independent.
    private static func counter<P: Projection>(
        _ type: P.Type, _ history: History
    ) -> (ProjectionFold?, () -> PerFeeder<Int>) {
        guard P.feedersAreIndependent else { return (nil, { PerFeeder() }) }
        let fold = TypedFold<EventCounts<P>>()
        return (fold, { fold.state.counts(history) })
    }

    /// What must be fed with each stretch that lacks.
    var folds: [ProjectionFold] { [fold] + (counts.map { [$0] } ?? []) }

    /// The next stretch that lacks; nil where all that are full are there.
    var lacks: SnapshotRange? {
        done < stretches ? SnapshotRange(stretch: stretch, level: 0, place: done) : nil
    }

    /// Writes the state of a stretch that was folded, and of what it completes.
    func finish(_ range: SnapshotRange, earliest: Int64) throws {
        let state = fold.blank()
        state.merge(fold)
        var current = RangeState(
            range: range, fold: state, events: count(), earliest: earliest)
        fold.clear()
        counts?.clear()
        try file.queue.inDatabase { db in
            try db.inTransaction(.immediate) {
                guard try !isThere(range, db) else {
                    // Another process is making them, too.
                    return .rollback
                }
                try file.codes.update(db)
                while true {
                    let outcome = try keep(current, db)
                    guard outcome != .noGain else { break }
                    guard current.range.isLaterHalf else {
                        waiting[current.range.level] = current
                        break
                    }
                    guard let earlier = try takeEarlier(current.range.earlier, db) else { break }
                    current = merged(earlier, current)
                }
                return .commit
            }
        }
        done += 1
    }

    private func isThere(_ range: SnapshotRange, _ db: Database) throws -> Bool {
        try Int.fetchOne(
            db, sql: "SELECT 1 FROM snapshot WHERE basis = ? AND level = 0 AND place = ?",
            arguments: [basis, range.place]) != nil
    }

    private func merged(_ earlier: RangeState, _ later: RangeState) -> RangeState {
        earlier.fold.merge(later.fold)
        var events = earlier.events
        events.merge(later.events, +)
        return RangeState(
            range: later.range.parent, fold: earlier.fold, events: events,
            earliest: min(earlier.earliest, later.earliest))
    }

    /// Writes a state, or why it is not kept.
    private func keep(_ state: RangeState, _ db: Database) throws -> SnapshotHeader.Outcome {
        try state.fold.check()
        var parts: [SnapshotPart] = []
        if state.fold.feedersAreIndependent {
            var bodies = PerFeeder<[UInt8]>(zero: [])
            for (feeder, body) in try StateParts(state.fold, history).parts {
                bodies[feeder] = body
            }
            // A feeder's events count, too, where they left nothing in the state.
            for feeder in history.feedersByName
            where state.events[feeder] > 0 || !bodies[feeder].isEmpty {
                let name = history.name(of: feeder)
                parts.append(
                    SnapshotPart(
                        feeder: try file.codes.code(of: name, db), name: name,
                        events: state.events[feeder], body: bodies[feeder]))
            }
            parts.sort { $0.feeder < $1.feeder }
        } else {
            let whole = state.fold.snapshot(history)
            parts = [
                SnapshotPart(
                    feeder: SnapshotPart.all, name: "", events: whole.events, body: whole.state)
            ]
        }
        let range = state.range
        let bytes = parts.reduce(0) { $0 + $1.body.count }
        let outcome = outcome(range, bytes)
        guard let mark = try ledger.mark(covering: range.last) else {
            throw LedgerError.damaged(
                path: ledger.path, sequence: range.last,
                reason: "no append vouches for it; `replaylab verify` tells more")
        }
        let header = SnapshotHeader(
            range: range, outcome: outcome, events: state.fold.events,
            input: state.fold.input.words.hash, earliest: state.earliest,
            latest: state.fold.latest.microseconds, bytes: outcome == .kept ? bytes : 0,
            feeders: FeederSet(outcome == .kept ? parts.map(\.feeder) : []), mark: mark)
        try header.insert(basis, key, db)
        headers[range] = header
        kept += header.bytes
        if outcome == .kept {
            try SnapshotPart.insert(parts, basis, range, db)
            written += 1
        }
        return outcome
    }

    private func outcome(_ range: SnapshotRange, _ bytes: Int) -> SnapshotHeader.Outcome {
        if kept + bytes > policy.keptBytesPerEvent * range.last { return .tooLarge }
        guard range.level > 0 else { return .kept }
        let halves = [0, 1].map { half in
            headers[
                SnapshotRange(
                    stretch: stretch, level: range.level - 1, place: range.place * 2 + half)]
        }
        // Where a half is not kept, nothing does as well.
        let isKept = halves.allSatisfy { $0?.outcome == .kept }
        let sum = halves.reduce(0) { $0 + ($1?.bytes ?? 0) }
        return isKept && bytes * 4 > sum * 3 ? .noGain : .kept
    }

    /// The state of the earlier half of a pair: as it waited, else as the file has it, else folded once
    /// more; nil where it goes no further up.
    private func takeEarlier(_ range: SnapshotRange, _ db: Database) throws -> RangeState? {
        if let state = waiting.removeValue(forKey: range.level), state.range == range {
            return state
        }
        guard let header = headers[range], header.outcome != .noGain else { return nil }
        if header.outcome == .kept,
            let parts = try SnapshotPart.fetch(basis, header, file.codes, db)
        {
            var events = PerFeeder<Int>()
            for part in parts where part.feeder != SnapshotPart.all {
                guard let feeder = history.feeder(named: part.name) else {
                    throw StateError("a snapshot of a feeder that the ledger does not have")
                }
                events[feeder] = part.events
            }
            return RangeState(
                range: range, fold: try fold.restored(header, parts, history), events: events,
                earliest: header.earliest)
        }
        let earliest = try HistoryFold(history, folds).fold(range, of: ledger)
        defer {
            fold.clear()
            counts?.clear()
        }
        let state = fold.blank()
        state.merge(fold)
        return RangeState(range: range, fold: state, events: count(), earliest: earliest)
    }

    /// What the file holds of the projection.
    func extent() throws -> Snapshots.Extent {
        let kept = headers.values.filter { $0.outcome == .kept }
        return Snapshots.Extent(
            projection: fold.name, events: done * stretch, states: kept.count,
            bytes: kept.reduce(0) { $0 + $1.bytes }, written: written, dropped: dropped)
    }
}
