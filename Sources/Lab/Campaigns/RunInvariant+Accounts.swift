import EventModel
import Expectations

// Grams, days, messages, stores.
extension RunInvariant {
    /// What lies in a queue was counted and not dispensed; what the power cut off is not made up for.
    static let gramsCounted = RunInvariant(
        "grams-counted", "what fell into the bowls is what bowl-totals has counted",
        excusedBy: [.powerLost, .powerCut, .targetFails, .answerLost]
    ) { record in
        var dispensed = record.strangers.reduce(0) { $0 + $1.feed.grams }
        var short: [CampaignFault: Int] = [:]
        var kept: [CampaignFault: Int] = [:]
        for key in record.keys {
            guard let account = record.accounts[key] else { continue }
            dispensed += account.feeds.reduce(0) { $0 + $1.grams }
            for feed in account.feeds {
                if let cut = feed.cut { short[cut, default: 0] += account.grams - feed.grams }
            }
            let unfed = max(0, account.sequences.count - account.feeds.count)
            let told = min(unfed, account.losses.count { $0.isTold })
            let kinds = account.sequences.flatMap { record.decisions[$0] ?? [] }
            let fault: CampaignFault =
                kinds.contains(.failed(acted: false)) ? .targetFails : .answerLost
            if told > 0 { kept[fault, default: 0] += told * account.grams }
        }
        var found: [RunBreach.Found] = []
        func note(_ cause: String, _ what: String, _ excuse: CampaignFault?) {
            found.append(RunBreach.Found(cause: cause, what: what, excuse: excuse))
        }
        for kind in CampaignFault.allCases {
            if let grams = short[kind], grams > 0 {
                note("cut", "feeds that were cut off are \(Figures.grouped(grams)) g short", kind)
            }
            if let grams = kept[kind], grams > 0 {
                note("kept", "letters in queues hold back \(Figures.grouped(grams)) g", kind)
            }
        }
        let explained = short.values.reduce(0, +) + kept.values.reduce(0, +)
        let rest = dispensed + explained - record.gramsCounted
        if rest != 0 {
            note(
                rest > 0 ? "more" : "less",
                "\(Figures.grouped(dispensed)) g fell, \(Figures.grouped(record.gramsCounted)) g "
                    + "were counted: \(Figures.grouped(abs(rest))) g too "
                    + (rest > 0 ? "many" : "few"), nil)
        }
        return found
    }

    /// A press is booked for the day on which its button says that it was pressed. Where a button's
    /// clock is wrong, that day and the true one are as good.
    static let bookedOnItsDay = RunInvariant(
        "booked-on-its-day", "feeding-stats has each press on the day on which it was made",
        excusedBy: [.skewedClock, .unsetClock]
    ) { record in
        var must: [DayAndClick: [Int]] = [:]
        var may: [DayAndClick: Int] = [:]
        var excused: [CampaignFault: Int] = [:]
        for report in record.history.reports {
            let said = DayAndClick(
                record.zone.day(at: report.report.pressed), report.report.click)
            let clock: CampaignFault? =
                report.faults.contains(.unset)
                ? .unsetClock : report.faults.contains(.skewed) ? .skewedClock : nil
            guard let clock else {
                must[said, default: []].append(report.number)
                continue
            }
            let received = record.zone.day(at: report.report.received)
            for day in [said.day, record.zone.day(at: report.pressed), received] {
                may[DayAndClick(day, report.report.click), default: 0] += 1
            }
            if record.zone.day(at: report.pressed) != said.day { excused[clock, default: 0] += 1 }
        }
        var found: [RunBreach.Found] = CampaignFault.allCases.compactMap { kind in
            excused[kind].map {
                RunBreach.Found(
                    cause: "clock",
                    what: "\(Figures.count($0, "press", "presses")) booked for the day that a"
                        + " wrong clock told", excuse: kind)
            }
        }
        let keys = Set(must.keys).union(record.bookedKeys).sorted()
        for key in keys {
            let (least, booked) = (must[key]?.count ?? 0, record.booked[key.day]?[key.click] ?? 0)
            guard booked < least || booked > least + may[key, default: 0] else { continue }
            found.append(
                RunBreach.Found(
                    cause: "another-day",
                    what: "\(booked) \(key.click.word) booked for \(key.day), \(least) were made",
                    reports: must[key] ?? []))
        }
        return found
    }

    static let messagesAsExpected = RunInvariant(
        "messages-as-expected",
        "each message is what ledger, topology and the log of faults lead to"
    ) { record in
        record.deviations(record.audit, of: "live")
            + (record.replayed.map { record.deviations($0.audit, of: "replay") } ?? [])
    }

    static let storesRehydrate = RunInvariant(
        "stores-rehydrate", "a projection on the bus ends as a pass over the ledger does"
    ) { record in
        func differing(_ stores: [TrialRecord.Store], _ where: String) -> [RunBreach.Found] {
            stores.filter { $0.digest != $0.rehydrated }.map {
                RunBreach.Found(
                    cause: "\(`where`)-\($0.name)",
                    what: "\(`where`) \($0.name) is \($0.digest.prefix(12))…, and"
                        + " \($0.rehydrated.prefix(12))… of the ledger")
            }
        }
        // A replay that missed events is another invariant's.
        let replayed = record.replayed.map { $0.missed.isEmpty ? $0.stores : [] } ?? []
        return differing(record.stores, "live") + differing(replayed, "replay")
    }
}

/// A local day and a click, in order.
private struct DayAndClick: Hashable, Comparable {
    let day: Timestamp.Day
    let click: ClickKind

    init(_ day: Timestamp.Day, _ click: ClickKind) {
        (self.day, self.click) = (day, click)
    }

    static func < (a: DayAndClick, b: DayAndClick) -> Bool {
        (a.day, a.click.rawValue) < (b.day, b.click.rawValue)
    }
}

extension TrialRecord {
    fileprivate var bookedKeys: [DayAndClick] {
        booked.flatMap { day, clicks in clicks.keys.map { DayAndClick(day, $0) } }
    }

    fileprivate func deviations(_ audit: AuditReport, of run: String) -> [RunBreach.Found] {
        var found: [RunBreach.Found] = audit.deviations.compactMap { name, deviation in
            guard deviation.count > 0 else { return nil }
            let first = deviation.first
            return RunBreach.Found(
                cause: "\(run)-\(name.split(separator: " ").joined(separator: "-"))",
                what: "\(Figures.count(deviation.count, "message")) \(name) (\(run))"
                    + (first.map { ", first \($0.key)" } ?? ""),
                reports: first?.sequence.map { numbers([$0]) } ?? [])
        }
        if let first = audit.refused.first {
            found.append(RunBreach.Found(cause: "\(run)-refused", what: "\(first) (\(run))"))
        }
        return found
    }
}
