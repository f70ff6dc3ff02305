import EventModel
import Foundation

/// `feeding-stats`: what a feeder's days looked like, by the local days of its zone.
///
/// The state is the feeds themselves, so that a late report changes the day that it belongs to and
/// nothing else. Days, gaps and hours are worked out in one walk over them when somebody looks.
public struct FeedingStats: Projection {
    public static let name = "feeding-stats"
    public static let version = 1
    public static let needsOrder = false
    public static let feedersAreIndependent = true

    private var log: FeedLog

    public init() { log = FeedLog() }

    /// - Parameters:
    ///   - feedsInMemory: beyond so many, feeds wait in a temporary file.
    ///   - folder: where the file is made.
    init(feedsInMemory: Int, in folder: String = NSTemporaryDirectory()) {
        log = FeedLog(limit: feedsInMemory, folder: folder)
    }

    public mutating func apply(_ press: Press, _ history: borrowing History) {
        log.append(press.time, press.click, at: press.place)
    }

    public mutating func apply(batch presses: Span<Press>, _ history: borrowing History) {
        for place in presses.indices {
            let press = presses[unchecked: place]
            log.append(press.time, press.click, at: press.place)
        }
    }

    public static let readsCodes = true

    public mutating func apply(
        coded batch: borrowing CodedBatch, _ history: borrowing History
    ) -> CodedBatch.Taken { log.append(batch, places: history.places.count) }

    public mutating func merge(_ later: FeedingStats) { log.merge(later.log) }

    public func check() throws { try log.check() }

    public func encode(to coder: inout StateEncoder) {
        let history = coder.history
        let sites = FeedingStats.sites(history).filter { log.count(at: $0.places) > 0 }
        coder.encode(entriesOf: sites.map(\.feeder)) { coder, place in
            let site = sites[place]
            coder.encode(history.zones[site.zone].name)
            coder.encode(log.count(at: site.places))
            var last: Int64 = 0
            log.forEach(at: site.places) { time, click, _ in
                // Time since the feed before and click in one number: about five bytes a feed.
                coder.encode((time.microseconds - last) << 2 | Int64(click.rawValue))
                last = time.microseconds
            }
        }
    }

    public init(from coder: inout StateDecoder) throws {
        log = FeedLog()
        let history = coder.history
        for _ in 0..<(try coder.decodeCount()) {
            let (feeder, zone): (FeederIndex, String) = (
                try coder.decodeFeeder(), try coder.decode()
            )
            let found = history.places(of: feeder).first {
                history.zones[history.places[$0].zone].name == zone
            }
            guard let found else {
                throw StateError(
                    "the snapshot has feeder \(history.name(of: feeder)) in \(zone), the ledger not"
                )
            }
            let place = UInt32(found)
            var time: Int64 = 0
            for _ in 0..<(try coder.decodeCount()) {
                let feed: Int = try coder.decode()
                time &+= Int64(feed >> 2)
                guard let click = ClickKind(rawValue: UInt8(truncatingIfNeeded: feed & 3)) else {
                    throw StateError("the snapshot has a click \(feed & 3)")
                }
                log.append(Timestamp(microseconds: time), click, at: place)
                if let failure = log.failure { throw failure }
            }
        }
    }

    /// The places of one feeder in one zone: portions do not matter to this projection.
    private struct Site {
        var feeder: FeederIndex
        var zone: Int
        var places: [Int]
    }

    /// All sites, in order of feeders' names, then zones' names.
    private static func sites(_ history: History) -> [Site] {
        history.feedersByName.flatMap { feeder in
            var sites: [Site] = []
            for index in history.places(of: feeder) {
                let zone = history.places[index].zone
                if let known = sites.firstIndex(where: { $0.zone == zone }) {
                    sites[known].places.append(index)
                } else {
                    sites.append(Site(feeder: feeder, zone: zone, places: [index]))
                }
            }
            return sites.sorted {
                history.zones[$0.zone].name.utf8.lexicographicallyPrecedes(
                    history.zones[$1.zone].name.utf8)
            }
        }
    }

    /// Calls `day` for each local day with a feed, in order of feeders' names and days, and
    /// `feeder` after the last day of each.
    ///
    /// Feeds of one moment count in order SINGLE, DOUBLE, LONG, then of their zones' names: nothing
    /// else tells them apart in the state.
    public func forEachDay(
        _ history: History, day: (FeederIndex, FeedingDay) throws -> Void,
        feeder: (FeederIndex, FeedingSummary) throws -> Void = { _, _ in }
    ) rethrows {
        let doubleFeed = Int64(history.settings.doubleFeedMinutes) * 60_000_000
        var places: [[Int]] = Array(repeating: [], count: history.feeders.count)
        for site in FeedingStats.sites(history) {
            places[Int(site.feeder.number)] += site.places
        }
        for one in history.feedersByName {
            var walk = FeedingWalk(doubleFeed: doubleFeed, zones: history.zones)
            try log.forEach(at: places[Int(one.number)]) { time, click, place in
                walk.take(time, click, zone: history.places[place].zone)
                while let done = walk.nextDone() { try day(one, done) }
            }
            while let done = walk.nextLeft() { try day(one, done) }
            if let summary = walk.summary { try feeder(one, summary) }
        }
    }
}
