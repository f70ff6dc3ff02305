import EventModel
import Testing

@Suite struct `Times as text` {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000001Z", 1),
            ("1969-12-31T23:59:59.999999Z", -1),
            ("1969-12-31T23:59:59Z", -1_000_000),
            ("2024-02-29T18:00:00Z", 1_709_229_600_000_000),
            ("2024-02-29t18:00:00z", 1_709_229_600_000_000),
            ("2024-02-29 18:00:00Z", 1_709_229_600_000_000),
            ("2024-03-01T06:45:00+12:45", 1_709_229_600_000_000),
            ("2024-03-01T06:45:00+1245", 1_709_229_600_000_000),
            ("2024-02-29T08:30:00-09:30", 1_709_229_600_000_000),
            ("2024-02-29T18:00:00-00:00", 1_709_229_600_000_000),
            ("2024-02-29T18:00:00.5Z", 1_709_229_600_500_000),
            ("2024-02-29T18:00:00.123Z", 1_709_229_600_123_000),
            ("2024-02-29T18:00:00.1234567899999999999999Z", 1_709_229_600_123_456),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
            ("1900-02-28T00:00:00Z", -2_203_977_600_000_000),
        ] as [(String, Int64)])
    func `a text is the microseconds since 1970`(text: String, microseconds: Int64) throws {
        #expect(try Timestamp(text: text).microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2024", "2024-02-29", "2024-02-29T", "2024-02-29T18:00Z", "2024-02-29T18:00:00",
        "2024-02-29T18:00:00 Z", "2024-02-29T18:00:00Zx", "2024-02-29T18:00:00+",
        "2024-02-29X18:00:00Z",
        "2024-02-29T18:00:00+1", "2024-02-29T18:00:00+12", "2024-02-29T18:00:00+24:00",
        "2024-02-29T18:00:00+12:60", "2024-02-29T18:00:00.Z", "2024-02-29T18:00:00,5Z",
        "2023-02-29T18:00:00Z", "1900-02-29T00:00:00Z", "2024-04-31T00:00:00Z",
        "2024-00-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z",
        "2024-01-32T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z", "2016-12-31T23:59:61Z", "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "-2024-01-01T00:00:00Z",
        "24-01-01T00:00:00Z", "2024-1-01T00:00:00Z", "２０２４-01-01T00:00:00Z",
        " 2024-01-01T00:00:00Z",
        "20240229T180000Z", "1709229600", "now",
    ])
    func `a wrong text is refused`(text: String) {
        #expect(throws: Timestamp.TextError.self) { try Timestamp(text: text) }
    }

    @Test(arguments: [
        ("2023-02-29T18:00:00Z", "month 2 of 2023 has no day 29"),
        ("2024-01-01T25:00:00Z", "hour 25 is not in 0 to 23"),
        ("2016-12-31T23:59:60Z", "second 60 is a leap second; the ledger's timeline has none"),
        ("2024-01-01T00:00:00", "the time needs a zone: Z, or an offset such as +12:00"),
    ])
    func `the refusal says what was wrong`(text: String, reason: String) {
        let error = #expect(throws: Timestamp.TextError.self) { try Timestamp(text: text) }
        #expect(error?.description == reason)
    }

    @Test(arguments: [
        ("2024-02-29T18:00:00Z", Timestamp.Resolution.second),
        ("2024-02-29T18:00:00.0Z", .millisecond), ("2024-02-29T18:00:00.123Z", .millisecond),
        ("2024-02-29T18:00:00.1230Z", .microsecond),
    ])
    func `the text says how finely it gives the time`(
        text: String, resolution: Timestamp.Resolution
    ) throws {
        let found = try Array(text.utf8).withUnsafeBytes { try Timestamp.parse($0) }
        #expect(found.1 == resolution)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
            (1, "1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            (-1000, "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999000Z"),
            (-86_400_000_001, "1969-12-30T23:59:59.999999Z", "1969-12-30T23:59:59.999999Z"),
            (951_782_400_500_000, "2000-02-29T00:00:00.500Z", "2000-02-29T00:00:00.500000Z"),
        ] as [(Int64, String, String)])
    func `a time writes itself short and in full`(time: Int64, short: String, full: String) {
        #expect(Timestamp(microseconds: time).shortText == short)
        #expect(Timestamp(microseconds: time).text == full)
    }

    @Test func `what is written is read again`() throws {
        var seed: UInt64 = 42
        let span = UInt64(Timestamp.latest.microseconds - Timestamp.earliest.microseconds)
        for _ in 0..<20_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let time = Timestamp(
                microseconds: Timestamp.earliest.microseconds + Int64((seed >> 1) % span))
            #expect(try Timestamp(text: time.text) == time)
            #expect(try Timestamp(text: time.shortText) == time)
        }
    }

    @Test(arguments: [Int64.min, .min + 1, .max, .max - 1])
    func `an absurd time neither traps nor counts as writable`(microseconds: Int64) {
        let time = Timestamp(microseconds: microseconds)
        #expect(!time.isWritable)
        #expect(time.text.utf8.count == 27)
        _ = time.floored(to: .second)
        #expect(time.resolution == .microsecond)
    }

    @Test(
        arguments: [
            (1_999_999, 1_999_000, 1_000_000), (-1, -1000, -1_000_000),
            (-1_000_000, -1_000_000, -1_000_000),
            (0, 0, 0), (1_000, 1_000, 0),
        ] as [(Int64, Int64, Int64)])
    func `flooring goes towards the past`(time: Int64, millisecond: Int64, second: Int64) {
        let time = Timestamp(microseconds: time)
        #expect(time.floored(to: .millisecond).microseconds == millisecond)
        #expect(time.floored(to: .second).microseconds == second)
        #expect(time.floored(to: .microsecond) == time)
    }
}
