import EventModel
import Ledger
import Projections

/// A ledger's events in memory, so that states at many points can be looked at without reading it again.
///
///     sequence 8 │ time 8 │ device 4 │ content 4        24 bytes an event, each distinct content once
///
/// Of a point that is a time, the events after it are left out, as a hydration leaves them out.
public struct LoadedHistory: Sendable {
    /// What errors call it.
    let path: String
    /// Codes of contents are places in `contents`; codes of devices are places in `devices` from 1.
    var records: [EventRecord] = []
    /// The sequence of each record; they rise.
    var sequences: [Int] = []
    var contents: [EventContent] = []
    let devices: [String]
    let registrations: [(sequence: Int, time: Timestamp, registration: Registration)]
    let until: Timestamp?
    let settings: HydrationSettings
    let database: TimeZoneDatabase
    /// The history of all registrations.
    let history: History

    /// How many events there are.
    public var count: Int { records.count }

    /// The events of a ledger up to a point.
    public init(
        _ ledger: EventLedger, to point: ResolvedPoint,
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase
    ) throws {
        try self.init(
            path: ledger.path, devices: ledger.devices(),
            registrations: ledger.registrations(upTo: point.last), until: point.time,
            settings: settings, database: database)
        guard point.last > 0 else { return }
        var codes: [UInt32: UInt32] = [:]
        records.reserveCapacity(point.time == nil ? point.last : 0)
        sequences.reserveCapacity(point.time == nil ? point.last : 0)
        try ledger.scan(1...point.last, until: point.time) { first, lent, lookup in
            for place in lent.indices {
                var record = lent[place]
                if let code = codes[record.content] {
                    record.content = code
                } else {
                    let code = UInt32(contents.count)
                    contents.append(try lookup.content(record.content))
                    codes[record.content] = code
                    record.content = code
                }
                records.append(record)
                sequences.append(first + place)
            }
        }
    }

    /// A history without events yet.
    init(
        path: String, devices: [String],
        registrations: [(sequence: Int, time: Timestamp, registration: Registration)],
        until: Timestamp?, settings: HydrationSettings, database: TimeZoneDatabase
    ) throws {
        self.path = path
        self.devices = devices
        self.registrations = registrations
        self.until = until
        self.settings = settings
        self.database = database
        history = try History(
            devices: devices, registrations: registrations, until: until, settings: settings,
            database: database)
    }

    /// The same history without what happened after a time, as a hydration until then leaves it out.
    func until(_ time: Timestamp) throws -> LoadedHistory {
        var part = try LoadedHistory(
            path: path, devices: devices, registrations: registrations, until: time,
            settings: settings, database: database)
        part.contents = contents
        for (record, sequence) in zip(records, sequences) where record.time <= time.microseconds {
            part.records.append(record)
            part.sequences.append(sequence)
        }
        return part
    }

    /// The sequence of the last of the first `position` events; 0 before the first.
    func sequence(at position: Int) -> Int { position == 0 ? 0 : sequences[position - 1] }

    /// How many events have a sequence up to this one.
    func position(of sequence: Int) -> Int {
        var (low, high) = (0, sequences.count)
        while low < high {
            let middle = (low + high) / 2
            if sequences[middle] <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The events that can concern a feeder: those of its devices, as registered then, and the
    /// registrations that move a device to it or away.
    func slice(of feeder: FeederIndex) -> LoadedHistory {
        let places = PlaceIndex(history, devices: devices)
        func isThere(_ device: UInt32, _ sequence: Int) -> Bool {
            history.places[Int(places.place(of: Int(device), at: sequence))].feeder == feeder
        }
        var part = self
        (part.records, part.sequences) = ([], [])
        for (record, sequence) in zip(records, sequences) {
            let isOwn =
                isThere(record.device, sequence)
                // A registration counts from the event after it on.
                || (contents[Int(record.content)].isRegistration
                    && isThere(record.device, sequence + 1))
            guard isOwn else { continue }
            part.records.append(record)
            part.sequences.append(sequence)
        }
        return part
    }
}

extension EventContent {
    /// Whether the event says where a device stands.
    var isRegistration: Bool { if case .registration = meaning { true } else { false } }
}
