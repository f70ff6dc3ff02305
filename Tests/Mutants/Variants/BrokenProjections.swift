import EventModel
import Projections

/// A projection with a count and a sum of grams, to be broken in one place at a time.
protocol Breakable: Projection {
    var presses: Int { get set }
    var grams: Int { get set }
}

extension Breakable {
    static var version: Int { 1 }

    mutating func apply(_ press: Press, _ history: borrowing History) { count(press, history) }
    mutating func merge(_ later: Self) { add(later) }
    func encode(to coder: inout StateEncoder) { encodeAll(to: &coder) }
    func write(to store: StoreWriter) throws { try writeAll(to: store) }

    mutating func count(_ press: Press, _ history: borrowing History) {
        presses += 1
        grams += history.grams(of: press)
    }
    mutating func add(_ later: Self) {
        presses += later.presses
        grams += later.grams
    }
    func encodeAll(to coder: inout StateEncoder) {
        coder.encode(presses)
        coder.encode(grams)
    }
    init(from coder: inout StateDecoder) throws {
        self.init()
        try restore(from: &coder)
    }
    mutating func restore(from coder: inout StateDecoder) throws {
        presses = try coder.decode()
        grams = try coder.decode()
    }
    func writeAll(to store: StoreWriter) throws {
        try store.table("sums", columns: ["name": .text, "value": .integer]) { row in
            try row([.text("grams"), .integer(grams)])
            try row([.text("presses"), .integer(presses)])
        }
    }
}

/// Broken nowhere.
struct Sound: Breakable {
    static let name = "sound"
    var presses = 0
    var grams = 0
    init() {}
}

struct ForgetsInMerge: Breakable {
    static let name = "forgets-in-merge"
    var presses = 0
    var grams = 0
    init() {}
    mutating func merge(_ later: Self) { presses += later.presses }
}

/// Merges as if the earlier part did not matter.
struct MergesBackwards: Breakable {
    static let name = "merges-backwards"
    var presses = 0
    var grams = 0
    init() {}
    mutating func apply(_ press: Press, _ history: borrowing History) { grams = press.sequence }
    mutating func merge(_ later: Self) { grams = later.grams }
}

/// Takes the first press of each batch for the whole batch.
struct CountsBatches: Breakable {
    static let name = "counts-batches"
    var presses = 0
    var grams = 0
    init() {}
    mutating func apply(batch: Span<Press>, _ history: borrowing History) {
        count(batch[0], history)
        presses += batch.count - 1
    }
}

struct DigestWithoutGrams: Breakable {
    static let name = "digest-without-grams"
    var presses = 0
    var grams = 0
    init() {}
    init(from coder: inout StateDecoder) throws { presses = try coder.decode() }
    func encode(to coder: inout StateEncoder) { coder.encode(presses) }
}

struct DoesNotRestoreGrams: Breakable {
    static let name = "does-not-restore-grams"
    var presses = 0
    var grams = 0
    init() {}
    init(from coder: inout StateDecoder) throws {
        presses = try coder.decode()
        _ = try coder.decode() as Int
    }
}

struct LeavesBytesUnread: Breakable {
    static let name = "leaves-bytes-unread"
    var presses = 0
    var grams = 0
    init() {}
    init(from coder: inout StateDecoder) throws { presses = try coder.decode() }
}

/// Keeps what was restored apart, and counts it again.
struct DoubleCountsOnResume: Breakable {
    static let name = "double-counts-on-resume"
    var presses = 0
    var grams = 0
    var isRestored = false
    init() {}
    init(from coder: inout StateDecoder) throws {
        try restore(from: &coder)
        isRestored = true
    }
    mutating func apply(_ press: Press, _ history: borrowing History) {
        if isRestored { presses += presses }
        isRestored = false
        count(press, history)
    }
}

struct DigestOfIndices: Breakable {
    static let name = "digest-of-indices"
    var presses = 0
    var grams = 0
    init() {}
    mutating func apply(_ press: Press, _ history: borrowing History) {
        grams += Int(press.feeder.number)
    }
}

/// Keeps the sequence of the press that came last.
protocol KeepsTheLast: Breakable {}

extension KeepsTheLast {
    mutating func apply(_ press: Press, _ history: borrowing History) {
        presses += 1
        grams = press.sequence
    }
    mutating func merge(_ later: Self) {
        presses += later.presses
        if later.presses > 0 { grams = later.grams }
    }
}

/// Says that order does not matter to it.
struct ClaimsNoOrder: KeepsTheLast {
    static let name = "claims-no-order"
    static let needsOrder = false
    var presses = 0
    var grams = 0
    init() {}
}

/// The same without the claim: nothing is broken.
struct NeedsOrder: KeepsTheLast {
    static let name = "needs-order"
    var presses = 0
    var grams = 0
    init() {}
}

struct RowsOutOfOrder: Breakable {
    static let name = "rows-out-of-order"
    var presses = 0
    var grams = 0
    init() {}
    func write(to store: StoreWriter) throws {
        try store.table("sums", columns: ["name": .text, "value": .integer]) { row in
            try row([.text("presses"), .integer(presses)])
            try row([.text("grams"), .integer(grams)])
        }
    }
}
