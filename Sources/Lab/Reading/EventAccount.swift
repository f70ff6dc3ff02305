import EventModel
import Ledger
import Projections

/// All that a ledger says of one event: what it is, where its feeder stood then, and the proof that
/// it is one of the events that the ledger's root stands for.
public struct EventAccount: Sendable {
    /// The feeder of an event's device, as it was registered when the event came in.
    public struct Place: Sendable, Equatable {
        public var feeder: String
        public var timeZone: String
        /// When the event happened, by the feeder's clock: `2024-03-01T20:00:00+13:00`.
        public var localTime: String
        /// Grams a dispense into the left bowl.
        public var leftGrams: Int
        /// Grams a dispense into the right bowl.
        public var rightGrams: Int
        /// The sequence of the registration that says so; nil where there was none, and defaults were
        /// taken.
        public var registration: Int?
    }

    public var sequence: Int
    public var event: Event
    public var place: Place
    /// The bytes that the leaf is the hash of.
    public var encoding: LeafEncoding
    public var proof: InclusionProof
    /// The tree head that the proof must lead to: the ledger's own, or one that was noted.
    public var root: SHA256Digest
    /// Whether the event is as it was written, by its own row.
    private var isAsKept: Bool
    /// What a person should know of the registrations, a sentence each.
    public var notes: [String]

    /// - Parameters:
    ///   - noted: size and root of the tree to prove it in; the ledger as it is now if absent.
    /// - Throws: `LedgerError.notFound` where the ledger, or that part of it, has no such event.
    public init(
        of sequence: Int, in ledger: EventLedger, noted: (size: Int, root: SHA256Digest)? = nil,
        settings: HydrationSettings, zones: TimeZoneDatabase
    ) throws {
        let size = try noted?.size ?? ledger.headSequence()
        let event = try ledger.event(at: sequence)
        self.sequence = sequence
        self.event = event
        encoding = LeafEncoding(event, at: sequence)
        proof = try ledger.inclusionProof(of: sequence, in: size)
        root = try noted?.root ?? ledger.root(of: size)
        isAsKept = try ledger.keptLeafPrefix(of: sequence) == proof.leaf.prefix
        // A registration counts from the event after it on.
        let history = try History(
            of: ledger, upTo: sequence - 1, settings: settings, database: zones)
        notes = history.notes
        place = try Place(of: event, at: sequence, in: ledger, history)
    }

    /// Whether the event's rows lead to the root.
    public var isProven: Bool {
        isAsKept && encoding.leafHash == proof.leaf && proof.leads(to: root)
    }
}

extension EventAccount.Place {
    fileprivate init(
        of event: Event, at sequence: Int, in ledger: EventLedger, _ history: History
    ) throws {
        let index = PlaceIndex(history, devices: try ledger.devices())
        let place = history.places[Int(index.place(of: index.code(of: event.device), at: sequence))]
        let zone = history.zones[place.zone]
        feeder = history.name(of: place.feeder)
        timeZone = zone.name
        localTime = zone.localText(of: event.time)
        leftGrams = place.leftGrams
        rightGrams = place.rightGrams
        registration = try event.device.flatMap { device in
            try ledger.registrations(upTo: sequence - 1)
                .last { $0.registration.device.hasSameBytes(as: device) }?.sequence
        }
    }
}
