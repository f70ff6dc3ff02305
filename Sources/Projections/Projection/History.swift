import EventModel
import Ledger

/// What is taken where a ledger does not say. Kept in every checkpoint.
public struct HydrationSettings: Sendable, Equatable {
    /// The zone of feeders that no registration names.
    public var defaultZone: String
    /// Grams a dispense into either bowl of such a feeder.
    public var portionGrams: Int
    /// Two feeds closer than this many minutes are a double feed.
    public var doubleFeedMinutes: Int

    public init(
        defaultZone: String = "UTC", portionGrams: Int = 25, doubleFeedMinutes: Int = 10
    ) {
        self.defaultZone = defaultZone
        self.portionGrams = portionGrams
        self.doubleFeedMinutes = doubleFeedMinutes
    }
}

extension HydrationSettings: CustomStringConvertible {
    /// `zone UTC, portion 25 g, double feeds within 10 min`
    public var description: String {
        "zone \(defaultZone), portion \(portionGrams) g, double feeds within \(doubleFeedMinutes) min"
    }
}

/// What a projection may ask about the world around an event: which feeders there are, where they
/// stood and what their bowls held.
///
/// Folded from the registrations before everything else, so that any part of a ledger can be
/// folded alone: an index means the same feeder in every part.
public struct History: Sendable {
    /// A feeder, as one registration left it.
    public struct Place: Sendable, Hashable {
        public var feeder: FeederIndex
        /// The index of its zone in `zones`.
        public var zone: Int
        /// Grams a dispense into the left bowl.
        public var leftGrams: Int
        /// Grams a dispense into the right bowl.
        public var rightGrams: Int

        public func grams(_ bowl: Bowl) -> Int { bowl == .left ? leftGrams : rightGrams }
    }

    public let settings: HydrationSettings
    /// How many threads may work out what is read of a state. Nothing that is read depends on it.
    public var jobs = 1
    /// The release of the tz database that the zones come from.
    public let zoneVersion: String
    /// The feeders' names, by `FeederIndex`.
    public let feeders: [String]
    public let zones: [ZoneTable]
    public let places: [Place]
    /// The feeders in order of their names' bytes: the order of all output.
    public let feedersByName: [FeederIndex]
    /// The indices of each feeder's places in `places`, in order.
    private let placesByFeeder: [[Int]]
    /// The place of each device code before its first registration.
    let firstPlaces: [UInt32]
    /// The zones of registrations that the tz database does not have, in order of the first sequence
    /// that names each. A ledger cannot be mended, so such a registration takes the default zone.
    public let unknownZones: [(sequence: Int, zone: String)]
    /// The first sequence of a registration that the ledger has, and that is left out because it
    /// happened after the history's time: what was folded from there on may have known of it.
    let registrationsEnd: Int
    /// Registrations in order of sequence: from the next event on, the device is at that place.
    let changes: [(sequence: Int, device: Int, place: UInt32)]

    /// - Parameters:
    ///   - devices: names by code, from 1, as `EventLedger.devices()` gives them.
    ///   - registrations: all up to some sequence, in order.
    ///   - until: the last moment of a registration that counts; nil for all.
    /// - Throws: `ZoneError` where the tz database does not have the default zone.
    public init(
        devices: [String],
        registrations: [(sequence: Int, time: Timestamp, registration: Registration)],
        until: Timestamp? = nil, settings: HydrationSettings, database: TimeZoneDatabase
    ) throws {
        var registrationsEnd = Int.max
        var builder = try Builder(database: database, defaultZone: settings.defaultZone)
        var deviceCodes: [[UInt8]: Int] = [:]
        var firstPlaces: [UInt32] = []
        for (code, name) in ([FeederSystem.defaultFeeder] + devices).enumerated() {
            if code > 0 { deviceCodes[Array(name.utf8)] = code }
            firstPlaces.append(
                builder.place(
                    name, Builder.defaultZone, settings.portionGrams, settings.portionGrams))
        }
        var changes: [(sequence: Int, device: Int, place: UInt32)] = []
        for (sequence, time, one) in registrations {
            guard until.map({ time <= $0 }) ?? true else {
                registrationsEnd = min(registrationsEnd, sequence)
                continue
            }
            guard let device = deviceCodes[Array(one.device.utf8)] else { continue }
            let zone = builder.zone(one.timeZone, at: sequence)
            changes.append(
                (sequence, device, builder.place(one.feeder, zone, one.leftGrams, one.rightGrams)))
        }
        self.settings = settings
        self.zoneVersion = database.version
        self.feeders = builder.feeders
        self.zones = builder.zones
        self.unknownZones = builder.unknownZones
        self.places = builder.places
        self.feedersByName = builder.feeders.indices
            .sorted { builder.feeders[$0].utf8.lexicographicallyPrecedes(builder.feeders[$1].utf8) }
            .map { FeederIndex(UInt32($0)) }
        var placesByFeeder: [[Int]] = Array(repeating: [], count: builder.feeders.count)
        for (index, place) in builder.places.enumerated() {
            placesByFeeder[Int(place.feeder.number)].append(index)
        }
        self.placesByFeeder = placesByFeeder
        self.firstPlaces = firstPlaces
        self.registrationsEnd = registrationsEnd
        self.changes = changes
    }

