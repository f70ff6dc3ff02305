import EventModel
import Lab
import Ledger
import Projections

extension Mutant {
    static let projections = [
        Mutant(
            "merge-loses-the-gap", .projection,
            "where two parts merge, the pause between them is not counted",
            by: Oracles.laws, "merge", within: 6,
            Minimum("press", "press", because: "a pause lies between two presses"),
            part: LawPart(type: LosesTheGapBetween.self)),
        Mutant(
            "merge-keeps-the-earlier-portion", .projection,
            "where two parts merge, the portion of the earlier registration stays",
            by: Oracles.laws, "merge", within: 6,
            Minimum(
                "press", "press", "registration",
                because: "two presses with different portions take a registration"),
            part: LawPart(type: KeepsTheEarlierPortion.self)),
        Mutant(
            "writes-in-hash-order", .projection,
            "the state is encoded in the order of a hash table",
            by: Oracles.laws, "names", within: 6,
            Minimum("press", "press", because: "an order takes two feeders"),
            part: LawPart(type: WritesInHashOrder.self)),
        Mutant(
            "snapshot-forgets-a-field", .projection, "the grams are written and not read back",
            by: Oracles.laws, "snapshot", within: 6,
            Minimum("press", because: "after one press the grams are not 0 any more"),
            part: LawPart(type: DoesNotRestoreGrams.self)),
        Mutant(
            "digest-forgets-a-field", .projection, "the grams are not encoded",
            by: Oracles.laws, "digest", within: 6,
            Minimum(
                "press", "press",
                because: "two states of one digest with other rows take a press each"),
            part: LawPart(type: DigestWithoutGrams.self)),
        Mutant(
            "claims-to-need-no-order", .projection,
            "needsOrder is false, and the press that came last is kept",
            by: Oracles.laws, "order", within: 6,
            Minimum("press", "press", because: "an order takes two presses"),
            part: LawPart(type: ClaimsNoOrder.self)),
        Mutant(
            "rows-out-of-order", .projection, "the rows of a table are not in order of their keys",
            by: Oracles.laws, "rows", within: 6,
            Minimum(
                "an event", because: "both rows are always there, and no event makes no history"),
            part: LawPart(type: RowsOutOfOrder.self, showsKinds: false)),
        Mutant(
            "takes-duplicates-twice", .projection,
            "an event that a bus delivers again is taken for another one",
            by: Oracles.laws, "order", within: 6,
            Minimum("press", because: "one press that comes again"),
            part: parts { parts in
                parts.deliver = { fold, event, sequence in
                    guard try !fold.take(event, sequence: sequence) else { return }
                    // As if it stood at the end of a long ledger.
                    try fold.take(event, sequence: sequence + 1_000_000)
                }
            }),
        Mutant(
            "answers-and-does-nothing", .projection,
            "a projection's target on the bus swallows what came at a whole second",
            by: Oracles.laws, "delivery", within: 6,
            Minimum("an event", because: "one event at a whole second"),
            part: LawPart(parts: BrokenParts.swallowsWholeSeconds, showsKinds: false)),
    ]

    static let stores = [
        Mutant(
            "commits-twice", .store,
            "a hydration is two commits: whoever stops it in between finds the first one",
            by: Oracles.laws, "crash", within: 6,
            Minimum("an event", "an event", because: "one event in each of the commits"),
            part: LawPart(parts: BrokenParts.commitsHalfway, showsKinds: false)),
        Mutant(
            "clears-rows-first", .store,
            "rows are cleared in a commit of their own: in between, a checkpoint is without its rows",
            by: Oracles.laws, "crash", within: 6,
            Minimum(
                "an event", "an event",
                because: "one event whose row is in the store, and one to go on to"),
            part: LawPart(parts: BrokenParts.clearsRowsFirst, showsKinds: false)),
        Mutant(
            "commits-twice-when-killed", .store,
            "the second of two commits is left out where the process is killed after its pass",
            by: Oracles.laws, "crash", within: 6,
            Minimum(
                "an event", "an event", because: "one event in each of the commits"),
            part: LawPart(parts: BrokenParts.commitsHalfwayAtTheEnd, showsKinds: false)),
        Mutant(
            "resumes-one-early", .store, "a store that goes on takes its last event once more",
            by: Oracles.laws, "crash", within: 6,
            Minimum("an event", "an event", because: "one event in the store, and one to go on to"),
            part: events { $0.hydrateStore = resuming(by: -1) }),
        Mutant(
            "resumes-one-late", .store, "a store that goes on skips an event",
            by: Oracles.laws, "crash", within: 6,
            Minimum(
                "an event", "an event", because: "one event in the store, and one that is skipped"),
            part: events { $0.hydrateStore = resuming(by: 1) }),
    ]

