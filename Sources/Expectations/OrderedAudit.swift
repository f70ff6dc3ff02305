import EventModel
import Ledger

/// Compares the messages of an `ordered` replay with the exact list: each once, in order, in time.
///
/// Both lists go by as streams. A message that is not the next one is looked for among the next few
/// thousand, so that one lost message is one finding and not a finding for each that follows.
public struct OrderedAudit {
    /// What was found so far; `finish` adds what never came.
    public private(set) var report = AuditReport()
    private var source: ExpectedSource
    /// Expected and not yet received: a window that slides.
    private var waiting: [ExpectedMessage] = []
    private var begin = 0
    /// Expected before one that was received, and not received: the oldest first.
    private var overdue: [ExpectedMessage] = []
    /// The last messages that were received as expected, to tell a copy from a stranger.
    private var recent: [ExpectedMessage] = []
    private static let window = 4_096

    /// An audit of these messages, none of which has arrived.
    public init(_ source: ExpectedSource) { self.source = source }

    /// A message has arrived.
    public mutating func received(_ key: MessageKey, at now: Timestamp) throws {
        report.received += 1
        try fill(1)
        if begin < waiting.count, isMatch(waiting[begin], key) {
            settle(waiting[begin], at: now)
            begin += 1
            return
        }
        if let place = overdue.firstIndex(where: { isMatch($0, key) }) {
            // It was overtaken, and comes after all.
            let message = overdue.remove(at: place)
            report.outOfOrder.add(MessageFinding(sequence: message.sequence, key: key, at: now))
            settle(message, at: nil)
            return
        }
        try fill(OrderedAudit.window)
        // Presses of one second have one message: the moment tells a copy from the next of them.
        if let place = waiting[begin...].firstIndex(where: { isMatch($0, key) && $0.at == now }) {
            take(place, at: now)
        } else if let known = recent.last(where: { isMatch($0, key) }) {
            report.duplicated.add(MessageFinding(sequence: known.sequence, key: key, at: now))
        } else if let place = waiting[begin...].firstIndex(where: { isMatch($0, key) }) {
            take(place, at: now)
        } else {
            report.unexpected.add(MessageFinding(sequence: nil, key: key, at: now))
        }
    }

    private mutating func take(_ place: Int, at now: Timestamp) {
        skip(begin..<place)
        settle(waiting[place], at: now)
        begin = place + 1
    }

    /// Messages that others overtook: late, or lost.
    private mutating func skip(_ range: Range<Int>) {
        overdue += waiting[range]
        // What thousands have overtaken is not waited for any longer.
        while overdue.count > OrderedAudit.window { miss(overdue.removeFirst()) }
    }

    private mutating func miss(_ message: ExpectedMessage) {
        report.expected += 1
        report.missing.add(
            MessageFinding(sequence: message.sequence, key: message.key, at: message.at))
    }

    /// Nothing more comes: what is still expected, of events up to `last`, is missing.
    public mutating func finish(upTo last: Int = .max) throws -> AuditReport {
        for message in overdue { miss(message) }
        overdue = []
        while true {
            try fill(1)
            guard begin < waiting.count else { return report }
            if waiting[begin].sequence <= last { miss(waiting[begin]) }
            begin += 1
        }
    }

    private func isMatch(_ message: ExpectedMessage, _ key: MessageKey) -> Bool {
        message.payload == key.payload && message.topic == key.topic
    }

    /// - Parameter now: nil where the time was found fault with already.
    private mutating func settle(_ message: ExpectedMessage, at now: Timestamp?) {
        report.expected += 1
        if let now, now != message.at {
            report.outOfOrder.add(
                MessageFinding(sequence: message.sequence, key: message.key, at: now))
        }
        recent.append(message)
        if recent.count >= 2 * OrderedAudit.window { recent.removeFirst(OrderedAudit.window) }
    }

    private mutating func fill(_ count: Int) throws {
        if begin > OrderedAudit.window {
            waiting.removeFirst(begin)
            begin = 0
        }
        while waiting.count - begin < count, try source.next(into: &waiting) {}
    }
}
