/// Why a time zone cannot be had.
public struct ZoneError: Error, CustomStringConvertible, Sendable {
    public let description: String

    public init(description: String) { self.description = description }
}

extension ZoneTable {
    /// Reads a TZif file of version 2 or later (RFC 9636) and works its footer's rule out up to and
    /// including the year 2500; later moments keep the last offset.
    public init(name: String, tzif bytes: [UInt8]) throws(ZoneError) {
        func fail(_ reason: String) -> ZoneError {
            ZoneError(description: "the tz database's file for \(name) \(reason)")
        }
        func number(_ at: Int, _ size: Int) -> Int64 {
            var value: Int64 = bytes[at] >= 0x80 ? -1 : 0
            for place in at..<at + size { value = value << 8 | Int64(bytes[place]) }
            return value
        }
        guard bytes.count >= 44, bytes[0..<4].elementsEqual("TZif".utf8) else {
            throw fail("is no TZif file")
        }
        guard bytes[4] >= 0x32 else { throw fail("is of version 1; version 2 or later is needed") }
        func counts(_ at: Int) -> [Int] { (0..<6).map { Int(number(at + 20 + $0 * 4, 4)) } }
        let old = counts(0)
        let header = 44 + old[0] + old[1] + old[2] * 8 + old[3] * 5 + old[4] * 6 + old[5]
        guard bytes.count >= header + 44 else { throw fail("is cut off") }
        let new = counts(header)
        let times = header + 44
        let kinds = times + new[3] * 8
        let types = kinds + new[3]
        let footer = types + new[4] * 6 + new[5] + new[2] * 12 + new[1] + new[0]
        guard new[4] > 0, bytes.count > footer else { throw fail("is cut off") }
        func offset(_ type: Int) -> Int64 { number(types + type * 6, 4) * 1_000_000 }

        var starts: [Int64] = [.min]
        var offsets: [Int64] = [offset(0)]
        for place in 0..<new[3] {
            starts.append(number(times + place * 8, 8) * 1_000_000)
            offsets.append(offset(Int(bytes[kinds + place])))
        }
        let rest = bytes[(footer + 1)...].prefix { $0 != 0x0A }
        guard let rule = POSIXZoneRule(String(decoding: rest, as: UTF8.self)) else {
            throw fail(
                "ends in a rule that is not understood: \(String(decoding: rest, as: UTF8.self))")
        }
        let last = starts.last ?? .min
        let firstYear = last == .min ? 1970 : Timestamp(microseconds: last).dayUTC.date.year
        for year in max(1900, firstYear)...2500 {
            for (start, offset) in rule.transitions(in: year) where start > last {
                starts.append(start)
                offsets.append(offset)
            }
        }
        if new[3] == 0 && !rule.hasSummer { offsets[0] = rule.standard * 1_000_000 }
        self.init(name: name, starts: starts, offsets: offsets)
    }
}

extension Timestamp {
    /// The day in UTC.
    public var dayUTC: Day {
        let seconds = self.seconds
        return Day(number: Int32((seconds >= 0 ? seconds : seconds - 86_399) / 86_400))
    }
}

/// The rule at the end of a TZif file, such as `NZST-12NZDT,M9.5.0,M4.1.0/3` (POSIX TZ, with the
/// hours of -167 to 167 that RFC 9636 adds).
private struct POSIXZoneRule {
    /// Seconds east of UTC.
    var standard: Int64
    private var summer: (offset: Int64, begins: Change, ends: Change)?

    /// When in a year the clocks change, by the wall clock before the change.
    private struct Change {
        enum Date {
            case monthWeekDay(Int, Int, Int)
            case julian(Int)
            case dayOfYear(Int)
        }
        var date: Date
        var second: Int64 = 7200
    }

    var hasSummer: Bool { summer != nil }

