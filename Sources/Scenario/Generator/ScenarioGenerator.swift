import Dispatch
import EventModel
import Simulation

/// Makes the history of a scenario: batches of events in order of arrival.
///
///     registrations of all buttons, in the file's order, at the start
///     presses, by time, then by id: the strict order of their UUIDv7 ids
///
/// The same scenario, seed, start and tz database give the same events, whatever the number of
/// jobs; where batches end has no meaning. A shorter run is a prefix of a longer one. A button's
/// presses depend on the seed and on its own household alone.
///
/// Memory holds one batch and the presses of the days that are open, not the history.
///
///     var generator = try ScenarioGenerator(scenario, seed: 42, years: 5, zones: zones)
///     while let batch = generator.next() { … }
public struct ScenarioGenerator: Sendable {
    /// The first moment of the run: midnight of its first day in the scenario's zone.
    public let start: Timestamp
    /// The first moment behind the run.
    public let end: Timestamp
    /// How far the batches have come: every event before it was handed out.
    public private(set) var reached: Timestamp

    /// What the events hold, each distinct one once: `PlannedEvent.content` is a place in it.
    public let contents: [EventContent]
    /// What is still to be handed out of them.
    private var registrations: [PlannedEvent]
    private var strands: [PressStrand]
    /// How much time a batch covers, in microseconds.
    private let stretch: Int64

    /// - Parameters:
    ///   - start: the first day; nil for the scenario's own.
    ///   - years: calendar years, above 0; a run from February 29 ends on March 1 where the last
    ///     year has none.
    ///   - jobs: how many threads generate, above 0.
    /// - Throws: `ZoneError` where the tz database lacks a zone, `RunLengthError` where the run
    ///   has no length or ends beyond the year 2500.
    public init(
        _ scenario: ScenarioFile, seed: UInt64, start: Timestamp.Day? = nil, years: Int,
        zones: TimeZoneDatabase, jobs: Int = 1
    ) throws {
        let first = start ?? scenario.start
        guard (1...1000).contains(years), first.number >= 1, let last = first.adding(years: years),
            last.date.year <= 2500
        else { throw RunLengthError(start: first, years: years) }
        try self.init(
            scenario, seed: seed, start: first, end: last, zones: zones, jobs: jobs)
    }

    /// A run of the days from `start` up to, not including, `end`.
    public init(
        _ scenario: ScenarioFile, seed: UInt64, start: Timestamp.Day, end: Timestamp.Day,
        zones: TimeZoneDatabase, jobs: Int = 1
    ) throws(ZoneError) {
        let home = try zones.zone(scenario.timeZone)
        self.start = home.start(of: start)
        self.end = home.start(of: end)
        reached = self.start
        let streams = PressStreams(seed: seed)
        let households = scenario.allHouseholds(seed: seed)
        var tables: [String: ZoneTable] = [:]
        var planner = ButtonPlanner(envelope: scenario.envelope.json)
        let buttons = households.reduce(0) { $0 + $1.buttons.count }
        strands = Array(
            repeating: PressStrand(streams: streams), count: max(1, min(jobs, buttons)))
        for household in households {
            let zone: ZoneTable
            if let known = tables[household.timeZone] {
                zone = known
            } else {
                zone = try zones.zone(household.timeZone)
                tables[household.timeZone] = zone
            }
            for plan in planner.plans(of: household) {
                let strand = Int(plan.firstContent) / ClickKind.allCases.count % strands.count
                strands[strand].add(plan, in: zone, from: self.start)
            }
        }
        let presses = planner.contents.count
        let moment = self.start
        let all = households.flatMap(\.registrations)
        contents =
            planner.contents + all.map { $0.content(envelope: scenario.envelope.json) }
        registrations = all.enumerated().map { place, registration in
            let random = streams.eventID.words(
                slot: PressAddress.registration, entity: RandomStream.entity(registration.device))
            return PlannedEvent(
                id: EventID(time: moment, random: (random.0, random.1)), time: moment,
                content: presses + place)
        }
        let perWeek = households.reduce(1) { $0 + $1.microPressesPerWeek / 1_000_000 }
        // Some eight thousand presses a batch, where that is from six hours to 400 days.
        stretch = Int64(min(max(7 * 24 * 8192 / perWeek, 6), 9600)) * LocalDay.hourLength
    }

    /// The next events; nil when the run is at its end. A batch is never empty.
    public mutating func next() -> [Event]? {
        let contents = contents
        return next { event in
            Event(
                id: event.id, time: event.time, recorded: event.time,
                content: contents[event.content])
        }
    }

    /// The next events as `make` puts each of them, without an `Event` being made first.
    public mutating func next<Made>(_ make: (PlannedEvent) -> Made) -> [Made]? {
        if !registrations.isEmpty {
            defer { registrations = [] }
            return registrations.map(make)
        }
        while reached < end {
            let until = min(Timestamp(microseconds: reached.microseconds + stretch), end)
            advance(to: until)
            let events = merged(from: reached, make)
            reached = until
            if !events.isEmpty { return events }
        }
        return nil
    }

    private mutating func advance(to until: Timestamp) {
        if strands.count == 1 {
            strands[0].advance(to: until)
            return
        }
        strands.withUnsafeMutableBufferPointer { buffer in
            // Each iteration has a strand of its own.
            nonisolated(unsafe) let strands = buffer
            DispatchQueue.concurrentPerform(iterations: strands.count) { place in
                strands[place].advance(to: until)
            }
        }
    }

    /// The strands' presses in one order; those before `start` belong to days before the run.
    private func merged<Made>(
        from start: Timestamp, _ make: (PlannedEvent) -> Made
    ) -> [Made] {
        var events: [Made] = []
        events.reserveCapacity(strands.reduce(0) { $0 + $1.ready.count })
        let first = start.microseconds / 1000
        func append(_ press: PlannedPress) {
            guard press.milliseconds >= first else { return }
            events.append(
                make(
                    PlannedEvent(
                        id: .uuid(press.high, press.low),
                        time: Timestamp(microseconds: press.milliseconds * 1000),
                        content: Int(press.content))))
        }
        if strands.count == 1 {
            for press in strands[0].ready { append(press) }
            return events
        }
        var places = Array(repeating: 0, count: strands.count)
        while true {
            var best: (strand: Int, press: PlannedPress)?
            for strand in strands.indices where places[strand] < strands[strand].ready.count {
                let press = strands[strand].ready[places[strand]]
                if let other = best, !(press < other.press) { continue }
                best = (strand, press)
            }
            guard let best else { return events }
            append(best.press)
            places[best.strand] += 1
        }
    }
}

/// An event as the generator draws it: what it holds is told by its place in `contents`.
///
/// Times never fall, and an event is recorded when it happens.
public struct PlannedEvent: Sendable {
    public var id: EventID
    public var time: Timestamp
    public var content: Int
}

/// Why a run cannot be as long as it was asked to be.
public struct RunLengthError: Error, Equatable, CustomStringConvertible, Sendable {
    public let start: Timestamp.Day
    public let years: Int

    public var description: String {
        "a run of --years \(years) from \(start) cannot be made: it takes 1 to 1000 years, begins on"
            + " 1970-01-02 or later and ends by the year 2500"
    }
}