    static let points = [
        Mutant(
            "until-leaves-the-moment-out", .point, "--until WHEN is without what happened at WHEN",
            by: Oracles.laws, "until", within: 6,
            Minimum("an event", because: "one event, and its own time as the point"),
            part: LawPart(parts: BrokenParts.excludesTheMoment, showsKinds: false)),
        Mutant(
            "until-stops-one-early", .point, "--until seq:N ends before the event N",
            by: Oracles.laws, "until", within: 6,
            Minimum("an event", because: "one event, and its sequence as the point"),
            part: events { parts in
                parts.resolve = { ledger, point, knownBy in
                    var found = try ledger.resolve(point, knownBy: knownBy)
                    if case .sequence = point { found.last = max(0, found.last - 1) }
                    return found
                }
            }),
        Mutant(
            "as-of-leaves-the-moment-out", .point,
            "--as-of WHEN is without what was recorded at WHEN",
            by: Oracles.laws, "until", within: 6,
            Minimum("an event", because: "one event, and the time of its record as the point"),
            part: events { parts in
                parts.resolve = { ledger, point, knownBy in
                    try ledger.resolve(
                        point, knownBy: knownBy.map { Timestamp(microseconds: $0.microseconds - 1) }
                    )
                }
            }),
        Mutant(
            "as-of-by-event-time", .point,
            "--as-of WHEN asks when an event happened, not when it was recorded",
            by: Oracles.laws, "until", within: 6,
            Minimum(
                "an event", because: "one event that was not known yet when it happened"),
            part: events { parts in
                parts.resolve = { ledger, point, knownBy in
                    var found = try ledger.resolve(point, knownBy: nil)
                    if let knownBy { found.time = min(found.time ?? knownBy, knownBy) }
                    return found
                }
            }),
    ]

    static let readers = [
        Mutant(
            "skips-a-first-row", .reader, "a reader leaves the first row of a stretch out",
            by: Oracles.laws, "reader", within: 6,
            Minimum("an event", because: "one event is the first of its stretch"),
            part: LawPart(parts: BrokenParts.skipsFirstRecord, showsKinds: false)),
        Mutant(
            "ends-a-batch-early", .reader, "a reader leaves the last row of a batch out",
            by: Oracles.laws, "reader", within: 6,
            Minimum("an event", because: "one event is the last of its batch"),
            part: events { parts in
                parts.scan = { ledger, range, body in
                    try ledger.scan(range) { first, records, lookup in
                        try body(first, records.extracting(0..<records.count - 1), lookup)
                    }
                }
            }),
        Mutant(
            "swaps-two-codes", .reader, "the index has the first two contents swapped",
            by: Oracles.laws, "reader", within: 6,
            Minimum("an event", "an event", because: "two events of different contents"),
            part: events { parts in
                parts.scan = { ledger, range, body in
                    try ledger.scan(range) { first, records, lookup in
                        guard (try? lookup.content(2)) != nil else {
                            return try body(first, records, lookup)
                        }
                        var swapped: [EventRecord] = []
                        for place in records.indices {
                            var record = records[place]
                            if record.content <= 2 { record.content = 3 - record.content }
                            swapped.append(record)
                        }
                        try body(first, swapped.span, lookup)
                    }
                }
            }),
    ]

    static let segments = [
        Mutant(
            "skips-a-segments-first-row", .reader,
            "the first row of each whole segment is left out",
            by: Oracles.index, "a row that is left out", within: 20,
            Minimum("read 1...1024", because: "the smallest whole segment has 1,024 events"),
            part: IndexedRange.without(first: true)),
        Mutant(
            "ends-a-segment-early", .reader, "the last row of each whole segment is left out",
            by: Oracles.index, "a row that is left out", within: 20,
            Minimum("read 1...1024", because: "the smallest whole segment has 1,024 events"),
            part: IndexedRange.without(first: false)),
    ]

    private static func parts(_ change: (inout LawParts) -> Void) -> LawPart {
        var part = LawPart()
        change(&part.parts)
        return part
    }

    /// The same, where every kind of event does.
    private static func events(_ change: (inout LawParts) -> Void) -> LawPart {
        var part = parts(change)
        part.showsKinds = false
        return part
    }

    /// Goes on in a store from another sequence than the checkpoint's.
    private static func resuming(by offset: Int) -> LawParts.HydrateStore {
        { store, hydration, progress in
            try store.hydrate(
                &hydration,
                through: { pass in
                    let fold = pass.folds[0]
                    let (reached, last) = (fold.sequence, pass.point.last)
                    guard pass.point.time == nil, reached > 0, reached < last else {
                        return try pass.run(progress: progress)
                    }
                    let part = ProjectionFold.of(BowlTotals.self)
                    if reached + offset < last {
                        let rest = HistoryFold(pass.history, [part])
                        try pass.ledger.scan(reached + offset + 1...last) {
                            try rest.take(first: $0, $1, $2)
                            try progress(last)
                        }
                    }
                    fold.merge(part)
                }, progress: progress)
        }
    }
}
