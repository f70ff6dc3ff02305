import EventModel
import Lab
import Ledger
import Projections
import Testing

@Suite struct `A point in time` {
    @Test(arguments: [
        ("head", PointInTime.head), ("end", .head), ("seq:0", .sequence(0)),
        ("seq:1000", .sequence(1000)), ("id:given-1", .id(.other("given-1"))),
        ("id:seq:4", .id(.other("seq:4"))), ("0%", .millionths(0)), ("50%", .millionths(500_000)),
        ("12.5%", .millionths(125_000)), ("0.0001%", .millionths(1)),
        ("100%", .millionths(1_000_000)), ("100.0%", .millionths(1_000_000)),
        (
            "2024-02-29T18:00:00Z",
            .time(Timestamp(seconds: 1_709_229_600))
        ),
        (
            "2024-02-29T18:00:00.000001+13:00",
            .time(Timestamp(microseconds: 1_709_182_800_000_001))
        ),
    ])
    func `is read from text`(text: String, point: PointInTime) throws {
        #expect(try PointInTime(text: text) == point)
    }

    @Test(arguments: [
        ("", "is no point in time"), ("yesterday", "is no point in time"),
        ("2024-02-30T00:00:00Z", "month 2 of 2024 has no day 30"),
        ("2024-02-29T18:00:00", "names no zone: add Z or an offset"),
        ("seq:", "seq: needs a number"), ("seq:-1", "seq: needs a number"),
        ("seq:+1", "seq: needs a number"), ("seq:1.5", "seq: needs a number"),
        ("seq:99999999999999999999", "seq: needs a number"), ("id:", "needs an event's id"),
        ("%", "no share"), ("101%", "no share"), ("100.0001%", "no share"), ("-1%", "no share"),
        ("-0%", "no share"), ("+5%", "no share"), ("5.%", "no share"), (".5%", "no share"),
        ("1.23456%", "no share"), ("1.2.3%", "no share"), ("٣%", "no share"),
        ("922337203685477.9999%", "no share"), ("9223372036854775807.9999%", "no share"),
    ])
    func `says what is wrong with a text`(text: String, message: String) {
        let error = #expect(throws: PointInTime.TextError.self) { try PointInTime(text: text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    /// In a gap a local time moves forward by it; in a fold it is the first of the two.
    @Test(arguments: [
        ("Pacific/Auckland", "2024-04-07T02:30:00", "2024-04-06T13:30:00Z"),
        ("Pacific/Auckland", "2024-09-29T02:30:00", "2024-09-28T14:30:00Z"),
        ("Australia/Lord_Howe", "2024-04-07T01:45:00", "2024-04-06T14:45:00Z"),
        ("Asia/Beirut", "2024-10-26T23:30:00", "2024-10-26T20:30:00Z"),
        ("Asia/Beirut", "2024-03-31T00:30:00", "2024-03-30T22:30:00Z"),
        ("UTC", "2024-02-29T18:00:00.5", "2024-02-29T18:00:00.500Z"),
        ("Asia/Kathmandu", "1969-12-31T23:59:59", "1969-12-31T18:29:59Z"),
    ])
    func `is read as local time in a zone`(zone: String, text: String, utc: String) throws {
        let table = try TimeZoneDatabase().zone(zone)
        guard case .time(let time) = try PointInTime(text: text, zone: table) else {
            Issue.record("no time")
            return
        }
        #expect(time.shortText == utc)
    }

    @Test(arguments: [
        ("0%", 0), ("9%", 0), ("10%", 1), ("50%", 5), ("55%", 5), ("99.9999%", 9), ("100%", 10),
        ("seq:0", 0), ("seq:10", 10), ("id:given-7", 7), ("head", 10),
    ])
    func `cuts ten events`(text: String, last: Int) throws {
        try withTenEvents { ledger in
            let point = try ledger.resolve(PointInTime(text: text))
            #expect(point == ResolvedPoint(last: last, time: nil))
            let known = try ledger.resolve(
                PointInTime(text: text), knownBy: Timestamp(text: "2024-03-04T12:00:00Z"))
            #expect(known == ResolvedPoint(last: min(last, 4), time: nil))
        }
    }

    @Test(arguments: ["seq:11", "id:nobody"])
    func `is refused where the ledger has none`(text: String) throws {
        try withTenEvents { ledger in
            let point = try PointInTime(text: text)
            #expect(throws: LedgerError.self) { try ledger.resolve(point) }
        }
    }

    private func withTenEvents(_ body: (EventLedger) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let events = (1...10).map {
                GivenEvent.press(.single, at: "2024-03-\($0 < 10 ? "0" : "")\($0)T07:00:00Z")
            }
            try GeneratedHistory.append(Given(events).events, to: folder + "/ten.ledger")
            try body(EventLedger(path: folder + "/ten.ledger"))
        }
    }
}
