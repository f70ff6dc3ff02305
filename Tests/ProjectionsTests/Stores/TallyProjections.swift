import EventModel
import Projections

/// Counts presses into a table of a given name.
protocol Tally: Projection {
    static var table: String { get }
    var count: Int { get set }
}

extension Tally {
    static var version: Int { 1 }
    mutating func apply(_ press: Press, _ history: borrowing History) { count += 1 }
    mutating func merge(_ later: Self) { count += later.count }
    func encode(to coder: inout StateEncoder) { coder.encode(count) }
    func write(to store: StoreWriter) throws {
        try store.table(Self.table, columns: ["name": .text, "count": .integer]) { row in
            try row([.text("presses"), .integer(count)])
        }
    }
}

struct First: Tally {
    static let name = "tally"
    static let table = "counts"
    var count = 0
    init() {}
    init(from coder: inout StateDecoder) throws { count = try coder.decode() }
}

/// The next version of the first one.
struct Second: Tally {
    static let name = "tally"
    static let version = 2
    static let table = "totals"
    var count = 0
    init() {}
    init(from coder: inout StateDecoder) throws { count = try coder.decode() }
}

/// Its tables begin with the other one's prefix.
struct Longer: Tally {
    static let name = "tally-longer"
    static let table = "counts"
    var count = 0
    init() {}
    init(from coder: inout StateDecoder) throws { count = try coder.decode() }
}

struct Forgetful: Tally {
    static let name = "forgetful"
    static let table = "counts"
    var count = 0
    init() {}
    init(from coder: inout StateDecoder) throws { _ = try coder.decode() as Int }
}

struct FeedDispensed: EventDetail {
    static let detailType = "Feed Dispensed"
    init?(detail: JSONValue) {
        guard detail["grams"]?.int != nil else { return nil }
    }
}

/// Counts what it hears.
struct Listener: Tally {
    static let name = "listener"
    static let table = "counts"
    static let hears: [any EventDetail.Type] = [FeedDispensed.self]
    var count = 0
    init() {}
    init(from coder: inout StateDecoder) throws { count = try coder.decode() }
    mutating func apply(_ press: Press, _ history: borrowing History) {}
    mutating func apply(_ event: HeardEvent, _ history: borrowing History) { count += 1 }
}
