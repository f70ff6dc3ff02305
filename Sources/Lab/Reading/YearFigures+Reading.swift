import EventModel
import Ledger
import Projections

extension YearFigures {
    /// Reads the figures of a ledger's year.
    ///
    /// Two passes: one over the records for the years, one over the rows for the lags. Memory: 24
    /// bytes a press of the year, four a device and content.
    ///
    /// - Parameters:
    ///   - year: 1 to 9999; the last one with a press after its first day if absent.
    ///   - feeder: the name of the one whose presses count; nil for all.
    ///   - progress: called now and then with the share that is done; throws to stop.
    /// - Returns: nil where the ledger has no press, and no year was named.
    /// - Throws: `FeederError.unknown`, `LedgerError`, `ZoneError`.
    public static func read(
        _ ledger: EventLedger, year: Int?, feeder: String?, settings: HydrationSettings,
        zones: TimeZoneDatabase, progress: (Double) throws -> Void = { _ in }
    ) throws -> YearFigures? {
        let head = try ledger.headSequence()
        var presses = try PressReading(ledger, upTo: head, feeder, settings, zones)
        let (years, known) = try presses.years(ledger, upTo: head) { try progress($0 / 2) }
        guard let year = year ?? usualYear(years, known) else { return nil }
        var figures = YearFigures(year: year, feeder: feeder)
        figures.years = years
        figures.known = known
        var fold = YearFold(figures, presses.history, devices: presses.deviceCount)
        if head > 0 {
            try ledger.forEachLag(1...head) { sequence, record, lag, lookup in
                if let place = try presses.place(of: record, at: sequence, lookup) {
                    fold.take(record, sequence, place, lag)
                }
                if sequence & 0xFFFF == 0 {
                    try progress(0.5 + Double(sequence) / Double(head) / 2)
                }
            }
        }
        return fold.finished(devices: presses.devices)
    }

    /// The last year, but for one that has only begun: where clocks differ, a history that ends with a
    /// year has a few presses on the next one's first day.
    private static func usualYear(
        _ years: [(year: Int, presses: Int)], _ known: ClosedRange<Timestamp.Day>?
    ) -> Int? {
        guard let last = years.last?.year, let end = known?.upperBound else { return nil }
        let isOneDay = end == Timestamp.Day(year: last, month: 1, day: 1)
        return isOneDay && years.count > 1 ? years[years.count - 2].year : last
    }
}

/// Tells which events are presses of the feeders that count, and where those stood.
private struct PressReading {
    let history: History
    let devices: [String]
    var deviceCount: Int { devices.count }
    private let index: PlaceIndex
    private let only: FeederIndex?
    /// By content code: whether it is a press; nil where nobody asked yet.
    private var isPress: [Bool?] = []
    private var cursors: [ZoneTable.Cursor]

    init(
        _ ledger: EventLedger, upTo head: Int, _ feeder: String?, _ settings: HydrationSettings,
        _ zones: TimeZoneDatabase
    ) throws {
        history = try History(of: ledger, upTo: head, settings: settings, database: zones)
        devices = try ledger.devices()
        index = PlaceIndex(history, devices: devices)
        only = try feeder.map { [history] name in
            guard let found = history.feeder(named: name) else {
                throw FeederError.unknown(
                    name: name, known: history.feedersByName.map { history.name(of: $0) })
            }
            return found
        }
        cursors = Array(repeating: ZoneTable.Cursor(), count: history.zones.count)
    }

    /// The place of a press that counts; nil for any other event.
    mutating func place(
        of record: EventRecord, at sequence: Int, _ lookup: ContentLookup
    ) throws -> UInt32? {
        guard record.device <= devices.count else {
            throw StateError("sequence \(sequence) names a device that the ledger does not have")
        }
        let code = Int(record.content)
        guard code < 1 << 24 else {
            return try found(try lookup.content(record.content).click != nil, record, sequence)
        }
        while isPress.count <= code { isPress.append(nil) }
        let known: Bool
        if let before = isPress[code] {
            known = before
        } else {
            known = try lookup.content(record.content).click != nil
            isPress[code] = known
        }
        return try found(known, record, sequence)
    }

    private func found(_ isPress: Bool, _ record: EventRecord, _ sequence: Int) throws -> UInt32? {
        guard isPress else { return nil }
        let place = index.place(of: Int(record.device), at: sequence)
        return only == nil || history.places[Int(place)].feeder == only ? place : nil
    }

    /// How many presses each year has, and between which days all lie.
    mutating func years(
        _ ledger: EventLedger, upTo head: Int, progress: (Double) throws -> Void
    ) throws -> ([(year: Int, presses: Int)], ClosedRange<Timestamp.Day>?) {
        var byYear: [Int: Int] = [:]
        var known: ClosedRange<Timestamp.Day>?
        guard head > 0 else { return ([], nil) }
        try ledger.scan(1...head) { first, records, lookup in
            for at in records.indices {
                let record = records[at]
                guard let place = try place(of: record, at: first + at, lookup) else { continue }
                let zone = history.places[Int(place)].zone
                let day = history.zones[zone].wall(
                    at: Timestamp(microseconds: record.time), &cursors[zone]
                ).day
                byYear[day.date.year, default: 0] += 1
                known = min(known?.lowerBound ?? day, day)...max(known?.upperBound ?? day, day)
            }
            try progress(Double(first) / Double(head))
        }
        return (byYear.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, known)
    }
}
