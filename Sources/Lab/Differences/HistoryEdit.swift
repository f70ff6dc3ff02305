import EventModel
import Ledger
import Projections

/// A change to a history that never happened.
public enum HistoryEdit: Sendable {
    /// The event at this sequence does not come.
    case without(Int)
    /// This event comes besides. Without a recorded time it is recorded when it happens.
    case insert(Event)
    /// The report of the event at this sequence is recorded so many microseconds later, and takes its
    /// place in the ledger's order there. When the event says that it happened stays.
    case delay(Int, microseconds: Int64)
}

/// A ledger's events in the order that they would have after some edits, numbered anew from 1: what the
/// edited export of a ledger is, once it is imported.
struct EditedOrder {
    enum Entry {
        /// The event at this sequence, as it is.
        case kept(Int)
        /// The arrival at this place of `arrivals`.
        case arrival(Int)
    }

    /// An event that has moved or is new, as it is recorded then.
    struct Arrival {
        /// Its sequence in the ledger; nil for a new one.
        var sequence: Int?
        var event: Event
        /// The place that it has now, from 1.
        var place = 0

        var recorded: Timestamp { event.recorded ?? event.time }
    }

    private(set) var entries: [Entry] = []
    /// Sequences of events that are left out.
    private(set) var removed: [Int] = []
    /// In the order in which they are recorded.
    private(set) var arrivals: [Arrival] = []

    /// - Parameter last: the last sequence that counts; arrivals that are recorded after it follow it.
    /// - Throws: `LedgerError.notFound` for a sequence that the ledger does not have, `DifferenceError`
    ///   for one that does not count, and for edits that contradict each other.
    init(_ edits: [HistoryEdit], of ledger: EventLedger, upTo last: Int) throws {
        let head = try ledger.headSequence()
        var touched: Set<Int> = []
        var ids: Set<EventID> = []
        func event(at sequence: Int) throws -> Event {
            guard (1...max(1, head)).contains(sequence), head > 0 else {
                throw LedgerError.notFound(
                    path: ledger.path, what: "sequence \(sequence); its head is \(head)")
            }
            guard sequence <= last else {
                throw DifferenceError.edit(
                    "sequence \(sequence) lies behind --until, which ends with sequence \(last); edit"
                        + " an event that counts, or leave --until out")
            }
            guard touched.insert(sequence).inserted else {
                throw DifferenceError.edit(
                    "sequence \(sequence) is edited twice; an event is left out or delayed, once")
            }
            return try ledger.event(at: sequence)
        }
        for edit in edits {
            switch edit {
            case .without(let sequence):
                _ = try event(at: sequence)
                removed.append(sequence)
            case .delay(let sequence, let microseconds):
                var late = try event(at: sequence)
                late.recorded = try EditedOrder.recorded(late, sequence, after: microseconds)
                arrivals.append(Arrival(sequence: sequence, event: late))
            case .insert(var new):
                guard ids.insert(new.id).inserted else {
                    throw DifferenceError.edit("two inserted events have id \(new.id)")
                }
                if let sequence = try ledger.sequence(of: new.id) {
                    throw DifferenceError.edit(
                        "the ledger has an event \(new.id) already, at sequence \(sequence); an"
                            + " inserted event needs an id of its own")
                }
                new.recorded = new.recorded ?? new.time
                arrivals.append(Arrival(sequence: nil, event: new))
            }
        }
        try merge(last, without: touched, ledger)
    }

    private static func recorded(
        _ event: Event, _ sequence: Int, after microseconds: Int64
    ) throws -> Timestamp {
        let (sum, isOver) = (event.recorded ?? event.time).microseconds
            .addingReportingOverflow(microseconds)
        guard microseconds >= 0, !isOver, Timestamp(microseconds: sum).isWritable else {
            throw DifferenceError.edit(
                "sequence \(sequence) cannot be recorded that much later; the last year is 9999")
        }
        return Timestamp(microseconds: sum)
    }

    /// Puts each arrival after all that were recorded by then.
    private mutating func merge(
        _ last: Int, without touched: Set<Int>, _ ledger: EventLedger
    ) throws {
        arrivals = arrivals.enumerated().sorted { a, b in
            (a.element.recorded, a.offset) < (b.element.recorded, b.offset)
        }.map(\.element)
        // The ledger's recorded times never fall, so a later time never has an earlier place.
        let after = try arrivals.map {
            min(last, try ledger.sequence(recordedBy: $0.recorded))
        }
        entries.reserveCapacity(last + arrivals.count)
        var next = 0
        for sequence in 0...last {
            if sequence > 0, !touched.contains(sequence) { entries.append(.kept(sequence)) }
            while next < arrivals.count, after[next] == sequence {
                entries.append(.arrival(next))
                arrivals[next].place = entries.count
                next += 1
            }
        }
    }
}

extension LoadedHistory {
    /// The same history with its events in another order, some gone and some new. All that the order
    /// names must be loaded.
    func edited(_ order: EditedOrder) throws -> LoadedHistory {
        var names: [String] = []
        var codes: [[UInt8]: UInt32] = [:]
        var contents = contents
        /// Codes are given in the order in which events name devices, as a ledger gives them.
        func code(of device: String?) -> UInt32 {
            guard let device else { return 0 }
            let key = Array(device.utf8)
            if let code = codes[key] { return code }
            names.append(device)
            codes[key] = UInt32(names.count)
            return UInt32(names.count)
        }
        var newCodes: [UInt32?] = Array(repeating: nil, count: devices.count + 1)
        newCodes[0] = 0
        var records: [EventRecord] = []
        records.reserveCapacity(order.entries.count)
        var registrations: [(sequence: Int, time: Timestamp, registration: Registration)] = []
        for (place, entry) in order.entries.enumerated() {
            let sequence: Int?
            switch entry {
            case .kept(let kept): sequence = kept
            case .arrival(let arrival): sequence = order.arrivals[arrival].sequence
            }
            var record: EventRecord
            if let sequence {
                record = self.records[sequence - 1]
                let old = Int(record.device)
                let new = newCodes[old] ?? code(of: devices[old - 1])
                newCodes[old] = new
                record.device = new
            } else if case .arrival(let arrival) = entry {
                let event = order.arrivals[arrival].event
                contents.append(event.content)
                record = EventRecord(
                    time: event.time.microseconds, device: code(of: event.device),
                    content: UInt32(contents.count - 1))
            } else {
                continue
            }
            if case .registration(let one) = contents[Int(record.content)].meaning {
                registrations.append((place + 1, Timestamp(microseconds: record.time), one))
            }
            records.append(record)
        }
        var edited = try LoadedHistory(
            path: path, devices: names, registrations: registrations, until: nil,
            settings: settings, database: database)
        edited.contents = contents
        edited.records = records
        edited.sequences = Array(1..<records.count + 1)
        return edited
    }
}
