import EventModel
import Ledger
import Simulation

/// A small made-up history that holds what finds bugs, in order of arrival.
///
///     zones       far apart; clocks change inside the range, some over midnight; a skipped day
///     devices     two buttons of one feeder, one never registered, none at all, two spellings of é
///     feeders     registered before, in the middle, moved to another zone, other portions
///     reports     in time, minutes to days late, twice the same, twice under two ids
///     times       equal ones, a microsecond around a change of clocks, before 1970
///     others      decodable details, spoiled ones, clicks that no button knows
///
/// Addressed by `seed` and `number`: the same address holds the same history, on every machine.
public struct GeneratedHistory: Sendable {
    /// The root of everything that is drawn.
    public let seed: UInt64
    /// Which history of the seed.
    public let number: Int
    /// The events as they arrive, with recorded times; some are there twice, and the ledger skips
    /// the copies.
    public let events: [Event]
    /// Which of the arriving events these are, from 1 on.
    public let numbers: [Int]
    /// How many arrive where none is left out.
    public let arrivals: Int

    /// - Parameters:
    ///   - size: about how many events; by default some histories are tiny, most are not.
    ///   - contents: other events to mix in, such as those that a projection hears.
    public init(
        seed: UInt64, number: Int, size: Int? = nil, including contents: [EventContent] = []
    ) {
        self.seed = seed
        self.number = number
        let sizes = [2, 5, 12, 24, 40, 90]
        var maker = HistoryMaker(seed: seed, number: number, contents: contents)
        let place = (number % sizes.count + sizes.count - 1) % sizes.count
        events = maker.events(size ?? sizes[place])
        arrivals = events.count
        numbers = Array(1..<arrivals + 1)
    }

    /// Events of a recorded ledger, with their sequences.
    init(recorded events: [(sequence: Int, event: Event)]) {
        (seed, number, arrivals) = (1, 0, events.count)
        self.events = events.map(\.event)
        numbers = events.map(\.sequence)
    }

    private init(_ whole: GeneratedHistory, keeping places: [Int]) {
        (seed, number, arrivals) = (whole.seed, whole.number, whole.arrivals)
        events = places.map { whole.events[$0] }
        numbers = places.map { whole.numbers[$0] }
    }

    /// The same history with some of its events alone.
    ///
    /// - Parameter wanted: which of the arriving events, from 1 on.
    /// - Throws: `LawAddressError` where the history has no such events.
    public func keeping(_ wanted: [Int]) throws(LawAddressError) -> GeneratedHistory {
        let known = Set(numbers)
        if let odd = wanted.first(where: { !known.contains($0) }) {
            throw LawAddressError(
                description: "history \(number) of seed \(seed) has no event \(odd): it has"
                    + " \(arrivals), from 1 on. Was it made with the same size?")
        }
        let kept = Set(wanted)
        return GeneratedHistory(
            self, keeping: numbers.indices.filter { kept.contains(numbers[$0]) })
    }

    /// Appends the events to a ledger, which need not be there yet.
    ///
    /// - Parameter batch: how many events an append takes.
    @discardableResult
    public func append(to path: String, batch: Int = 64) throws -> AppendOutcome {
        try GeneratedHistory.append(
            events, to: path, provenance: "{\"seed\":\(seed),\"number\":\(number)}", batch: batch)
    }

    /// Appends events to a ledger, and closes it.
    @discardableResult
    public static func append(
        _ events: [Event], to path: String, provenance: String = "{}", batch: Int = 64
    ) throws -> AppendOutcome {
        let writer = try LedgerWriter(path: path) { _ in provenance }
        var outcome = AppendOutcome()
        for start in stride(from: 0, to: events.count, by: batch) {
            outcome += try writer.append(Array(events[start..<min(start + batch, events.count)]))
        }
        try writer.append([], isComplete: true)
        try writer.close()
        return outcome
    }
}

/// A stretch of days in which clocks do something, and zones that notice.
struct HistorySeason: Sendable {
    var begin: Timestamp
    var days: Int
    var zones: [String]

    /// - Parameter begin: a UTC day such as `2024-04-05`.
    private init(_ begin: (Int, Int, Int), days: Int, zones: [String]) {
        let day = Timestamp.Day(year: begin.0, month: begin.1, day: begin.2)
        self.begin = Timestamp(seconds: Int64(day?.number ?? 0) * 86_400)
        self.days = days
        self.zones = zones
    }

    static let all = [
        // Apia goes from 2011-12-29 to 2011-12-31.
        HistorySeason(
            (2011, 12, 28), days: 5,
            zones: ["Pacific/Apia", "Pacific/Auckland", "Pacific/Pago_Pago", "UTC"]),
        // An hour, and half an hour, back.
        HistorySeason(
            (2024, 4, 5), days: 5,
            zones: ["Pacific/Auckland", "Australia/Lord_Howe", "America/Havana", "UTC"]),
        // Back over midnight, into the day before.
        HistorySeason(
            (2024, 10, 25), days: 4,
            zones: ["Asia/Beirut", "Europe/Berlin", "Pacific/Kiritimati", "UTC"]),
        HistorySeason(
            (2023, 11, 3), days: 4,
            zones: ["America/Havana", "America/New_York", "Asia/Kathmandu", "UTC"]),
        // Forward over midnight: a day that begins at one o'clock.
        HistorySeason(
            (2024, 3, 8), days: 24,
            zones: ["America/Havana", "Asia/Beirut", "Africa/Casablanca", "Pacific/Apia"]),
        // Negative microseconds.
        HistorySeason(
            (1969, 12, 30), days: 4,
            zones: ["Europe/Berlin", "Pacific/Auckland", "Pacific/Pago_Pago", "UTC"]),
    ]
}
