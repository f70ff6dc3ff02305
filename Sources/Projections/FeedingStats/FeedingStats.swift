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
        let sites = FeedingStats.sites(history).map { ($0, feeds: log.count(at: $0.places)) }
            .filter { $0.feeds > 0 }
        coder.beginEntries(sites.count)
        let parts = FeedingStats.parts(sites.map(\.feeds), history.jobs)
        OrderedWork.run(parts: parts.count, jobs: history.jobs) { part in
            parts[part].map { encoded(sites[$0].0, feeds: sites[$0].feeds, history) }
        } deliver: { part, pieces in
            for (place, numbers) in zip(parts[part], pieces) {
                let (site, feeds) = sites[place]
                coder.beginEntry(of: site.feeder)
                coder.encode(history.zones[site.zone].name)
                coder.encode(feeds)
                if let numbers {
                    numbers.withUnsafeBufferPointer { coder.encode(numbers: $0) }
                } else {
                    forEachNumber(of: site) { coder.encode($0) }
                }
            }
        }
        coder.endEntries()
    }

    /// Neighbours that a thread works on at once: some ten thousand feeds, and fewer of a short history.
    private static func parts(_ feeds: [Int], _ jobs: Int) -> [Range<Int>] {
        OrderedWork.ranges(feeds, share: min(1 << 15, feeds.reduce(0, +) / (4 * jobs)))
    }

    /// Beyond so many feeds of a site, they are encoded as they are delivered: a part has to fit into
    /// memory.
    private static let pieceLimit = 1 << 20

    /// A site's numbers in bytes; nil where they are not made beforehand.
    private func encoded(_ site: Site, feeds: Int, _ history: History) -> [UInt8]? {
        guard history.jobs > 1, feeds <= FeedingStats.pieceLimit else { return nil }
        return [UInt8](unsafeUninitializedCapacity: feeds * StateEncoder.longest) { bytes, count in
            guard let base = bytes.baseAddress else { return }
            forEachNumber(of: site) { count += StateEncoder.write(Int($0), to: base + count) }
        }
    }

    /// What a site's feeds are encoded as: the time since the feed before and the click in one number,
    /// about five bytes.
    private func forEachNumber(of site: Site, _ body: (Int64) -> Void) {
        var last: Int64 = 0
        log.forEach(at: site.places) { time, click, _ in
            body((time.microseconds - last) << 2 | Int64(click.rawValue))
            last = time.microseconds
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
        var places: [[Int]] = Array(repeating: [], count: history.feeders.count)
        for site in FeedingStats.sites(history) {
            places[Int(site.feeder.number)] += site.places
        }
        let feeders = history.feedersByName.map { ($0, places: places[Int($0.number)]) }
        guard history.jobs > 1 else {
            for (one, places) in feeders {
                let summary = try forEachDay(at: places, history) { try day(one, $0) }
                if let summary { try feeder(one, summary) }
            }
            return
        }
        let feeds = feeders.map { log.count(at: $0.places) }
        let parts = FeedingStats.parts(feeds, history.jobs)
        try OrderedWork.run(parts: parts.count, jobs: history.jobs) { part in
            parts[part].map { place in
                var days: [FeedingDay] = []
                let summary = forEachDay(at: feeders[place].places, history) { days.append($0) }
                return (days: days, summary: summary)
            }
        } deliver: { part, found in
            for (place, (days, summary)) in zip(parts[part], found) {
                for one in days { try day(feeders[place].0, one) }
                if let summary { try feeder(feeders[place].0, summary) }
            }
        }
    }

    /// Calls `day` for each day of one feeder's places, and gives all of them together; nil where there
    /// is none.
    @inline(__always)
    private func forEachDay(
        at places: [Int], _ history: History, _ day: (FeedingDay) throws -> Void
    ) rethrows -> FeedingSummary? {
        let doubleFeed = Int64(history.settings.doubleFeedMinutes) * 60_000_000
        var walk = FeedingWalk(doubleFeed: doubleFeed, zones: history.zones)
        try log.forEach(at: places) { time, click, place in
            walk.take(time, click, zone: history.places[place].zone)
            while let done = walk.nextDone() { try day(done) }
        }
        while let done = walk.nextLeft() { try day(done) }
        return walk.summary
    }
}
