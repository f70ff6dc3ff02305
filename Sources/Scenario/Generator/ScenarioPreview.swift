import EventModel

/// What a run of a scenario looks like, counted: hours of the week and days of the year as the clocks on
/// the walls of the households show them.
public struct ScenarioPreview: Sendable {
    /// Presses by weekday, Monday first, and by local hour.
    public private(set) var week = Array(repeating: Array(repeating: 0, count: 24), count: 7)
    /// Presses by local day.
    public private(set) var days: [Timestamp.Day: Int] = [:]
    public private(set) var presses = 0
    /// Presses of which no report came.
    public private(set) var lost = 0
    public private(set) var registrations = 0
    /// Events that are neither press nor registration.
    public private(set) var others = 0
    /// Reports by what became of them, in order of the names of `PressFaults`.
    public private(set) var faults: [(name: String, count: Int)] = []

    private let contents: [EventContent]
    private let zones: [ZoneTable]
    /// The zone of each content's device: a place in `zones`.
    private var places: [Int]
    private let devices: [String: [Int]]
    private let zoneNames: [String: Int]
    private var cursors: [ZoneTable.Cursor]

    /// A preview of what `generator` is about to make.
    ///
    /// - Throws: `ZoneError` where the tz database lacks a zone.
    public init(_ generator: ScenarioGenerator, zones database: TimeZoneDatabase) throws(ZoneError)
    {
        contents = generator.contents
        var tables: [ZoneTable] = [.utc]
        var names = ["UTC": 0]
        var devices: [String: [Int]] = [:]
        for (place, content) in contents.enumerated() {
            if let device = content.device { devices[device, default: []].append(place) }
            guard case .registration(let one) = content.meaning, names[one.timeZone] == nil else {
                continue
            }
            names[one.timeZone] = tables.count
            tables.append(try database.zone(one.timeZone))
        }
        self.devices = devices
        (zones, zoneNames) = (tables, names)
        places = Array(repeating: 0, count: contents.count)
        cursors = Array(repeating: ZoneTable.Cursor(), count: tables.count)
        let all = PressFaults(rawValue: .max).names
        faults = all.map { ($0, 0) }
    }

    /// Counts what a batch holds, and the presses that were lost meanwhile.
    public mutating func take(_ events: [PlannedEvent], lost: [PressTruth]) {
        for event in events {
            switch contents[event.content].meaning {
            case .press: count(event)
            case .registration(let one):
                registrations += 1
                for place in devices[one.device] ?? [] {
                    places[place] = zoneNames[one.timeZone] ?? 0
                }
            case .other: others += 1
            }
        }
        self.lost += lost.count
        for truth in lost { count(truth.faults) }
    }

    private mutating func count(_ event: PlannedEvent) {
        presses += 1
        let zone = places[event.content]
        let time = event.truth?.pressed ?? event.time
        let (day, microsecond) = zones[zone].wall(at: time, &cursors[zone])
        week[day.weekday][Int(microsecond / 3_600_000_000)] += 1
        days[day, default: 0] += 1
        if let truth = event.truth { count(truth.faults) }
    }

    private mutating func count(_ found: PressFaults) {
        for place in faults.indices where found.rawValue >> UInt8(place) & 1 == 1 {
            faults[place].count += 1
        }
    }
}
