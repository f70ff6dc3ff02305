import EventModel

// Archives, the replay, and the end.
extension RunInvariant {
    static let pressArchived = RunInvariant(
        "press-archived", "an archive has each event that came"
    ) { record in
        let numbers = record.numbers(record.unarchived)
        guard !numbers.isEmpty else { return [] }
        return [
            RunBreach.Found(
                cause: "no-archive",
                what: "no archive has \(Figures.count(numbers.count, "press", "presses")) of "
                    + Figures.grouped(record.history.reports.count), reports: numbers)
        ]
    }

    static let replayIsWhole = RunInvariant(
        "replay-is-whole", "a replay gives each press of its window"
    ) { record in
        let numbers = record.numbers(record.replayed?.missed ?? [])
        guard !numbers.isEmpty else { return [] }
        return [
            RunBreach.Found(
                cause: "archive-lags",
                what: "the replay missed \(Figures.count(numbers.count, "press", "presses")) of "
                    + Figures.grouped(record.history.reports.count), reports: numbers)
        ]
    }

    static let replayFeedsNobody = RunInvariant(
        "replay-feeds-nobody", "a replay runs no motor, unless it is published on purpose"
    ) { record in
        guard let replayed = record.replayed, replayed.feeds > 0,
            !replayed.isPublished
        else { return [] }
        return [
            RunBreach.Found(
                cause: "fed",
                what: "motors ran \(Figures.count(replayed.feeds, "time")) on a replay")
        ]
    }

    static let orderRestored = RunInvariant(
        "order-restored", "what messages say restores the order of the presses"
    ) { record in
        guard let replayed = record.replayed, replayed.wrongPairs > 0 else { return [] }
        return [
            RunBreach.Found(
                cause: "wrong-order",
                what: "\(Figures.count(replayed.wrongPairs, "pair")) of presses in the wrong order"
                    + " after sorting")
        ]
    }

    static let nothingPending = RunInvariant(
        "nothing-pending", "healed and drained, nothing waits"
    ) { record in
        record.pending.map { RunBreach.Found(cause: $0.place, what: "\($0.what) still waits") }
    }
}
