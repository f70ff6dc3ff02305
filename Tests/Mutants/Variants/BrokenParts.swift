import EventBus
import EventModel
import GRDB
import Lab
import Ledger
import Projections

/// Parts of the library that are broken in one place, as the laws are given them.
enum BrokenParts {
    /// A reader that leaves the first record of what it reads out.
    static var skipsFirstRecord: LawParts {
        var parts = LawParts()
        parts.scan = { ledger, range, body in
            try ledger.scan(range) { first, records, lookup in
                try body(first + 1, records.extracting(1..<records.count), lookup)
            }
        }
        return parts
    }

    /// A reader that goes on after the end of what was asked for.
    static var readsOneTooMany: LawParts {
        var parts = LawParts()
        parts.scan = { ledger, range, body in
            try ledger.scan(
                range.lowerBound...min(range.upperBound + 1, ledger.headSequence()), body)
        }
        return parts
    }

    /// `--until` without the moment itself.
    static var excludesTheMoment: LawParts {
        var parts = LawParts()
        parts.resolve = { ledger, point, knownBy in
            var found = try ledger.resolve(point, knownBy: knownBy)
            found.time = found.time.map { Timestamp(microseconds: $0.microseconds - 1) }
            return found
        }
        return parts
    }

    /// `--as-of` that lets through one event too many.
    static var knowsTooMuch: LawParts {
        var parts = LawParts()
        parts.resolve = { ledger, point, knownBy in
            var found = try ledger.resolve(point, knownBy: knownBy)
            if knownBy != nil { found.last = min(found.last + 1, try ledger.headSequence()) }
            return found
        }
        return parts
    }

    /// A snapshot that says it is one event further than it is.
    static var savesAhead: LawParts {
        var parts = LawParts()
        parts.save = { fold, history in
            var snapshot = fold.snapshot(history)
            snapshot.sequence += 1
            return snapshot
        }
        return parts
    }

    /// A store that is brought half of the way in a commit of its own.
    static var commitsHalfway: LawParts {
        var parts = LawParts()
        parts.hydrateStore = { store, hydration, progress in
            let half = ResolvedPoint(last: hydration.point.last / 2, time: nil)
            if hydration.point.time == nil, half.last > 0,
                try store.checkpoints().first?.sequence ?? 0 < half.last
            {
                var first = try Hydration(
                    hydration.ledger, to: half, projections: hydration.types,
                    settings: hydration.settings, database: TimeZoneDatabase())
                _ = try store.hydrate(&first)
            }
            return try store.hydrate(&hydration, progress: progress)
        }
        return parts
    }

    /// A store whose rows go in a commit of their own before it goes on.
    static var clearsRowsFirst: LawParts {
        var parts = LawParts()
        parts.hydrateStore = { store, hydration, progress in
            if let checkpoint = try store.checkpoints().first, hydration.point.time == nil,
                checkpoint.sequence < hydration.point.last
            {
                // Where somebody watches what is written, this is seen, too.
                let layer = StoreLayer.name.map { "?vfs=\($0)" } ?? ""
                let queue = try DatabaseQueue(path: "file:\(store.path)\(layer)")
                try queue.write { try $0.execute(sql: "DELETE FROM bowl_totals_bowls") }
            }
            return try store.hydrate(&hydration, progress: progress)
        }
        return parts
    }

    /// Two commits after the pass: whoever stops the pass does not see it, whoever kills the process does.
    static var commitsHalfwayAtTheEnd: LawParts {
        var parts = commitsHalfway
        let inner = parts.hydrateStore
        parts.hydrateStore = { store, hydration, progress in
            var first = try Hydration(
                hydration.ledger, to: hydration.point, projections: hydration.types,
                settings: hydration.settings, database: TimeZoneDatabase())
            first.batch = hydration.batch
            try first.run(progress: progress)
            return try inner(store, &hydration) { _ in }
        }
        return parts
    }

    /// A target that answers and does nothing where an event came at a whole second.
    static var swallowsWholeSeconds: LawParts {
        var parts = LawParts()
        parts.wrapTarget = { _, inner in SwallowingTarget(inner) }
        return parts
    }

    private final class SwallowingTarget: Target {
        private let inner: any Target

        init(_ inner: any Target) { self.inner = inner }

        func receive(_ delivery: borrowing Delivery) throws {
            guard delivery.event.event.time.microseconds % 1_000_000 != 0 else { return }
            try inner.receive(delivery)
        }
    }

    /// A bus that forgets every event of a whole second.
    static var dropsWholeSeconds: LawParts {
        var parts = LawParts()
        parts.deliver = { fold, event, sequence in
            guard event.time.microseconds % 1_000_000 != 0 else { return }
            try fold.take(event, sequence: sequence)
        }
        return parts
    }
}

extension Hydration {
    /// The type of what the broken parts are tried with.
    fileprivate var types: [any Projection.Type] { [BowlTotals.self] }
}
