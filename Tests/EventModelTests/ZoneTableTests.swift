import EventModel
import Foundation
import Testing

@Suite struct ZoneTableTests {
    static let zones = [
        "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe",
        "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu", "UTC",
    ]

    private func zone(_ name: String) throws -> ZoneTable { try TimeZoneDatabase().zone(name) }

    private static let first = Timestamp.Day(year: 2015, month: 1, day: 1)!
    private static let last = Timestamp.Day(year: 2030, month: 12, day: 31)!

    private func micro(_ day: Timestamp.Day) -> Int64 { Int64(day.number) * 86_400_000_000 }

    @Test(arguments: zones)
    func `offsets are those of Foundation, every hour from 2015 to 2030`(name: String) throws {
        let table = try zone(name)
        let other = try #require(TimeZone(identifier: name))
        var cursor = ZoneTable.Cursor()
        var differences: [String] = []
        let (from, until) = (micro(Self.first) / 1_000_000, micro(Self.last) / 1_000_000)
        for seconds in stride(from: from, to: until, by: 3600) {
            let offset = table.offset(at: Timestamp(seconds: seconds), &cursor) / 1_000_000
            let expected = other.secondsFromGMT(
                for: Date(timeIntervalSince1970: TimeInterval(seconds)))
            if offset != expected {
                differences.append("\(Timestamp(seconds: seconds)): \(offset), \(expected)")
            }
        }
        #expect(
            differences.isEmpty,
            "\(differences.count), from \(differences.first ?? "") to \(differences.last ?? "")")
    }

    @Test(arguments: zones)
    func `the clock on the wall is that of Foundation's Calendar`(name: String) throws {
        let table = try zone(name)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: name))
        var cursor = ZoneTable.Cursor()
        for number in stride(from: Self.first.number, to: Self.last.number, by: 1) {
            // Another hour and minute each day, so that all come up.
            let seconds = Int64(number) * 86_400 + Int64(number) * 5003 % 86_400
            let time = Timestamp(seconds: seconds)
            let wall = table.wall(at: time, &cursor)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second, .weekday],
                from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            let date = wall.day.date
            let second = Int(wall.microsecond / 1_000_000)
            let mine = [
                date.year, date.month, date.day, second / 3600, second / 60 % 60, second % 60,
                (wall.day.weekday + 1) % 7 + 1,
            ]
            let theirs = [
                parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second,
                parts.weekday,
            ]
            #expect(theirs == mine, "\(time)")
        }
    }

    @Test(arguments: zones)
    func `a moment shows the wall time that it was made from, but in a gap`(name: String) throws {
        let table = try zone(name)
        var cursor = ZoneTable.Cursor()
        for number in Self.first.number...Self.last.number {
            let day = Timestamp.Day(number: number)
            for minute in stride(from: Int64(0), to: 1440, by: 30) {
                let asked = minute * 60_000_000
                let moment = table.moment(day, microsecond: asked)
                let wall = table.wall(at: moment, &cursor)
                let shown = micro(wall.day) + wall.microsecond
                if shown == micro(day) + asked {
                    // The first occurrence: an hour (half an hour) before shows another time.
                    for earlier in [Int64(1_800_000_000), 3_600_000_000] {
                        let before = Timestamp(microseconds: moment.microseconds - earlier)
                        let wall = table.wall(at: before, &cursor)
                        #expect(micro(wall.day) + wall.microsecond != shown, "\(moment)")
                    }
                } else {
                    // A gap: later by what was skipped at the transition just before.
                    let changes = table.transitions(
                        from: Timestamp(microseconds: moment.microseconds - 7_200_000_000),
                        until: Timestamp(microseconds: moment.microseconds + 1))
                    let change = try #require(changes.last, "\(day) \(minute)")
                    let before = Timestamp(microseconds: change.microseconds - 1)
                    let skipped = table.offset(at: change) - table.offset(at: before)
                    #expect(shown - micro(day) - asked == skipped, "\(moment)")
                }
            }
        }
    }

    @Test(arguments: zones)
    func `a day on the wall says the same for each of its moments`(name: String) throws {
        let table = try zone(name)
        var (cursor, other) = (ZoneTable.Cursor(), ZoneTable.Cursor())
        var at = micro(Self.first)
        var longest = 0
        while at < micro(Self.last) {
            let found = table.wallDay(at: Timestamp(microseconds: at), &cursor)
            for moment in [found.moments.lowerBound, at, found.moments.upperBound - 1] {
                let wall = table.wall(at: Timestamp(microseconds: moment), &other)
                #expect(wall.day == found.day && wall.microsecond == moment - found.midnight)
            }
            #expect(found.moments.contains(at))
            longest = max(longest, found.moments.count)
            at = found.moments.upperBound
        }
        #expect(longest == 86_400_000_000)
    }

    @Test(arguments: zones)
    func `a day starts at its first moment`(name: String) throws {
        let table = try zone(name)
        for number in Self.first.number...Self.last.number {
            let day = Timestamp.Day(number: number)
            let start = table.start(of: day)
            #expect(table.day(at: start) == day)
            #expect(table.day(at: Timestamp(microseconds: start.microseconds - 1)) < day)
            #expect(table.start(of: Timestamp.Day(number: number + 1)) > start)
        }
    }

    @Test(arguments: [
        // A gap at midnight: the day starts at 1:00.
        ("America/Havana", "2024-03-10", "2024-03-10T05:00:00Z"),
        // A fold at 1:00 back to midnight: the day starts at the first midnight.
        ("America/Havana", "2024-11-03", "2024-11-03T04:00:00Z"),
        // A fold at midnight back to 23:00: the day before has 25 hours.
        ("America/Asuncion", "2024-03-24", "2024-03-24T04:00:00Z"),
        // Skipped: empty, it starts where the next day does.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        // Worked out from the rule at the end of the file.
        ("Pacific/Auckland", "2499-01-01", "2498-12-31T11:00:00Z"),
        ("Europe/Berlin", "2400-07-01", "2400-06-30T22:00:00Z"),
    ])
    func `days at the edges start where they should`(
        name: String, day: String, start: String
    ) throws {
        #expect(try zone(name).start(of: Timestamp.Day(text: day)).shortText == start)
    }

    @Test(arguments: ["", "Mars/Olympus", "../passwd", "/etc/passwd", "Pacific", "a/../UTC"])
    func `what is no zone is refused`(name: String) throws {
        let zones = try TimeZoneDatabase()
        #expect(throws: ZoneError.self) { try zones.zone(name) }
    }
}
