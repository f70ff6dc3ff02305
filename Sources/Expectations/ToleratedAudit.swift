import EventModel
import Ledger

/// Compares the messages of a replay that may shuffle, repeat and lose with what its log of decisions
/// allows.
///
/// A message does not say which event it came from, so events are taken together by topic and
/// payload: as many must arrive as the events and the log lead to, no more and no fewer.
///
/// | in the log | messages of the event |
/// | --- | --- |
/// | nothing | 1 |
/// | the archive missed it, or the bus gave it up | 0 |
/// | the bus gave it up, and gave it to its target anew | 1 |
/// | the target failed after it had acted | 1 more |
/// | the bus delivered it once more | 1 more |
/// | the message was lost on its way | 1 fewer |
/// | the broker sent it again | 1 more |
public struct ToleratedAudit {
    private struct Account {
        /// The sequence of the first event of this key, and when it happened.
        var sequence: Int
        var minute: Int64
        /// When the first and the last event of this key were recorded.
        var recorded: ClosedRange<Timestamp>
        /// How many messages must arrive.
        var due = 0
        /// How many first attempts were as they should be: so many receipts have a place in order.
        var inOrder = 0
        var received = 0
        /// 0 or 1, as the function sends it.
        var qos: Int

        /// Whether its first receipt is surely a first attempt, which has a place in order.
        var isFirst: Bool { received == 1 && inOrder == due }
    }

    private struct Fate {
        var failures = 0
        var acted = 0
        var copies = 0
        var lost = 0
        var isMissed = false
        var givenUp = 0
        var redriven = 0
        /// Failures since the event was put, or redriven, and when the first of them was.
        var failuresOfLife = 0
        var begun: Timestamp?
        /// What the model does not allow of it.
        var refusals: [String] = []

        /// Whether the event came to its target in the end, leaving out what copies and lost answers
        /// add.
        var arrives: Int { isMissed ? 0 : max(0, 1 + redriven - givenUp) }
    }

    /// A message that has come, or been acknowledged: then its key has the topic alone.
    private struct Receipt {
        var key: Int32
        var at: Timestamp
        var isAcknowledgement = false
    }

    private let tolerance: Tolerance
    private let routes: [String: ExpectedRoute]
    private var fates: [String: [Int: Fate]] = [:]
    private var sentAgain: [Int32: Int] = [:]
    private var receipts: [Receipt] = []
    private var keys: [MessageKey: Int32] = [:]
    private var keyList: [MessageKey] = []

    /// An audit of a run over these routes, of which nothing has arrived.
    public init(_ routes: [ExpectedRoute], _ tolerance: Tolerance) {
        self.tolerance = tolerance
        self.routes = Dictionary(routes.map { ($0.target, $0) }) { first, _ in first }
    }

    /// A message has arrived.
    public mutating func received(_ key: MessageKey, at now: Timestamp) {
        receipts.append(Receipt(key: number(of: key), at: now))
    }

    /// A feeder has acknowledged the oldest message of this topic that it had not.
    public mutating func acknowledged(_ topic: [UInt8], at now: Timestamp) {
        guard tolerance.windows[topic] != nil else { return }
        let key = number(of: MessageKey(topic: topic, payload: []))
        receipts.append(Receipt(key: key, at: now, isAcknowledgement: true))
    }

    private mutating func number(of key: MessageKey) -> Int32 {
        if let known = keys[key] { return known }
        let number = Int32(keyList.count)
        keys[key] = number
        keyList.append(key)
        return number
    }

    /// The run has decided something.
    public mutating func decided(_ decision: RunDecision) {
        var fate = fates[decision.target]?[decision.sequence] ?? Fate()
        switch decision.kind {
        case .missed: fate.isMissed = true
        case .failed(let acted):
            fate.failures += 1
            fate.failuresOfLife += 1
            if acted { fate.acted += 1 }
            fate.begun = fate.begun ?? decision.at
        case .duplicated: fate.copies += 1
        case .deadLettered:
            if let reason = tooEarly(fate, decision) { fate.refusals.append(reason) }
            fate.givenUp += 1
        case .redriven:
            fate.redriven += 1
            if fate.redriven > fate.givenUp {
                fate.refusals.append("the bus redrove an event that it had not given up")
            }
            (fate.failuresOfLife, fate.begun) = (0, nil)
        case .lost: fate.lost += 1
        }
        if tolerance.refused.contains(decision.kind) {
            fate.refusals.append("\(decision.kind) was decided, for which there is no reason")
        }
        fates[decision.target, default: [:]][decision.sequence] = fate
    }

    /// The broker will send a message again, because the feeder's connection ended before it had
    /// acknowledged it.
    public mutating func redelivered(_ key: MessageKey) {
        sentAgain[number(of: key), default: 0] += 1
    }

    /// Nothing more comes.
    ///
    /// - Parameters:
    ///   - source: the messages that ledger and topology lead to.
    ///   - wasPut: whether an event came to the bus at all: not all did in a replay that was
    ///     cancelled.
    public mutating func finish(
        _ source: inout ExpectedSource, wasPut: (_ sequence: Int) -> Bool = { _ in true }
    ) throws -> AuditReport {
        var report = AuditReport()
        var accounts: [Account?] = Array(repeating: nil, count: keyList.count)
        var stretch: [ExpectedMessage] = []
        while try source.next(into: &stretch) {
            for message in stretch where wasPut(message.sequence) {
                let place = Int(number(of: message.key))
                if place >= accounts.count {
                    accounts.append(
                        contentsOf: repeatElement(nil, count: place + 1 - accounts.count))
                }
                var account =
                    accounts[place]
                    ?? Account(
                        sequence: message.sequence, minute: message.minute,
                        recorded: message.at...message.at, qos: message.qos)
                account.recorded =
                    min(
                        account.recorded.lowerBound, message.at)...max(
                        account.recorded.upperBound, message.at)
                let fate = fates[message.target]?[message.sequence] ?? Fate()
                check(fate, of: message, &report)
                account.due += max(0, fate.arrives + fate.acted + fate.copies - fate.lost)
                if fate.arrives == 1, fate.failures == 0, fate.lost == 0 { account.inOrder += 1 }
                accounts[place] = account
            }
            stretch.removeAll(keepingCapacity: true)
        }
        for (key, times) in sentAgain { accounts[Int(key)]?.due += times }
        if !tolerance.sendsAgain, !sentAgain.isEmpty {
            report.refused.append(
                "the broker sent \(sentAgain.values.reduce(0, +)) messages again, though no"
                    + " connection ended")
        }
        count(&accounts, &report)
        return report
    }

