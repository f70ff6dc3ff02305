import EventModel
import Projections

/// Presses by feeder in a hash table without collisions, written in the order of the buckets: an order of
/// codes, which are others in another ledger of the same devices.
///
/// Swift's own dictionaries would do the same, and otherwise in every process.
struct WritesInHashOrder: Projection {
    static let name = "writes-in-hash-order"
    static let version = 1
    private var buckets: [(feeder: FeederIndex, presses: Int)?] = Array(repeating: nil, count: 64)

    init() {}

    private mutating func add(_ presses: Int, of feeder: FeederIndex) {
        // An odd factor: no two of 64 feeders meet, which is more than a history has.
        let bucket = Int(feeder.number) * 37 % 64
        buckets[bucket] = (feeder, (buckets[bucket]?.presses ?? 0) + presses)
    }

    mutating func apply(_ press: Press, _ history: borrowing History) {
        add(1, of: press.feeder)
    }

    mutating func merge(_ later: Self) {
        for case (let feeder, let presses)? in later.buckets { add(presses, of: feeder) }
    }

    func encode(to coder: inout StateEncoder) {
        let taken = buckets.compactMap(\.self)
        coder.encode(entriesOf: taken.map(\.feeder)) { coder, place in
            coder.encode(taken[place].presses)
        }
    }

    init(from coder: inout StateDecoder) throws {
        for _ in 0..<(try coder.decodeCount()) {
            let feeder = try coder.decodeFeeder()
            add(try coder.decode(), of: feeder)
        }
    }

    func write(to store: StoreWriter) throws {
        try store.table("presses", columns: ["feeder": .text, "presses": .integer]) { row in
            for feeder in store.history.feedersByName {
                guard
                    let bucket = buckets.lazy.compactMap(\.self).first(where: {
                        $0.feeder == feeder
                    })
                else { continue }
                try row([.text(store.history.name(of: feeder)), .integer(bucket.presses)])
            }
        }
    }
}
