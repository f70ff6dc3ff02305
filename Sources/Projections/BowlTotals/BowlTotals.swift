import EventModel

/// `bowl-totals`: how often and how much each bowl of each feeder was filled, and when last.
///
/// SINGLE fills the left bowl, DOUBLE the right, LONG both. The hot path only counts by place and
/// click, without a branch; bowls are worked out when somebody looks.
public struct BowlTotals: Projection {
    public static let name = "bowl-totals"
    public static let version = 1
    public static let needsOrder = false
    public static let feedersAreIndependent = true

    /// What was dispensed into one bowl.
    public struct Total: Equatable, Sendable {
        public var dispenses = 0
        public var grams = 0
        /// nil before the first dispense.
        public var lastDispense: Timestamp?

        public init(dispenses: Int = 0, grams: Int = 0, lastDispense: Timestamp? = nil) {
            self.dispenses = dispenses
            self.grams = grams
            self.lastDispense = lastDispense
        }

        mutating func add(_ other: Total) {
            dispenses += other.dispenses
            grams += other.grams
            if let last = other.lastDispense { lastDispense = max(lastDispense ?? last, last) }
        }
    }

    /// Counts and latest times of the three clicks at one place.
    @usableFromInline struct Clicks: Sendable {
        @usableFromInline var counts: InlineArray<3, Int> = .init(repeating: 0)
        @usableFromInline var latest: InlineArray<3, Int64> = .init(repeating: .min)
        @usableFromInline init() {}
    }

    @usableFromInline var clicks: [Clicks] = []
    /// Totals that came out of a snapshot: left and right of each feeder.
    private var before = PerFeeder<[Total]>(zero: [])

    public init() {}

    @inlinable
    public mutating func apply(_ press: Press, _ history: borrowing History) {
        let place = Int(press.place)
        if place >= clicks.count { grow(to: place) }
        let click = Int(press.click.rawValue)
        clicks[place].counts[click] &+= 1
        clicks[place].latest[click] = max(clicks[place].latest[click], press.time.microseconds)
    }

    public static let readsCodes = true

    /// The same for many, with one look at who owns the table, and none at its size.
    public mutating func apply(
        coded batch: borrowing CodedBatch, _ history: borrowing History
    ) -> CodedBatch.Taken {
        if clicks.count < history.places.count { grow(to: history.places.count - 1) }
        return clicks.withUnsafeMutableBufferPointer { clicks in
            batch.forEachPress { time, place, click in
                clicks[place].counts[click] &+= 1
                if time > clicks[place].latest[click] { clicks[place].latest[click] = time }
            }
        }
    }

    @usableFromInline mutating func grow(to place: Int) {
        clicks.append(contentsOf: repeatElement(Clicks(), count: place + 1 - clicks.count))
    }

    public mutating func merge(_ later: BowlTotals) {
        if later.clicks.count > clicks.count { grow(to: later.clicks.count - 1) }
        for (place, other) in later.clicks.enumerated() {
            for click in 0..<3 {
                clicks[place].counts[click] += other.counts[click]
                clicks[place].latest[click] = max(clicks[place].latest[click], other.latest[click])
            }
        }
        before.merge(later.before, BowlTotals.sum)
    }

    private static func sum(_ a: [Total], _ b: [Total]) -> [Total] {
        if a.isEmpty || b.isEmpty { return a + b }
        var sum = a
        for bowl in sum.indices { sum[bowl].add(b[bowl]) }
        return sum
    }

    /// The totals of each feeder that was ever fed, left and right, in order of names.
    public func totals(_ history: History) -> [(feeder: FeederIndex, left: Total, right: Total)] {
        var totals = before
        for (place, clicks) in clicks.enumerated() {
            // The table may reach beyond the places of a history that was known earlier.
            guard ClickKind.allCases.contains(where: { clicks.counts[Int($0.rawValue)] > 0 }) else {
                continue
            }
            let home = history.places[place]
            var bowls = [Total(), Total()]
            for click in ClickKind.allCases where clicks.counts[Int(click.rawValue)] > 0 {
                let count = clicks.counts[Int(click.rawValue)]
                let last = Timestamp(microseconds: clicks.latest[Int(click.rawValue)])
                for bowl in click.bowls {
                    bowls[Int(bowl.rawValue)].add(
                        Total(
                            dispenses: count, grams: count * home.grams(bowl), lastDispense: last))
                }
            }
            if bowls.contains(where: { $0.dispenses > 0 }) {
                totals[home.feeder] = BowlTotals.sum(totals[home.feeder], bowls)
            }
        }
        return history.feedersByName.compactMap { feeder in
            totals[feeder].isEmpty ? nil : (feeder, totals[feeder][0], totals[feeder][1])
        }
    }

    public func encode(to coder: inout StateEncoder) {
        let totals = totals(coder.history)
        coder.encode(entriesOf: totals.map(\.feeder)) { coder, place in
            for bowl in [totals[place].left, totals[place].right] {
                coder.encode(bowl.dispenses)
                coder.encode(bowl.grams)
                coder.encode(bowl.lastDispense == nil ? 0 : 1)
                coder.encode(bowl.lastDispense?.microseconds ?? 0)
            }
        }
    }

    public init(from coder: inout StateDecoder) throws {
        for _ in 0..<(try coder.decodeCount()) {
            let feeder = try coder.decodeFeeder()
            for _ in Bowl.allCases {
                let (dispenses, grams): (Int, Int) = (try coder.decode(), try coder.decode())
                let (isFilled, last): (Int, Int) = (try coder.decode(), try coder.decode())
                before[feeder].append(
                    Total(
                        dispenses: dispenses, grams: grams,
                        lastDispense: isFilled == 0
                            ? nil : Timestamp(microseconds: Int64(last))))
            }
        }
    }

    public func write(to store: StoreWriter) throws {
        try store.table(
            "bowls", key: 2,
            columns: [
                "feeder": .text, "bowl": .text, "dispenses": .integer, "grams": .integer,
                "lastDispense": .time,
            ]
        ) { row in
            for (feeder, left, right) in totals(store.history) {
                for (bowl, total) in [(Bowl.left, left), (.right, right)] {
                    try row([
                        .text(store.history.name(of: feeder)), .text(bowl.name),
                        .integer(total.dispenses), .integer(total.grams),
                        .optional(total.lastDispense),
                    ])
                }
            }
        }
    }
}
