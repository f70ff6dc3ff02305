import EventModel
import Expectations
import Ledger
import Projections
import Scenario
import Topology

/// Compares what feeders were told, as a subscriber captured it, with what a ledger leads to.
///
///     messages of the capture ─┐
///                              ├─> by topic and payload: missing, repeated, unexpected
///     ledger ─> expectation ───┘
///
/// A message does not say which event it came from, so messages are counted by topic and payload.
/// Payloads are compared as JSON: `mosquitto_sub -F %J` does not keep the spaces. A retained message was
/// told before the capture began: it may stand for one that is expected, and is never one too many.
/// Memory: an entry for each distinct message of the capture.
public struct CaptureComparison {
    /// What tells messages apart.
    private struct Key: Hashable {
        var topic: [UInt8]
        var payload: [UInt8]
    }

    private struct Account {
        /// The number of the capture's first message of this kind, from 1.
        var message: Int
        /// The moment that its payload names.
        var time: Timestamp?
        var received = 0
        /// How often the broker sent it because it had kept it.
        var retained = 0
        var expected = 0
        /// How often events lead to it that are not compared.
        var outside = 0
        /// The first event that leads to it.
        var sequence: Int?
    }

    private var accounts: [Key: Account] = [:]
    /// The keys in the order of their first messages.
    private var keys: [Key] = []
    private var messages = 0

    /// A comparison with a capture without messages.
    public init() {}

    /// The capture's next message.
    public mutating func add(_ message: CapturedMessage) {
        messages += 1
        let key = Key(
            topic: Array(message.topic.utf8), payload: CaptureComparison.payload(message.payload))
        if accounts[key] == nil {
            keys.append(key)
            let value = try? JSONValue(parsing: message.payload)
            accounts[key] = Account(message: messages, time: CaptureComparison.time(of: value))
        }
        if message.isRetained {
            accounts[key]?.retained += 1
        } else {
            accounts[key]?.received += 1
        }
    }

    /// Compares with a ledger.
    ///
    /// - Parameters:
    ///   - topology: the way from the ledger to the feeders.
    ///   - window: the events that count; nil for those between the earliest and the latest moment
    ///     that the capture's messages name, or for all where they name none.
    public mutating func finish(
        _ ledger: EventLedger, topology: TopologyFile, window: ReplayWindow?,
        zones: TimeZoneDatabase
    ) throws -> CaptureReport {
        let all = ReplayWindow(last: try ledger.headSequence())
        let parts = try PathParts(
            ReplayRequest(
                ledger, topology: topology, window: all, targets: topology.targets.map(\.id),
                database: zones))
        let topics = Set(parts.installation.feeders.map { Array($0.actionTopic.utf8) })
        let span = window == nil ? span(of: topics) : nil
        var report = CaptureReport()
        report.topics = parts.installation.feeders.map(\.actionTopic)
        report.from = window?.from ?? span?.lowerBound
        report.until = window?.until ?? span?.upperBound
        func forEachMessage(
            in window: ReplayWindow, _ body: (ExpectedMessage) -> Void
        ) throws {
            var source = ExpectedSource(
                ledger, window,
                Expectation(
                    routes: parts.routes, replayName: nil, registrations: parts.registrations))
            var stretch: [ExpectedMessage] = []
            while try source.next(into: &stretch) {
                for message in stretch { body(message) }
                stretch.removeAll(keepingCapacity: true)
            }
        }
        try forEachMessage(in: window ?? all) { expect($0, within: span, &report) }
        // What was captured beside a window that was named may well be in the ledger.
        let isOver = accounts.values.contains { $0.received + $0.retained > $0.expected }
        if window != nil, isOver {
            accounts = accounts.mapValues { account in
                var account = account
                account.outside -= account.expected
                return account
            }
            try forEachMessage(in: all) { accounts[CaptureComparison.key(of: $0)]?.outside += 1 }
        }
        settle(topics, &report)
        return report
    }

    /// The earliest and the latest moment that messages on these topics name; retained ones are older
    /// than the capture.
    private func span(of topics: Set<[UInt8]>) -> ClosedRange<Timestamp>? {
        let times = keys.compactMap { key -> Timestamp? in
            guard topics.contains(key.topic), let account = accounts[key], account.received > 0
            else { return nil }
            return account.time
        }
        guard let first = times.min(), let last = times.max() else { return nil }
        return first...last
    }

