import EventModel
import Lab
import Ledger
import Projections
import PropertyTesting

/// How a store comes to a point.
typealias StorePart = LawParts.HydrateStore

/// A ledger of presses, and the sequences to which a store is brought, one after the other.
struct StoreWalk: Sendable {
    /// Which of two buttons each press is of.
    var buttons: [String]
    /// Percents of the ledger.
    var points: [Int]

    static let any = zip(
        Gen.element(of: ["B1", "B2"]).list(of: 1...6),
        Gen.element(of: [0, 100, 50]).list(of: 0...4)
    ).map { StoreWalk(buttons: $0, points: $1) }

    var events: [Event] {
        buttons.enumerated().map { place, button in
            Event(
                id: EventID("event-\(place)"), time: Timestamp(seconds: Int64(place) * 60),
                content: EventContent(
                    source: FeederSystem.source, detailType: FeederSystem.detailType,
                    device: button, detail: #"{"click-type": "SINGLE"}"#))
        }
    }

    func sequence(_ point: Int) -> Int { buttons.count * point / 100 }

    var lines: [String] {
        buttons.map { "SINGLE of \($0)" } + points.map { "hydrate to \(sequence($0))" }
    }
}

extension Oracles {
    /// A store that goes to and fro is at each point what a hydration in memory is there: as its checkpoint
    /// says, and row by row as the file is read back.
    static let store = Oracle<StorePart>(
        "store", of: LawParts().hydrateStore, for: StoreWalk.any, lines: \.lines
    ) { walk, part in
        try Scratch.with { folder in
            try GeneratedHistory.append(walk.events, to: folder + "/a.ledger")
            let ledger = try EventLedger(path: folder + "/a.ledger")
            let database = try zones.get()
            let store = try HydrationStore(path: folder + "/store.sqlite")
            for point in walk.points {
                let last = walk.sequence(point)
                var hydration = try Hydration(
                    ledger, to: ResolvedPoint(last: last, time: nil),
                    projections: [BowlTotals.self], settings: HydrationSettings(),
                    database: database)
                _ = try part(store, &hydration) { _ in }
                let differences = try store.verify(
                    against: ledger, projections: [BowlTotals.self], database: database)
                try require(differences.isEmpty, "rows of another point")
                try require(try store.checkpoints().first?.sequence == last, "the checkpoint")
            }
        }
    }
}
