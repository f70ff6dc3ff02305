import EventModel
import Foundation
import Lab
import Ledger
import Projections

/// A generated history in a ledger of its own; gone with the test.
final class HistoryBench {
    let folder: String
    let ledger: EventLedger
    let head: Int
    let database: TimeZoneDatabase

    init(_ events: [Event]) throws {
        folder = NSTemporaryDirectory() + "replaylab-differences-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        database = try TimeZoneDatabase()
        try GeneratedHistory.append(events, to: folder + "/l")
        ledger = try EventLedger(path: folder + "/l")
        head = try ledger.headSequence()
    }

    /// - Parameter isPlain: whether feeders have names that things on AWS may have.
    convenience init(_ number: Int, size: Int? = nil, isPlain: Bool = false) throws {
        let noise = EventContent(
            source: "com.feedmyfurbabies.feeder", detailType: "Feed Dispensed", device: nil,
            detail: "{\"grams\": 7}")
        let events = GeneratedHistory(seed: 6, number: number, size: size, including: [noise])
            .events
        try self.init(isPlain ? events.map(Self.plain) : events)
    }

    private static func plain(_ event: Event) -> Event {
        func plain(_ text: String) -> String {
            String(String.UnicodeScalarView(text.unicodeScalars.filter(\.isASCII)))
        }
        var event = event
        let content = event.content
        if case .registration(var one) = content.meaning {
            (one.device, one.feeder) = (plain(one.device), plain(one.feeder))
            event.content = one.content(envelope: nil)
        } else {
            event.content = EventContent(
                source: content.source, detailType: content.detailType,
                device: content.device.map(plain), detail: content.detail, form: content.form,
                envelope: content.envelope)
        }
        return event
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// All events, with their recorded times.
    func events() throws -> [Event] {
        var events: [Event] = []
        if head > 0 { try ledger.forEachEvent(1...head) { events.append($1) } }
        return events
    }

    func loaded(until time: Timestamp? = nil) throws -> LoadedHistory {
        try LoadedHistory(
            ledger, to: ResolvedPoint(last: head, time: time), database: database)
    }

    /// The tables that a hydration to this sequence leads to, which nothing of the differences' own code
    /// has touched.
    func tables(
        _ type: any Projection.Type, at sequence: Int, until time: Timestamp? = nil
    ) throws -> [RowTable] {
        var hydration = try Hydration(
            ledger, to: ResolvedPoint(last: sequence, time: time), projections: [type],
            database: database)
        try hydration.run()
        return try ProjectionTables(hydration.folds[0], hydration.history).tables.map { table in
            RowTable(
                name: Self.spelled(table.shape.name),
                columns: table.shape.columns.map(Self.spelled), key: table.shape.key,
                rows: table.rows.map { row in
                    row.map { cell in
                        if case .time(let time) = cell { .text(time.shortText) } else { cell }
                    }
                })
        }
    }

    private static func spelled(_ name: String) -> String {
        name.replacing(/[A-Z]/) { "_" + $0.output.lowercased() }
    }
}

/// Presses by a feeder's local days: right.
protocol DayCounting: Projection {
    var presses: PerFeeder<[Int: Int]> { get set }
    func day(of press: Press, _ history: borrowing History) -> Timestamp.Day?
}

extension DayCounting {
    static var version: Int { 1 }
    static var feedersAreIndependent: Bool { true }

