import EventModel
import Projections

/// The projection of the documentation.
struct GramsServed: Projection {
    static let name = "grams-served"
    static let version = 1
    var grams = PerFeeder<Int>()

    init() {}
    mutating func apply(_ press: Press, _ history: borrowing History) {
        grams[press.feeder] += history.grams(of: press)
    }
    mutating func merge(_ later: GramsServed) { grams.merge(later.grams, +) }
    func encode(to coder: inout StateEncoder) { coder.encode(grams) }
    init(from coder: inout StateDecoder) throws { grams = try coder.decode() }
    func write(to store: StoreWriter) throws {
        try store.table("feeders", columns: ["feeder": .text, "grams": .integer]) { row in
            for feeder in store.history.feedersByName where grams[feeder] != 0 {
                try row([.text(store.history.name(of: feeder)), .integer(grams[feeder])])
            }
        }
    }
}

struct FeedDispensed: EventDetail {
    static let detailType = "Feed Dispensed"
    var grams: Int
    init?(detail: JSONValue) {
        guard let grams = detail["grams"]?.int else { return nil }
        self.grams = grams
    }
}

/// Hears events that are no presses; the order in which they come matters to it.
struct GramsHeard: Projection {
    static let name = "grams-heard"
    static let version = 1
    static let hears: [any EventDetail.Type] = [FeedDispensed.self]
    var grams = PerFeeder<Int>()
    var latest = 0
    var sinceLatest = 0

    init() {}
    mutating func apply(_ press: Press, _ history: borrowing History) { sinceLatest += 1 }
    mutating func apply(_ event: HeardEvent, _ history: borrowing History) {
        guard let dispensed = event.detail as? FeedDispensed else { return }
        grams[event.feeder] += dispensed.grams
        latest = event.sequence
        sinceLatest = 0
    }
    mutating func merge(_ later: GramsHeard) {
        grams.merge(later.grams, +)
        sinceLatest = later.latest == 0 ? sinceLatest + later.sinceLatest : later.sinceLatest
        latest = max(latest, later.latest)
    }
    func encode(to coder: inout StateEncoder) {
        coder.encode(grams)
        coder.encode(latest)
        coder.encode(sinceLatest)
    }
    init(from coder: inout StateDecoder) throws {
        grams = try coder.decode()
        latest = try coder.decode()
        sinceLatest = try coder.decode()
    }
    func write(to store: StoreWriter) throws {
        try store.table(
            "feeders", columns: ["feeder": .text, "grams": .integer]
        ) { row in
            for feeder in store.history.feedersByName where grams[feeder] != 0 {
                try row([.text(store.history.name(of: feeder)), .integer(grams[feeder])])
            }
        }
        try store.table("latest", columns: ["sequence": .integer, "presses": .integer]) { row in
            try row([.integer(latest), .integer(sinceLatest)])
        }
    }
}
