import EventModel
import Ledger

/// A point of a ledger, as a person writes it.
public enum PointInTime: Sendable, Equatable {
    /// All events that happened by then, inclusive, by their own time.
    case time(Timestamp)
    /// The first N events.
    case sequence(Int)
    /// The events up to and including the one of this id.
    case id(EventID)
    /// The first so many of a million parts of the events, rounded down.
    case millionths(Int)
    /// All events.
    case head

    /// Why a text is no point in time.
    public struct TextError: Error, CustomStringConvertible, Sendable {
        public let description: String
    }

    /// Reads `2024-02-29T18:00:00Z`, `seq:N`, `id:ID`, `50%` or `head`.
    ///
    /// - Parameter zone: for a local time without a zone of its own.
    public init(text: String, zone: ZoneTable? = nil) throws(TextError) {
        if text == "head" || text == "end" {
            self = .head
        } else if text.hasPrefix("seq:") {
            guard let number = PointInTime.digits(text.dropFirst(4)) else {
                throw TextError(
                    description: "seq: needs a number of events such as seq:1000, not \(text)")
            }
            self = .sequence(number)
        } else if text.hasPrefix("id:") {
            guard text.count > 3 else {
                throw TextError(description: "id: needs an event's id after it")
            }
            self = .id(EventID(text.dropFirst(3)))
        } else if text.hasSuffix("%") {
            self = .millionths(try PointInTime.millionths(text))
        } else {
            self = .time(try PointInTime.time(text, zone))
        }
    }

    private static func millionths(_ text: String) throws(TextError) -> Int {
        let parts = text.dropLast().split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard let whole = digits(parts[0]), (0...100).contains(whole),
            (1...4).contains(fraction.count),
            let part = digits(fraction + String(repeating: "0", count: 4 - fraction.count)),
            whole * 10_000 + part <= 1_000_000
        else {
            throw TextError(
                description:
                    "\(text) is no share of the ledger; 0% to 100%, with up to four decimals")
        }
        return whole * 10_000 + part
    }

    /// A number of digits alone: `Int` would also read a sign.
    private static func digits(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// How many of `count` events a share comes to; all of them for another point.
    public func share(of count: Int) -> Int {
        guard case .millionths(let share) = self else { return count }
        return count / 1_000_000 * share + count % 1_000_000 * share / 1_000_000
    }

    private static func time(_ text: String, _ zone: ZoneTable?) throws(TextError) -> Timestamp {
        do {
            return try Timestamp(text: text)
        } catch {
            // A local time may leave its seconds out, as people do.
            let local = (try? Timestamp(text: text + "Z")) ?? (try? Timestamp(text: text + ":00Z"))
            guard let local else {
                throw TextError(
                    description: "\(text) is no point in time: \(error). Write a time such as"
                        + " 2024-02-29T18:00:00Z, a local time with --zone, seq:N, id:ID, 50% or head"
                )
            }
            guard let zone else {
                throw TextError(
                    description: "\(text) names no zone: add Z or an offset, or give --zone NAME")
            }
            let day = local.dayUTC
            return zone.moment(
                day, microsecond: local.microseconds - Int64(day.number) * 86_400_000_000)
        }
    }
}

/// A point in time, looked up in a ledger: the events 1...last, of those the ones not after `time`.
public struct ResolvedPoint: Sendable, Equatable {
    /// The last sequence that may count.
    public var last: Int
    /// The last moment that may count; nil for a point that cuts the ledger by sequence.
    public var time: Timestamp?

    public init(last: Int, time: Timestamp?) {
        self.last = last
        self.time = time
    }
}

extension EventLedger {
    /// Looks a point up.
    ///
    /// - Parameter knownBy: what the ledger knew then: only events recorded by that time count.
    /// - Throws: `LedgerError.notFound` for a sequence or an id that the ledger does not have.
    public func resolve(_ point: PointInTime, knownBy: Timestamp? = nil) throws -> ResolvedPoint {
        let head = try headSequence()
        var limit = head
        if let knownBy { limit = try sequence(recordedBy: knownBy) }
        switch point {
        case .time(let time): return ResolvedPoint(last: limit, time: time)
        case .head: return ResolvedPoint(last: limit, time: nil)
        case .sequence(let number):
            guard number <= head else {
                throw LedgerError.notFound(
                    path: path, what: "sequence \(number); its head is \(head)")
            }
            return ResolvedPoint(last: min(limit, number), time: nil)
        case .id(let id):
            guard let number = try sequence(of: id) else {
                throw LedgerError.notFound(path: path, what: "event \(id)")
            }
            return ResolvedPoint(last: min(limit, number), time: nil)
        case .millionths: return ResolvedPoint(last: min(limit, point.share(of: head)), time: nil)
        }
    }
}
