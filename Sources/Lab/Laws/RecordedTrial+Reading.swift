import EventModel
import Ledger
import Projections

extension RecordedTrial {
    /// The replay index lends what the rows hold, record by record.
    func reader() throws -> Difference? {
        let piece = 1 << 16
        for begin in stride(from: 1, through: last, by: piece) {
            let range = begin...min(begin + piece - 1, last)
            let rows = try records(range, .rows)
            let index = try records(range, .index)
            if let place = zip(rows, index).enumerated().first(where: { $0.1.0 != $0.1.1 })?.0 {
                return (
                    "the replay index, and the rows",
                    "the record of sequence \(begin + place) is another one"
                )
            }
            guard rows.count == range.count, index.count == range.count else {
                return (
                    "the records of \(range.lowerBound)...\(range.upperBound)",
                    "there are \(rows.count) in the rows and \(index.count) in the index, and should be"
                        + " \(range.count)"
                )
            }
        }
        return nil
    }

    private func records(
        _ range: ClosedRange<Int>, _ source: RecordSource
    ) throws -> [EventRecord] {
        var found: [EventRecord] = []
        found.reserveCapacity(range.count)
        try laws.ledger.scan(range, from: source) { _, records, _ in
            for place in records.indices { found.append(records[place]) }
            try laws.progress("")
        }
        return found
    }

    /// The sequences of the events whose times are hydrated to.
    var moments: [Int] {
        let places = [1, last / 3, last / 3 * 2, last].filter { $0 > 0 }
        return places.indices.filter { $0 == 0 || places[$0] > places[$0 - 1] }.map { places[$0] }
    }

    /// A hydration to a moment has folded every event that happened by then, and no other.
    func until() throws -> Difference? {
        for sequence in moments {
            let time = try laws.ledger.event(at: sequence).time
            let found = try hydration(to: ResolvedPoint(last: last, time: time))
            let known = try laws.ledger.registrations(upTo: last).filter { $0.time <= time }
            let history = try History(
                devices: laws.ledger.devices(), registrations: known, settings: laws.settings,
                database: laws.database)
            let fold = blank()
            let pass = HistoryFold(history, [fold])
            try laws.ledger.scan(1...last, from: .rows) { first, records, lookup in
                for place in records.indices where records[place].time <= time.microseconds {
                    try pass.take(
                        first: first + place, records.extracting(place..<place + 1), lookup)
                }
                try laws.progress("")
            }
            let expected = (fold.digest(history), fold.events)
            if found.folds[0].digest(found.history) != expected.0
                || found.folds[0].events != expected.1
            {
                let row = try ProjectionTables(found.folds[0], found.history)
                    .firstDifference(from: ProjectionTables(fold, history))
                return (
                    "until \(time.shortText), and each event asked",
                    row
                        ?? "\(found.folds[0].events) events were counted, and should be \(expected.1)"
                )
            }
        }
        return nil
    }

    /// How many events an excerpt has, and how many excerpts there are of a longer ledger.
    private static let (excerpt, excerpts) = (60, 4)

    /// Tries the laws that need the events by themselves on parts of the ledger: each with the
    /// registrations that its devices had.
    func checkExcerpts(_ finding: inout RecordedLaws.Finding) throws {
        let size = RecordedTrial.excerpt
        let begins =
            last <= size
            ? [1]
            : (0..<RecordedTrial.excerpts).map {
                1 + (last - size) / (RecordedTrial.excerpts - 1) * $0
            }
        let check = LawCheck(type: type, settings: laws.settings, database: laws.database)
        for begin in begins {
            let range = begin...min(begin + size - 1, last)
            try laws.progress("\(type.name): \(range.lowerBound)...\(range.upperBound)")
            guard let violation = try check.violation(on: excerpt(range)) else { continue }
            var reduction = LawReduction(check, limit: LawReduction.limit)
            let reduced = try reduction.reduced(violation)
            finding.broken = RecordedLaws.Broken(
                law: reduced.law,
                trial: "of sequences \(range.lowerBound)...\(range.upperBound) these alone, "
                    + reduced.trial,
                difference: reduced.difference,
                events: reduced.lines(reduced.history.numbers.map { "sequence \($0)" }))
            return
        }
        let extent =
            last <= size
            ? "on all \(Figures.count(last, "event"))"
            : "on \(begins.count) excerpts of \(size) of \(Figures.count(last, "event"))"
        // Of a short ledger the excerpt is all: cut at every sequence, and not at a few.
        if last <= size { finding.held = finding.held.map { .init(law: $0.law, extent: extent) } }
        let tried = Set(finding.held.map(\.law))
        for law in LawCheck.laws(of: type) where !tried.contains(law) {
            finding.held.append(RecordedLaws.Held(law: law, extent: extent))
        }
    }

    private func excerpt(_ range: ClosedRange<Int>) throws -> GeneratedHistory {
        var events: [(sequence: Int, event: Event)] = []
        var devices: Set<[UInt8]> = []
        try laws.ledger.forEachEvent(range) { sequence, event in
            events.append((sequence, event))
            if let device = event.device { devices.insert(Array(device.utf8)) }
        }
        var latest: [[UInt8]: Int] = [:]
        for one in try laws.ledger.registrations(upTo: range.lowerBound - 1) {
            let device = Array(one.registration.device.utf8)
            if devices.contains(device) { latest[device] = one.sequence }
        }
        let registrations = try latest.values.sorted().map { ($0, try laws.ledger.event(at: $0)) }
        return GeneratedHistory(recorded: registrations + events)
    }
}
