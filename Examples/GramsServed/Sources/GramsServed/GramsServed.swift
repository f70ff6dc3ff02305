import EventModel
import Projections

/// `grams-served`: how many grams each feeder has dispensed, into both bowls together.
public struct GramsServed: Projection {
    public static let name = "grams-served"
    public static let version = 1

    public var grams = PerFeeder<Int>()

    public init() {}

    public mutating func apply(_ press: Press, _ history: borrowing History) {
        grams[press.feeder] += history.grams(of: press)
    }

    public mutating func merge(_ later: GramsServed) { grams.merge(later.grams, +) }

    public func encode(to coder: inout StateEncoder) { coder.encode(grams) }

    public init(from coder: inout StateDecoder) throws { grams = try coder.decode() }

    public func write(to store: StoreWriter) throws {
        try store.table("feeders", columns: ["feeder": .text, "grams": .integer]) { row in
            for feeder in store.history.feedersByName where grams[feeder] > 0 {
                try row([.text(store.history.name(of: feeder)), .integer(grams[feeder])])
            }
        }
    }
}