    private func count(_ accounts: inout [Account?], _ report: inout AuditReport) {
        var order = LaneOrder()
        var windows = tolerance.windows.mapValues { FeederWindow(size: $0) }
        for receipt in receipts {
            let place = Int(receipt.key)
            let topic = keyList[place].topic
            guard !receipt.isAcknowledgement else {
                windows[topic]?.acknowledge(at: receipt.at)
                continue
            }
            report.received += 1
            func finding(_ sequence: Int?) -> MessageFinding {
                MessageFinding(sequence: sequence, key: keyList[place], at: receipt.at)
            }
            guard var account = accounts[place] else {
                report.unexpected.add(finding(nil))
                continue
            }
            account.received += 1
            accounts[place] = account
            let heldSince = account.qos == 1 ? windows[topic]?.receive(at: receipt.at) : nil
            if account.received > account.due {
                report.duplicated.add(finding(account.sequence))
            } else if !isInTime(account, receipt.at, heldSince: heldSince)
                || !isInOrder(account, topic, isHeld: heldSince != nil, &order)
            {
                report.outOfOrder.add(finding(account.sequence))
            }
        }
        refuseOverruns(windows, &report)
        for (place, account) in accounts.enumerated() {
            guard let account else { continue }
            report.expected += account.due
            report.missing.add(
                MessageFinding(sequence: account.sequence, key: keyList[place], at: nil),
                times: account.due - account.received)
        }
    }

    /// No connection ends: then what a feeder has and has not acknowledged is known for certain.
    private func refuseOverruns(_ windows: [[UInt8]: FeederWindow], _ report: inout AuditReport) {
        guard !tolerance.sendsAgain else { return }
        let topics = windows.filter(\.value.wasOverrun).keys.map {
            String(decoding: $0, as: UTF8.self)
        }
        for topic in topics.sorted() {
            report.refused.append(
                "the broker gave the feeder of \(topic) more messages than it may have unacknowledged"
            )
        }
    }

    /// Whether the message keeps the order that the model keeps.
    private func isInOrder(
        _ account: Account, _ topic: [UInt8], isHeld: Bool, _ order: inout LaneOrder
    ) -> Bool {
        guard account.isFirst, let place = standing(of: account) else { return true }
        // What waits at the broker is overtaken by what others are given.
        return order.take(place, of: topic, aloneInTopic: isHeld || tolerance.sendsAgain)
    }

    /// Where messages stand in the order that the model keeps; nil where it keeps none.
    private func standing(of account: Account) -> ClosedRange<Int64>? {
        if tolerance.keepsMinutes { return account.minute...account.minute }
        guard tolerance.lateness == 0 else { return nil }
        return account.recorded.lowerBound.microseconds...account.recorded.upperBound.microseconds
    }

    /// Whether a message may come at this moment.
    ///
    /// - Parameter heldSince: since when the broker had no room for it; nil where it had.
    private func isInTime(_ account: Account, _ now: Timestamp, heldSince: Timestamp?) -> Bool {
        guard now >= tolerance.begins ?? .earliest else { return false }
        guard let lateness = tolerance.lateness else { return true }
        guard now >= account.recorded.lowerBound else { return false }
        // A retry, a copy, and what waited at the broker for a feeder that was away come later.
        guard account.inOrder == account.due, !tolerance.sendsAgain else { return true }
        // The window must have been full when the message was due, and ever since.
        let waited = min(now, heldSince ?? now)
        return waited.microseconds - account.recorded.upperBound.microseconds <= lateness
    }

    /// Whether the model allows what the run says it did to this event.
    private func check(
        _ fate: Fate, of message: ExpectedMessage, _ report: inout AuditReport
    ) {
        func refuse(_ reason: String) {
            report.refused.append("sequence \(message.sequence): \(reason)")
        }
        if fate.isMissed, message.at <= tolerance.missedAfter ?? .latest {
            refuse("the archive missed an event that it had had long enough")
        }
        for reason in fate.refusals { refuse(reason) }
    }

    /// Why an event is not to be given up yet; nil where it is.
    private func tooEarly(_ fate: Fate, _ decision: RunDecision) -> String? {
        guard let route = routes[decision.target] else { return nil }
        let age = fate.begun.map { decision.at.microseconds - $0.microseconds } ?? 0
        let failures = fate.failuresOfLife
        // Too old is what would be so after the next pause: 1 s, 2 s, 4 s, … up to ten minutes.
        let pause = failures == 0 ? 0 : min(600, Int64(1) << Int64(min(failures, 11) - 1))
        let isOld = age + pause * 1_000_000 > Int64(route.maximumAgeSeconds) * 1_000_000
        guard failures <= route.retries, !isOld else { return nil }
        return "the bus gave up after \(failures) of \(route.retries + 1) attempts"
    }
}
