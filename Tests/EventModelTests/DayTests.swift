import EventModel
import Foundation
import Testing

@Suite struct `Days of the calendar` {
    /// Foundation's Gregorian calendar changes to the Julian one before 1582-10-15.
    private static let gregorian = Timestamp.Day(year: 1582, month: 10, day: 15)!

    @Test func `a day's date is that of Foundation's calendar`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        let last = try #require(Timestamp.Day(year: 9999, month: 12, day: 31))
        for number in stride(from: Self.gregorian.number, through: last.number, by: 997) {
            let day = Timestamp.Day(number: number)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday],
                from: Date(timeIntervalSince1970: Double(number) * 86_400))
            let date = day.date
            #expect(date.year == parts.year && date.month == parts.month && date.day == parts.day)
            // Foundation counts from Sunday, 1.
            #expect((day.weekday + 1) % 7 + 1 == parts.weekday)
            #expect(Timestamp.Day(year: date.year, month: date.month, day: date.day) == day)
        }
    }

    @Test func `days follow each other without gaps from year 1 to 9999`() throws {
        var number = try #require(Timestamp.Day(year: 1, month: 1, day: 1)).number
        #expect(number == -719_162)
        for year in 1...9999 {
            for month in 1...12 {
                let count = Timestamp.Day.count(year: year, month: month)
                let first = try #require(Timestamp.Day(year: year, month: month, day: 1))
                let last = try #require(Timestamp.Day(year: year, month: month, day: count))
                #expect(first.number == number)
                number = last.number + 1
                #expect(Timestamp.Day(year: year, month: month, day: count + 1) == nil)
            }
        }
    }

    @Test(arguments: [
        ("2024-02-29", 3), ("1970-01-01", 3), ("1969-12-28", 6), ("2000-01-01", 5),
        ("0001-01-01", 0),
    ])
    func `a day reads and writes itself, and knows its weekday`(text: String, weekday: Int) throws {
        let day = try Timestamp.Day(text: text)
        #expect(day.description == text)
        #expect(day.weekday == weekday)
    }

    @Test(arguments: ["2023-02-29", "2024-02-30", "2024-2-3", "2024-02-29T", "", "0000-01-01"])
    func `a wrong day is refused`(text: String) {
        #expect(throws: Timestamp.TextError.self) { try Timestamp.Day(text: text) }
    }

    @Test(arguments: [Int32.min, .max])
    func `the farthest days do not trap`(number: Int32) {
        let day = Timestamp.Day(number: number)
        #expect((0...6).contains(day.weekday))
        #expect((1...12).contains(day.date.month))
    }
}
