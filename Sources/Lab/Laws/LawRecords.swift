import EventModel
import Ledger
import Projections

/// The events that a ledger must hold of those that arrive, as a fold takes them: made without a ledger,
/// so that what reads ledgers can be compared with them.
struct LawRecords {
    /// The events by sequence, from 1 on: of those with one id the first.
    let events: [Event]
    /// Devices by code, from 1 on.
    let devices: [String]
    private(set) var records: [EventRecord] = []
    private(set) var registrations: [(sequence: Int, time: Timestamp, registration: Registration)] =
        []
    let lookup: ContentLookup

    init(_ arrivals: [Event]) {
        var ids: Set<EventID> = []
        events = arrivals.filter { ids.insert($0.id).inserted }
        var codes = DeviceCodes()
        var contents: [EventContent] = []
        var places: [SHA256Digest: UInt32] = [:]
        for (place, event) in events.enumerated() {
            if places[event.content.digest] == nil {
                places[event.content.digest] = UInt32(contents.count)
                contents.append(event.content)
            }
            records.append(
                EventRecord(
                    time: event.time.microseconds,
                    device: event.device.map { codes.code(of: $0) } ?? 0,
                    content: places[event.content.digest] ?? 0))
            if case .registration(let one) = event.content.meaning {
                codes.code(of: one.device)
                registrations.append((place + 1, event.time, one))
            }
        }
        devices = codes.devices
        lookup = ContentLookup(contents, path: "a generated history")
    }

    var last: Int { events.count }

    /// What is known of these events' devices and feeders.
    ///
    /// - Parameters:
    ///   - last: registrations up to this sequence count.
    ///   - time: registrations that happened by then count.
    func history(
        upTo last: Int = .max, until time: Timestamp? = nil, settings: HydrationSettings,
        _ database: TimeZoneDatabase
    ) throws -> History {
        let known = registrations.filter { one in
            one.sequence <= last && (time.map { one.time <= $0 } ?? true)
        }
        return try History(
            devices: devices, registrations: known, settings: settings, database: database)
    }
}
