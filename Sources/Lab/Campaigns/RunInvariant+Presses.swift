import EventModel
import Expectations

// Presses and feeds.
extension RunInvariant {
    /// Buttons that report a press as two cannot be told from two presses; the system may not add to it.
    static let oneFeedAPress = RunInvariant(
        "one-feed-a-press", "a press is fed for at most once",
        excusedBy: [.duplicateReport, .splitDouble]
    ) { record in
        var found: [RunBreach.Found] = []
        for key in record.keys {
            guard let account = record.accounts[key],
                account.feeds.count > account.sequences.count
            else { continue }
            let numbers = record.numbers(account.sequences)
            found.append(
                RunBreach.Found(
                    cause: record.reasonForCopies(account),
                    what: "\(Figures.count(account.feeds.count, "feed")) for "
                        + "\(Figures.count(account.sequences.count, "report")): \(key)",
                    reports: numbers))
        }
        return found + record.pressesFedTwice()
    }

    static let noFeedWithoutPress = RunInvariant(
        "no-feed-without-press", "a feeder feeds for presses, and for nothing else"
    ) { record in
        record.strangers.map { key, feed in
            RunBreach.Found(
                cause: "stranger", what: "\(feed.feeder) fed at \(feed.begin.text) for \(key)")
        }
    }

    static let pressAccounted = RunInvariant(
        "press-accounted",
        "a press is fed for, dead-lettered, expired, or lost with a cause that is known"
    ) { record in
        record.keys.compactMap { key in
            guard let account = record.accounts[key] else { return nil }
            let unfed = account.sequences.count - account.feeds.count
            guard unfed > account.losses.count else { return nil }
            return RunBreach.Found(
                cause: "vanished",
                what: "\(Figures.count(unfed, "message")) led to no feed, and "
                    + "\(Figures.count(account.losses.count, "loss", "losses")) to blame: \(key)",
                reports: record.numbers(account.sequences))
        }
    }

    /// The report of a dead button never comes: nothing behind it can know.
    static let pressFedOrTold = RunInvariant(
        "press-fed-or-told", "a press is fed for, or lies where somebody finds it",
        excusedBy: [.deadBattery]
    ) { record in
        var found: [RunBreach.Found] = record.keys.flatMap { key -> [RunBreach.Found] in
            guard let account = record.accounts[key] else { return [] }
            let unfed = account.sequences.count - account.feeds.count
            let told = account.losses.count { $0.isTold }
            guard unfed > told else { return [] }
            let causes = TrialRecord.Loss.allCases.filter {
                !$0.isTold && account.losses.contains($0)
            }
            return causes.prefix(1).map { cause in
                RunBreach.Found(
                    cause: cause.rawValue,
                    what: "\(Figures.count(unfed, "message")) fed nobody (\(cause.rawValue)), and"
                        + " nobody is told: \(key)",
                    reports: record.numbers(account.sequences))
            }
        }
        if record.history.lost > 0 {
            let count = Figures.count(record.history.lost, "press", "presses")
            found.append(
                RunBreach.Found(
                    cause: "battery", what: "\(count) came to no report: the battery was dead",
                    excuse: .deadBattery))
        }
        return found
    }
}

extension TrialRecord {
    /// Presses that buttons reported as two, and that were fed for twice.
    func pressesFedTwice() -> [RunBreach.Found] {
        var fed: [EventID: [ReportHistory.Report]] = [:]
        var order: [EventID] = []
        for key in keys {
            guard let account = accounts[key], !account.feeds.isEmpty else { continue }
            for report in reports(account) {
                if fed[report.press] == nil { order.append(report.press) }
                fed[report.press, default: []].append(report)
            }
        }
        return order.compactMap { press in
            guard let reports = fed[press], reports.count > 1 else { return nil }
            let isSplit = reports.contains { $0.faults.contains(.split) }
            return RunBreach.Found(
                cause: isSplit ? "split" : "reported-twice",
                what: "\(Figures.count(reports.count, "report")) of the press of "
                    + "\(reports[0].pressed.text) fed",
                reports: reports.map(\.number),
                excuse: isSplit ? .splitDouble : .duplicateReport)
        }
    }

    /// Why an account has more feeds than events.
    func reasonForCopies(_ account: Account) -> String {
        let kinds = account.sequences.flatMap { decisions[$0] ?? [] }
        if kinds.contains(.duplicated) { return "delivered-again" }
        if kinds.contains(.failed(acted: true)) { return "answer-lost" }
        return kinds.contains(.redriven) ? "redriven" : "unexplained"
    }
}