    /// Holds what was received against what was expected.
    private func settle(_ topics: Set<[UInt8]>, _ report: inout CaptureReport) {
        for key in keys {
            guard let account = accounts[key] else { continue }
            guard topics.contains(key.topic) else {
                report.elsewhere += account.received + account.retained
                continue
            }
            report.received += account.received
            report.retained += account.retained
            // Copies beyond those that are compared first stand for events that are not.
            let beside = min(account.outside, max(0, account.received - account.expected))
            report.beside += beside
            let over = account.received - account.expected - beside
            let finding = CaptureReport.Finding(
                sequence: account.sequence, message: account.message,
                topic: String(decoding: key.topic, as: UTF8.self),
                payload: String(decoding: key.payload, as: UTF8.self))
            if account.expected + account.outside == 0 {
                report.unexpected.add(finding, times: over + account.retained)
            } else {
                report.repeated.add(finding, times: over)
                report.missing.add(finding, times: -over - account.retained)
            }
        }
    }

    /// Takes a message that the ledger leads to into account.
    private mutating func expect(
        _ message: ExpectedMessage, within span: ClosedRange<Timestamp>?,
        _ report: inout CaptureReport
    ) {
        let key = CaptureComparison.key(of: message)
        if let span,
            let time = CaptureComparison.time(
                of: try? JSONValue(parsing: String(decoding: message.payload, as: UTF8.self))),
            !span.contains(time)
        {
            report.outside += 1
            accounts[key]?.outside += 1
            return
        }
        report.expected += 1
        guard accounts[key] != nil else {
            report.missing.add(
                CaptureReport.Finding(
                    sequence: message.sequence, message: nil,
                    topic: String(decoding: key.topic, as: UTF8.self),
                    payload: String(decoding: key.payload, as: UTF8.self)), times: 1)
            return
        }
        accounts[key]?.expected += 1
        if accounts[key]?.sequence == nil { accounts[key]?.sequence = message.sequence }
    }

    private static func key(of message: ExpectedMessage) -> Key {
        Key(
            topic: message.topic,
            payload: payload(String(decoding: message.payload, as: UTF8.self)))
    }

    /// A payload without white space, where it is JSON.
    private static func payload(_ text: String) -> [UInt8] {
        Array(((try? JSONValue(parsing: text))?.text() ?? text).utf8)
    }

    private static func time(of payload: JSONValue?) -> Timestamp? {
        (payload?["reportedTime"]?.string).flatMap { try? Timestamp(text: $0) }
    }
}

/// What came of comparing a capture with a ledger.
public struct CaptureReport: Sendable, Equatable {
    /// A message that was not as expected, or an example of those that were not.
    public struct Finding: Sendable, Equatable {
        /// The first event that leads to the message; nil where none does.
        public var sequence: Int?
        /// The number of the message in the capture, from 1; nil where it is not there.
        public var message: Int?
        public var topic: String
        public var payload: String
    }

    /// A kind of deviation: how many messages deviate, and examples.
    public struct Deviation: Sendable, Equatable {
        /// How many examples are kept.
        public static let limit = 10

        public private(set) var count = 0
        /// Some of them; at most `limit`.
        public private(set) var examples: [Finding] = []

        mutating func add(_ finding: Finding, times: Int) {
            guard times > 0 else { return }
            count += times
            if examples.count < Deviation.limit { examples.append(finding) }
        }
    }

    /// The topics that the feeders listen to.
    public var topics: [String] = []
    /// Messages that the ledger leads to, in the time that is compared.
    public var expected = 0
    /// Captured messages on the feeders' topics, but for retained ones.
    public var received = 0
    /// Retained messages on the feeders' topics: told before the capture began.
    public var retained = 0
    /// Captured messages of events before or after the time that is compared.
    public var beside = 0
    /// Captured messages on other topics.
    public var elsewhere = 0
    /// Messages that the ledger leads to before or after the time that is compared.
    public var outside = 0
    /// The time that is compared; nil where it has no such bound.
    public var from: Timestamp?
    public var until: Timestamp?
    /// Messages that the ledger leads to and the capture does not have.
    public var missing = Deviation()
    /// Messages that the capture has more often than the ledger leads to them.
    public var repeated = Deviation()
    /// Messages that no event of the ledger leads to.
    public var unexpected = Deviation()

    /// Whether the feeders were told what the ledger says, no more and no less.
    public var isEqual: Bool { missing.count + repeated.count + unexpected.count == 0 }
}