    init?(_ text: String) {
        var scanner = Scanner(text: Array(text.utf8))
        guard scanner.skipName(), let west = scanner.time() else { return nil }
        standard = -west
        guard !scanner.isAtEnd else { return }
        guard scanner.skipName() else { return nil }
        var offset = standard + 3600
        if !scanner.isAt(0x2C) {
            guard let west = scanner.time() else { return nil }
            offset = -west
        }
        guard scanner.skip(0x2C), let begins = scanner.change(), scanner.skip(0x2C),
            let ends = scanner.change(), scanner.isAtEnd
        else { return nil }
        summer = (offset, begins, ends)
    }

    /// The two changes of a year as (UTC microseconds, offset after), in order of time.
    func transitions(in year: Int) -> [(Int64, Int64)] {
        guard let summer else { return [] }
        let begin = moment(summer.begins, year) - standard
        let end = moment(summer.ends, year) - summer.offset
        let both = [
            (begin * 1_000_000, summer.offset * 1_000_000), (end * 1_000_000, standard * 1_000_000),
        ]
        return begin < end ? both : both.reversed()
    }

    /// The change's second since 1970, as if the wall clock were UTC.
    private func moment(_ change: Change, _ year: Int) -> Int64 {
        let day: Int64
        switch change.date {
        case .monthWeekDay(let month, let week, let weekday):
            let first = Timestamp.Day(
                number: Timestamp.Day.number(year: year, month: month, day: 1))
            // POSIX counts from Sunday 0, `weekday` from Monday 0.
            let ahead = ((weekday + 6) % 7 - first.weekday + 7) % 7
            var date = 1 + ahead + (week - 1) * 7
            while date > Timestamp.Day.count(year: year, month: month) { date -= 7 }
            day = Int64(first.number) + Int64(date - 1)
        case .julian(let number):
            let leap = Timestamp.Day.count(year: year, month: 2) == 29 && number >= 60
            day =
                Int64(Timestamp.Day.number(year: year, month: 1, day: 1))
                + Int64(number - (leap ? 0 : 1))
        case .dayOfYear(let number):
            day = Int64(Timestamp.Day.number(year: year, month: 1, day: 1)) + Int64(number)
        }
        return day * 86_400 + change.second
    }

    private struct Scanner {
        let text: [UInt8]
        var at = 0
        var isAtEnd: Bool { at == text.count }

        init(text: [UInt8]) { self.text = text }

        func isAt(_ byte: UInt8) -> Bool { at < text.count && text[at] == byte }

        mutating func skip(_ byte: UInt8) -> Bool {
            guard isAt(byte) else { return false }
            at += 1
            return true
        }

        mutating func skipName() -> Bool {
            let start = at
            if skip(0x3C) {
                while at < text.count, text[at] != 0x3E { at += 1 }
                return skip(0x3E)
            }
            while at < text.count, (0x41...0x5A).contains(text[at] & ~0x20) { at += 1 }
            return at > start
        }

        mutating func number() -> Int? {
            var value: Int?
            while at < text.count, (0x30...0x39).contains(text[at]) {
                value = (value ?? 0) * 10 + Int(text[at] - 0x30)
                at += 1
            }
            return value
        }

        mutating func time() -> Int64? {
            let negative = isAt(0x2D)
            if negative || isAt(0x2B) { at += 1 }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where skip(0x3A) {
                guard let part = number() else { return nil }
                seconds += part * unit
            }
            return Int64(negative ? -seconds : seconds)
        }

        mutating func change() -> Change? {
            let date: Change.Date
            if skip(0x4D) {
                guard let month = number(), skip(0x2E), let week = number(), skip(0x2E),
                    let weekday = number(), (1...12).contains(month), (1...5).contains(week),
                    weekday < 7
                else { return nil }
                date = .monthWeekDay(month, week, weekday)
            } else if skip(0x4A) {
                guard let day = number() else { return nil }
                date = .julian(day)
            } else {
                guard let day = number() else { return nil }
                date = .dayOfYear(day)
            }
            guard skip(0x2F) else { return Change(date: date) }
            guard let second = time() else { return nil }
            return Change(date: date, second: second)
        }
    }
}
