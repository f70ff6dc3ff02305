import EventModel
import Lab
import Projections
import PropertyChecks
import PropertyTesting
import PropertyTimes
import Testing

/// Feeds at times by the clock of one zone, in the order in which they were recorded.
private struct Feeds: Sendable, CustomStringConvertible {
    var zone: ZoneTable
    var feeds: [(time: ZonedTime, click: ClickKind)]

    var description: String {
        "\(zone.name)" + feeds.map { "\n\($0.click.word) \($0.time)" }.joined()
    }

    func given(first count: Int) throws -> Given {
        try Given(
            feeds.prefix(count).enumerated().map { place, feed in
                .press(feed.click, at: feed.time.time.text, id: "feed-\(place + 1)")
            })
    }

    func hydrated(_ given: Given, until point: String = "head") throws -> Hydrated<FeedingStats> {
        try given.hydrate(
            FeedingStats.self, until: point,
            settings: HydrationSettings(defaultZone: zone.name))
    }
}

@Suite(.property(cases: 250)) struct `Feeding days, for any times` {
    private static let zones: [ZoneTable] = [
        "UTC", "Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "America/Sao_Paulo",
    ].compactMap { try? TimeZoneDatabase().zone($0) }

    private static let clicks = Gen.element(of: [ClickKind.single, .double, .long])

    /// Most by the same hour of three days: what is wrong at a change of clocks shows in feeds on both sides.
    private static let histories = Gen<ZonedTime>.times(in: zones)
        .flatMap { base in
            let steps = zip(Gen.integer(in: -1...1), Gen<Int64>.integer(in: -180...180))
            let near = steps.map { days, minutes in
                let micros = (Int64(days) * 1440 + minutes) * 60_000_000
                return ZonedTime(
                    zone: base.zone,
                    time: Timestamp(microseconds: base.time.microseconds + micros))
            }
            let times = Gen.weighted([(4, near), (1, Gen<ZonedTime>.times(in: [base.zone]))])
            return zip(times, clicks).list(of: 1...12).map { feeds in
                Feeds(zone: base.zone, feeds: feeds.map { (time: $0.0, click: $0.1) })
            }
        }

    @Test func `are those that a clock on the wall shows`() async throws {
        try #require(Self.zones.count == 5)
        try await forAll(Self.histories) { history in
            let found = try history.hydrated(history.given(first: .max)).days()
            let groups = Dictionary(grouping: history.feeds) { $0.time.local.day }
            #expect(found.map(\.day) == groups.keys.sorted())
            for day in found {
                let feeds = groups[day.day] ?? []
                #expect(day.feeds == feeds.count)
                #expect(day.long == feeds.count { $0.click == .long })
                #expect(day.first == feeds.map(\.time.time).min())
                #expect(day.last == feeds.map(\.time.time).max())
            }
        }
    }

    @Test func `until any event are those of a ledger that ends there`() async throws {
        let cuts = Self.histories.flatMap { history in
            Gen.integer(in: 1...history.feeds.count).map { (history, $0) }
        }
        try await forAll(cuts) { history, count in
            let cut = try history.hydrated(history.given(first: .max), until: "seq:\(count)")
            let short = try history.hydrated(history.given(first: count))
            #expect(cut.days() == short.days() && cut.digest == short.digest)
        }
    }
}