    /// The indices in `places` at which a feeder stood, in order of first mention.
    public func places(of feeder: FeederIndex) -> [Int] { placesByFeeder[Int(feeder.number)] }

    /// The history of a ledger's registrations up to `last` that happened by `until`.
    public init(
        of ledger: EventLedger, upTo last: Int, until: Timestamp? = nil,
        settings: HydrationSettings, database: TimeZoneDatabase
    ) throws {
        try self.init(
            devices: ledger.devices(),
            registrations: ledger.registrations(upTo: last), until: until,
            settings: settings, database: database)
    }

    /// What a person should know about this history, a sentence each.
    public var notes: [String] {
        unknownZones.map { sequence, zone in
            "the registration at sequence \(sequence) names zone \(zone), which tz database"
                + " \(zoneVersion) does not have; zone \(settings.defaultZone) is taken"
        }
    }

    @inlinable public func name(of feeder: FeederIndex) -> String { feeders[Int(feeder.number)] }

    /// The feeder of a press, with zone and portions as registered then.
    @inlinable public func place(of press: Press) -> Place { places[Int(press.place)] }

    /// The name of a press's button; nil where the event names none.
    public func device(of press: Press) -> String? {
        let code = Int(press.device)
        guard code > 0, code < firstPlaces.count else { return nil }
        // Before its first registration, a button stands at a feeder of its own name.
        return name(of: places[Int(firstPlaces[code])].feeder)
    }

    /// How many grams a press dispenses, into both bowls together.
    @inlinable public func grams(of press: Press) -> Int {
        let place = place(of: press)
        return (press.click.fills(.left) ? place.leftGrams : 0)
            + (press.click.fills(.right) ? place.rightGrams : 0)
    }

    /// The local day of a press, in the feeder's zone as registered then.
    public func day(of press: Press) -> Timestamp.Day {
        zones[place(of: press).zone].day(at: press.time)
    }

    /// The feeder of this name, compared byte by byte; nil where history has none.
    public func feeder(named name: String) -> FeederIndex? {
        var (low, high) = (0, feedersByName.count)
        while low < high {
            let middle = (low + high) / 2
            let other = feeders[Int(feedersByName[middle].number)]
            if other.utf8.lexicographicallyPrecedes(name.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < feedersByName.count,
            feeders[Int(feedersByName[low].number)].utf8.elementsEqual(name.utf8)
        else { return nil }
        return feedersByName[low]
    }
}

/// Gives feeders, zones and places their indices in order of first mention.
///
/// Names are told apart by their bytes, as the ledger does: Swift's `String` takes two spellings of
/// one letter (é, and e with an accent) for equal.
private struct Builder {
    let database: TimeZoneDatabase
    var feeders: [String] = []
    var zones: [ZoneTable] = []
    var places: [History.Place] = []
    var unknownZones: [(sequence: Int, zone: String)] = []
    /// The index of the default zone.
    static let defaultZone = 0
    private var feederIndices: [[UInt8]: UInt32] = [:]
    private var zoneIndices: [String: Int] = [:]
    private var placeIndices: [History.Place: UInt32] = [:]

    init(database: TimeZoneDatabase, defaultZone name: String) throws(ZoneError) {
        self.database = database
        zones = [try database.zone(name)]
        zoneIndices[name] = Builder.defaultZone
    }

    /// The index of a zone; that of the default zone where the tz database does not have it.
    mutating func zone(_ name: String, at sequence: Int) -> Int {
        if let index = zoneIndices[name] { return index }
        var index = Builder.defaultZone
        if let zone = try? database.zone(name) {
            index = zones.count
            zones.append(zone)
        } else {
            unknownZones.append((sequence, name))
        }
        zoneIndices[name] = index
        return index
    }

    mutating func place(_ feeder: String, _ zone: Int, _ left: Int, _ right: Int) -> UInt32 {
        let key = Array(feeder.utf8)
        let index = feederIndices[key] ?? UInt32(feeders.count)
        if Int(index) == feeders.count {
            feeders.append(feeder)
            feederIndices[key] = index
        }
        let place = History.Place(
            feeder: FeederIndex(index), zone: zone, leftGrams: left, rightGrams: right)
        if let known = placeIndices[place] { return known }
        places.append(place)
        placeIndices[place] = UInt32(places.count - 1)
        return UInt32(places.count - 1)
    }
}
