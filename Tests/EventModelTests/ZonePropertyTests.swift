import EventModel
import PropertyChecks
import PropertyTesting
import PropertyTimes
import Testing

@Suite(.property(cases: 600)) struct `A zone, for any time` {
    /// Changes by an hour, by half an hour, at midnight, before UTC's day, by a whole day, and never.
    private static let zones: [ZoneTable] = [
        "UTC", "Europe/Berlin", "Pacific/Auckland", "Pacific/Apia", "Australia/Lord_Howe",
        "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns",
    ].compactMap { try? TimeZoneDatabase().zone($0) }

    @Test func `has a moment for each local time: the first, and past a gap as far as into it`()
        async throws
    {
        try #require(Self.zones.count == 9)
        try await forAll(.localTimes(in: Self.zones)) { (local: LocalTime) in
            let found = local.zone.moment(local.day, microsecond: local.microsecond)
            if let first = local.moments.first {
                #expect(found == first)
            } else {
                #expect(local.moments.isEmpty && found == Self.pastGap(local))
            }
        }
    }

    /// The moment by the offset before the change that skips a local time.
    private static func pastGap(_ local: LocalTime) -> Timestamp? {
        let reach: Int64 = 2 * 86_400_000_000
        let changes = local.zone.transitions(
            from: Timestamp(microseconds: local.local - reach),
            until: Timestamp(microseconds: local.local + reach))
        for change in changes {
            let moment = change.microseconds
            let before = local.zone.offset(at: Timestamp(microseconds: moment - 1))
            let after = local.zone.offset(at: change)
            guard before < after else { continue }
            if (moment + before..<moment + after).contains(local.local) {
                return Timestamp(microseconds: local.local - before)
            }
        }
        return nil
    }

    @Test func `starts each day at its first moment`() async throws {
        try await forAll(.times(in: Self.zones)) { (time: ZonedTime) in
            let zone = time.zone
            let day = zone.day(at: time.time)
            let start = zone.start(of: day)
            #expect(start <= time.time && zone.day(at: start) == day)
            #expect(zone.day(at: Timestamp(microseconds: start.microseconds - 1)) < day)
        }
    }

    @Test func `says of a day how long its answer holds`() async throws {
        try await forAll(.times(in: Self.zones)) { (time: ZonedTime) in
            func wallDay(_ microseconds: Int64) -> ZoneTable.WallDay {
                var cursor = ZoneTable.Cursor()
                return time.zone.wallDay(at: Timestamp(microseconds: microseconds), &cursor)
            }
            let wall = wallDay(time.time.microseconds)
            #expect(wall.moments.contains(time.time.microseconds))
            for edge in [wall.moments.lowerBound, wall.moments.upperBound - 1] {
                #expect(wallDay(edge).day == wall.day && wallDay(edge).midnight == wall.midnight)
            }
            for edge in [wall.moments.lowerBound - 1, wall.moments.upperBound] {
                #expect(wallDay(edge).day != wall.day || wallDay(edge).midnight != wall.midnight)
            }
        }
    }

    @Test func `is drawn where clocks change`() async throws {
        let changing = Array(Self.zones.dropFirst())
        #expect(await simplest(changing) { $0.moments.isEmpty } != nil)
        #expect(await simplest(changing) { $0.moments.count == 2 } != nil)
        #expect(await simplest(changing) { $0.day.date.year < 1970 } != nil)
        let apia = try TimeZoneDatabase().zone("Pacific/Apia")
        let never = Timestamp.Day(year: 2011, month: 12, day: 30)
        #expect(await simplest([apia]) { $0.day == never && $0.moments.isEmpty } != nil)
    }

    @Test func `shrinks to noon in UTC`() async throws {
        let any = await simplest(Self.zones) { _ in true }
        #expect(any?.description == "2000-01-01 12:00:00.000000 UTC")
        let abroad = await simplest(Self.zones) { $0.zone.name != "UTC" }
        #expect(abroad?.description == "2000-01-01 12:00:00.000000 Europe/Berlin")
    }

    /// Looks for a local time of a kind, and makes it simple.
    private func simplest(
        _ zones: [ZoneTable], _ isWanted: @escaping (LocalTime) -> Bool
    ) async -> LocalTime? {
        let search = Search(Gen<LocalTime>.localTimes(in: zones)) { value, _ in
            isWanted(value) ? .failed("it") : .passed
        }
        return await search.run(seed: 1, cases: 2_000).finding?.value
    }

    @Test func `knows Apia's day that never was, and the one before`() throws {
        let apia = try TimeZoneDatabase().zone("Pacific/Apia")
        let day = try #require(Timestamp.Day(year: 2011, month: 12, day: 30))
        let noon = LocalTime(zone: apia, local: Int64(day.number) * 86_400_000_000 + 43_200_000_000)
        #expect(noon.moments.isEmpty)
        #expect(noon.description == "2011-12-30 12:00:00.000000 Pacific/Apia (skipped)")
    }
}
