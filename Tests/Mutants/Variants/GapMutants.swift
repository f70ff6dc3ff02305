import EventModel
import Projections

/// The first and the last press, the longest pause in between, and the portion at the last press.
protocol Gapped: Projection {
    var first: Int64 { get set }
    var last: Int64 { get set }
    var longest: Int64 { get set }
    var portion: Int { get set }
}

extension Gapped {
    static var version: Int { 1 }

    mutating func apply(_ press: Press, _ history: borrowing History) {
        let time = press.time.microseconds
        if portion > 0 { longest = max(longest, abs(time - last)) } else { first = time }
        last = time
        portion = history.place(of: press).leftGrams
    }
    func encode(to coder: inout StateEncoder) {
        for value in [first, last, longest] { coder.encode(value) }
        coder.encode(portion)
    }
    mutating func restore(from coder: inout StateDecoder) throws {
        first = Int64(try coder.decode() as Int)
        last = Int64(try coder.decode() as Int)
        longest = Int64(try coder.decode() as Int)
        portion = try coder.decode()
    }
    func write(to store: StoreWriter) throws {
        try store.table("gaps", columns: ["name": .text, "value": .integer]) { row in
            try row([.text("longest"), .integer(Int(longest / 1_000_000))])
            try row([.text("portion"), .integer(portion)])
        }
    }
}

/// Forgets the pause between two parts.
struct LosesTheGapBetween: Gapped {
    static let name = "loses-the-gap-between"
    var (first, last, longest): (Int64, Int64, Int64) = (0, 0, 0)
    var portion = 0
    init() {}
    init(from coder: inout StateDecoder) throws { try restore(from: &coder) }
    mutating func merge(_ later: Self) {
        guard later.portion > 0 else { return }
        if portion == 0 { first = later.first }
        (last, portion) = (later.last, later.portion)
        longest = max(longest, later.longest)
    }
}

/// Keeps the portion of the part that came first.
struct KeepsTheEarlierPortion: Gapped {
    static let name = "keeps-the-earlier-portion"
    var (first, last, longest): (Int64, Int64, Int64) = (0, 0, 0)
    var portion = 0
    init() {}
    init(from coder: inout StateDecoder) throws { try restore(from: &coder) }
    mutating func merge(_ later: Self) {
        guard later.portion > 0 else { return }
        guard portion > 0 else {
            self = later
            return
        }
        longest = max(longest, later.longest, abs(later.first - last))
        last = later.last
    }
}
