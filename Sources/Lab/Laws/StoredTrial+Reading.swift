import EventModel
import Ledger
import Projections

extension StoredTrial {
    /// What is read of a ledger is what was written into it: every event by itself, and the records of
    /// every range that two cuts make.
    func checkReader() throws {
        let held = trial.held
        let head = try ledger.headSequence()
        guard head == last else {
            throw trial.violation(
                .reader, nil, "the head of the ledger", nil, "it is \(head), and should be \(last)")
        }
        var next = 1
        try ledger.forEachEvent(1...last) { sequence, event in
            guard sequence == next, event.isRow(of: held.events[next - 1]) else {
                throw trial.violation(
                    .reader, next, "event by event", nil,
                    "sequence \(sequence), \(event.id) of \(event.time.shortText), stands where"
                        + " \(held.events[next - 1].id) of \(held.events[next - 1].time.shortText) should"
                )
            }
            next += 1
        }
        let names = Names(
            ledger: [nil] + (try ledger.devices().map { Array($0.utf8) }),
            events: held.events.map { $0.device.map { Array($0.utf8) } })
        for begin in trial.cuts(.reader) where begin > 0 {
            try checkScan(begin...last, names)
            try checkScan(1...begin, names)
        }
        try checkFold()
    }

    /// The records of a range are those of its events, one after the other.
    private func checkScan(_ range: ClosedRange<Int>, _ names: Names) throws {
        let place = "the records of \(range.lowerBound)...\(range.upperBound)"
        func missing(_ sequence: Int) -> LawViolation {
            trial.violation(.reader, nil, place, nil, "sequence \(sequence) is missing")
        }
        var next = range.lowerBound
        try trial.parts.scan(ledger, range) { first, records, lookup in
            for at in records.indices {
                let sequence = first + at
                guard sequence == next, sequence <= range.upperBound else {
                    throw next <= range.upperBound && sequence > next
                        ? missing(next)
                        : trial.violation(
                            .reader, nil, place, nil, "sequence \(sequence) was not asked for")
                }
                try check(records[at], at: sequence, lookup, names, place)
                next += 1
            }
        }
        if next <= range.upperBound { throw missing(next) }
    }

    private func check(
        _ record: EventRecord, at sequence: Int, _ lookup: ContentLookup, _ names: Names,
        _ place: String
    ) throws {
        let event = trial.held.events[sequence - 1]
        let code = Int(record.device)
        let device = code < names.ledger.count ? names.ledger[code] : nil
        let content = try lookup.content(record.content)
        let differing =
            record.time != event.time.microseconds
            ? "time"
            : content.digest != event.content.digest
                ? "content"
                : device != names.events[sequence - 1] ? "device" : nil
        if let differing {
            throw trial.violation(
                .reader, nil, place, nil, "sequence \(sequence) has another \(differing)")
        }
    }

    /// A hydration of the ledger comes to the state of its events.
    private func checkFold() throws {
        let found = try hydrated(to: head)
        try trial.compare(
            found.fold, trial.whole(), .reader, "a hydration of all, and its events",
            in: found.history)
    }
}

/// The names of devices by their bytes: two spellings of a letter are two devices.
private struct Names {
    /// By the ledger's codes; none for 0.
    var ledger: [[UInt8]?]
    /// By sequence, from 1 on.
    var events: [[UInt8]?]
}

extension Event {
    /// Whether the ledger's row of an event says what the event said.
    fileprivate func isRow(of event: Event) -> Bool {
        id == event.id && time == event.time && content.digest == event.content.digest
            && recorded == event.recorded
    }
}
