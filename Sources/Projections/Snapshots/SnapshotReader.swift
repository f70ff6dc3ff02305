import EventModel
import GRDB
import Ledger

/// Finds the snapshots that lead a fold to a point, and believes none that is not sound.
///
/// A file is believed for a projection if the ledger has the row that vouches for its last stretch: it
/// vouches for all events before, too. A part is believed if its checksum is that of its bytes.
final class SnapshotReader {
    private let file: SnapshotFile
    private let hydration: Hydration
    /// Why snapshots that are there were not used.
    private(set) var faults: [SnapshotFault] = []

    /// nil where the ledger has no snapshots.
    init?(_ hydration: Hydration) throws {
        guard let file = try SnapshotFile.read(SnapshotFile.path(of: hydration.ledger.path)) else {
            return nil
        }
        self.file = file
        self.hydration = hydration
    }

    /// How the fold comes to the hydration's point; nil where no snapshot helps.
    func plan(_ fold: ProjectionFold) throws -> SnapshotPlan? {
        try file.reading { db in
            let key = SnapshotBasis(fold, hydration.history)
            guard let found = try key.find(db) else { return nil }
            func refuse(_ reason: String) -> SnapshotPlan? {
                faults.append(SnapshotFault(projection: fold.name, reason: reason))
                return nil
            }
            guard
                let headers = try SnapshotHeader.fetch(
                    found.number, key, stretch: found.stretch, db)
            else { return refuse("a row about them is not the one that was written") }
            let last = headers.values.filter { $0.range.level == 0 }
                .max { $0.range.place < $1.range.place }
            guard let last else { return nil }
            guard try hydration.ledger.has(last.mark) else {
                return refuse("they are of other events than the ledger's")
            }
            try file.codes.update(db)
            guard headers.values.allSatisfy({ $0.feeders.last <= file.codes.count }) else {
                return refuse("rows about feeders are missing")
            }
            var feeder: Int?
            if let only = hydration.only {
                // A feeder that no snapshot has a part of has nothing in any.
                feeder = file.codes.code(of: hydration.history.name(of: only)) ?? -1
            }
            let plan = try plan(
                fold, headers, stretch: found.stretch,
                topLevel: headers.keys.reduce(0) { max($0, $1.level) }
            ) { try self.load($0, found.number, fold, feeder: feeder, db) }
            return plan.snapshots > 0 ? plan : nil
        }
    }

    private func plan(
        _ fold: ProjectionFold, _ headers: [SnapshotRange: SnapshotHeader], stretch: Int,
        topLevel: Int, load: (SnapshotHeader) throws -> (ProjectionFold, bytes: Int)?
    ) throws -> SnapshotPlan {
        let (last, time) = (hydration.point.last, hydration.point.time?.microseconds ?? .max)
        var plan = SnapshotPlan()
        var at = fold.sequence + 1
        while at <= last {
            let begin = at
            for level in (0...topLevel).reversed() {
                guard let range = SnapshotRange(stretch: stretch, level: level, first: at),
                    let header = headers[range], range.last <= last
                else { continue }
                if header.earliest > time {
                    plan.skip(range.sequences)
                } else if header.latest <= time, isWorthwhile(header),
                    range.last < hydration.history.registrationsEnd,
                    let (state, bytes) = try load(header)
                {
                    plan.merge(state, header, bytes: bytes)
                } else {
                    continue
                }
                at = range.last + 1
                break
            }
            guard at == begin else { continue }
            // Up to where the next stretch begins.
            let end = min(last, ((at - 1) / stretch + 1) * stretch)
            plan.scan(at...end)
            at = end + 1
        }
        return plan
    }

    /// One feeder's part is always less than the events.
    private func isWorthwhile(_ header: SnapshotHeader) -> Bool {
        let most = hydration.snapshotPolicy.readBytesPerEvent * header.range.count
        return header.outcome == .kept && (hydration.only != nil || header.bytes <= most)
    }

    /// The state of a range; nil where it is unsound.
    private func load(
        _ header: SnapshotHeader, _ basis: Int, _ fold: ProjectionFold, feeder: Int?,
        _ db: Database
    ) throws -> (ProjectionFold, bytes: Int)? {
        func refuse(_ reason: String) -> (ProjectionFold, bytes: Int)? {
            let range = header.range
            faults.append(
                SnapshotFault(
                    projection: fold.name,
                    reason: "sequences \(range.first) to \(range.last): \(reason)"))
            return nil
        }
        guard let parts = try SnapshotPart.fetch(basis, header, feeder: feeder, file.codes, db)
        else {
            return refuse("the state is not the one that was written")
        }
        do {
            let state = try fold.restored(header, parts, hydration.history)
            return (state, parts.reduce(0) { $0 + $1.body.count })
        } catch let error as StateError {
            return refuse(error.description)
        }
    }
}

/// Why snapshots that are there were not used; events took their place.
public struct SnapshotFault: Sendable, Equatable, CustomStringConvertible {
    /// nil where the file as a whole cannot be used.
    public var projection: String?
    public var reason: String

    public var description: String {
        (projection.map { "those of \($0): " } ?? "") + reason
    }
}

extension ProjectionFold {
    /// A fold of the same projection that has had the events of a snapshot, and none before.
    func restored(
        _ header: SnapshotHeader, _ parts: [SnapshotPart], _ history: History
    ) throws -> ProjectionFold {
        let fold = blank()
        let bodies = parts.map(\.body).filter { !$0.isEmpty }
        let events = parts.reduce(0) { $0 + $1.events }
        // Nothing at all is the state before the first event.
        if !bodies.isEmpty {
            let state = feedersAreIndependent ? try StateParts.join(bodies) : bodies[0]
            try fold.restore(
                FoldSnapshot(
                    sequence: header.range.last, events: events, input: InputDigest(),
                    latest: Timestamp(microseconds: header.latest), state: state), history)
        }
        fold.sequence = header.range.last
        fold.events = events
        fold.input = InputDigest(count: header.range.count, hash: header.input)
        fold.latest = Timestamp(microseconds: header.latest)
        return fold
    }
}