    mutating func apply(_ press: Press, _ history: borrowing History) {
        guard let day = day(of: press, history) else { return }
        presses[press.feeder][Int(day.number), default: 0] += 1
    }
    mutating func merge(_ later: Self) {
        presses.merge(later.presses) { $0.merging($1, uniquingKeysWith: +) }
    }
    func encode(to coder: inout StateEncoder) {
        let touched = coder.history.feedersByName.filter { !presses[$0].isEmpty }
        coder.encode(entriesOf: touched) { coder, place in
            let days = presses[touched[place]].sorted { $0.key < $1.key }
            coder.encode(days.count)
            for (day, count) in days {
                coder.encode(day)
                coder.encode(count)
            }
        }
    }
    func write(to store: StoreWriter) throws {
        try store.table(
            "dayCounts", key: 2,
            columns: ["feeder": .text, "dayNumber": .integer, "pressCount": .integer]
        ) { row in
            for feeder in store.history.feedersByName {
                for (day, count) in presses[feeder].sorted(by: { $0.key < $1.key }) {
                    try row([
                        .text(store.history.name(of: feeder)), .integer(day), .integer(count),
                    ])
                }
            }
        }
    }
}

extension DayCounting {
    static func decoded(_ coder: inout StateDecoder) throws -> PerFeeder<[Int: Int]> {
        var presses = PerFeeder<[Int: Int]>(zero: [:])
        for _ in 0..<(try coder.decodeCount()) {
            let feeder = try coder.decodeFeeder()
            for _ in 0..<(try coder.decodeCount()) {
                let day: Int = try coder.decode()
                presses[feeder][day] = try coder.decode()
            }
        }
        return presses
    }
}

struct LocalDays: DayCounting {
    static let name = "local-days"
    var presses = PerFeeder<[Int: Int]>(zero: [:])
    init() {}
    init(from coder: inout StateDecoder) throws { presses = try Self.decoded(&coder) }
    func day(of press: Press, _ history: borrowing History) -> Timestamp.Day? {
        history.day(of: press)
    }
}

/// Counts by UTC day.
struct UTCDays: DayCounting {
    static let name = "utc-days"
    var presses = PerFeeder<[Int: Int]>(zero: [:])
    init() {}
    init(from coder: inout StateDecoder) throws { presses = try Self.decoded(&coder) }
    func day(of press: Press, _ history: borrowing History) -> Timestamp.Day? {
        press.time.dayUTC
    }
}

/// Misses the first press of each batch of eight sequences: off by one.
struct SkippingDays: DayCounting {
    static let name = "skipping-days"
    var presses = PerFeeder<[Int: Int]>(zero: [:])
    init() {}
    init(from coder: inout StateDecoder) throws { presses = try Self.decoded(&coder) }
    func day(of press: Press, _ history: borrowing History) -> Timestamp.Day? {
        press.sequence % 8 == 7 ? nil : history.day(of: press)
    }
}

/// Another version of `LocalDays`: a column more, and a table more.
struct LocalDays2: Projection {
    static let name = "local-days-2"
    static let version = 2
    var days = LocalDays()
    init() {}
    init(from coder: inout StateDecoder) throws { days = try LocalDays(from: &coder) }
    mutating func apply(_ press: Press, _ history: borrowing History) { days.apply(press, history) }
    mutating func merge(_ later: Self) { days.merge(later.days) }
    func encode(to coder: inout StateEncoder) { days.encode(to: &coder) }
    func write(to store: StoreWriter) throws {
        try store.table(
            "dayCounts", key: 2,
            columns: [
                "feeder": .text, "dayNumber": .integer, "isEven": .integer, "pressCount": .integer,
            ]
        ) { row in
            for feeder in store.history.feedersByName {
                for (day, count) in days.presses[feeder].sorted(by: { $0.key < $1.key }) {
                    try row([
                        .text(store.history.name(of: feeder)), .integer(day),
                        .integer(1 - abs(day % 2)), .integer(count),
                    ])
                }
            }
        }
        try store.table("extras", columns: ["name": .text]) { _ in }
    }
}

/// `bowl-totals` that loses what comes after the 20th event: a batch that never arrived.
struct LosesTail: Projection {
    static let name = BowlTotals.name
    static let version = BowlTotals.version
    private var totals = BowlTotals()
    init() {}
    init(from coder: inout StateDecoder) throws { totals = try BowlTotals(from: &coder) }
    mutating func apply(_ press: Press, _ history: borrowing History) {
        if press.sequence <= 20 { totals.apply(press, history) }
    }
    mutating func merge(_ later: Self) { totals.merge(later.totals) }
    func encode(to coder: inout StateEncoder) { totals.encode(to: &coder) }
    func write(to store: StoreWriter) throws { try totals.write(to: store) }
}

/// A row for each feeder that is known, and one that comes and goes: what neither a slice by feeder nor a
/// prefix of the registrations may get wrong.
struct KnownFeeders: Projection {
    static let name = "known-feeders"
    static let version = 1
    static let feedersAreIndependent = true
    var presses = PerFeeder<Int>()
    init() {}
    init(from coder: inout StateDecoder) throws { presses = try coder.decode() }
    mutating func apply(_ press: Press, _ history: borrowing History) { presses[press.feeder] += 1 }
    mutating func merge(_ later: Self) { presses.merge(later.presses, +) }
    func encode(to coder: inout StateEncoder) { coder.encode(presses) }
    func write(to store: StoreWriter) throws {
        // The most that any feeder has: a row of one feeder that depends on all.
        let most = store.history.feedersByName.map { presses[$0] }.max() ?? 0
        try store.table(
            "shares", columns: ["feeder": .text, "presses": .integer, "most": .integer]
        ) { row in
            for feeder in store.history.feedersByName {
                try row([
                    .text(store.history.name(of: feeder)), .integer(presses[feeder]),
                    .integer(most),
                ])
            }
        }
    }
}
