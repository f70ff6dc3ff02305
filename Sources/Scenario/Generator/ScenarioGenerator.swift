import Dispatch
import EventModel
import Simulation

/// Makes the history of a scenario: batches of events in order of arrival.
///
///     registrations of all buttons that are there, in the file's order, at the start
///     presses, health reports and later registrations, by arrival, then by id: the strict order of
///     their UUIDv7 ids
///
/// An event is recorded when it arrives. Where the scenario has mishaps its own time may be an earlier
/// one, or any (`timesNeverFall`).
///
/// The same scenario, seed, start and tz database give the same events, whatever the number of
/// jobs; where batches end has no meaning. A shorter run is a prefix of a longer one. A button's
/// presses depend on the seed and on its own household alone.
///
/// Memory holds one batch, the presses of the days that are open, and reports that are on their way;
/// not the history.
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
    /// Whether each event's time is that of its arrival, and no press is lost: there are no mishaps.
    public let timesNeverFall: Bool
    /// Whether some event may have a `PlannedEvent.truth`, or some press be lost.
    public let hasTruth: Bool
    /// Whether a button is registered after the start: feeders that join, move or change portions.
    public var registersLater: Bool { !laterRegistrations.isEmpty }
    /// Presses up to the last batch's end, and since the one before, of which no report comes, in order
    /// of time. There may be some once more when `next` gives nil.
    public private(set) var lost: [PressTruth] = []
    /// Reports of presses that are on their way at `reached`, in order of arrival; no batch has them.
    public var pending: [PressTruth] {
        strands.flatMap { $0.pending(at: reached) }.sorted { $0.report < $1.report }.map {
            var truth = $0.truth
            truth.faults.insert(.pending)
            return truth
        }
    }
    /// What is still to be handed out of the registrations at the start.
    private var registrations: [PlannedEvent]
    /// In order of arrival, and how many were handed out.
    private let laterRegistrations: [PlannedPress]
    private var registered = 0
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
        let households = scenario.allHouseholds(seed: seed, until: end)
        let span = self.start.microseconds / 1000..<max(self.start, self.end).microseconds / 1000
        var planner = ButtonPlanner(
            envelope: scenario.envelope.json,
            run: ButtonPlanner.RunSpan(
                milliseconds: span,
                scenarioStart: home.start(of: scenario.start).microseconds / 1000),
            zones: zones, streams: streams)
        let buttons = households.reduce(0) { $0 + $1.buttons.count }
        strands = Array(
            repeating: PressStrand(streams: streams), count: max(1, min(jobs, buttons)))
        for household in households {
            for placed in try planner.plans(of: household) {
                strands[placed.button % strands.count]
                    .add(placed.plan, in: placed.zone, from: self.start)
            }
        }
        timesNeverFall = !households.contains { $0.mishaps.touchPresses }
        hasTruth = households.contains { $0.mishaps.touchPresses || $0.repeated != nil }
        let moment = self.start
        let presses = planner.contents.count
        let atStart = planner.registrations.count
        contents =
            planner.contents
            + (planner.registrations + planner.laterRegistrations.map(\.registration))
            .map { $0.content(envelope: scenario.envelope.json) }
        registrations = planner.registrations.enumerated().map { place, registration in
            let random = streams.eventID.words(
                slot: PressAddress.registration, entity: RandomStream.entity(registration.device))
            return PlannedEvent(
                id: EventID(time: moment, random: (random.0, random.1)), time: moment,
                content: presses + place)
        }
        laterRegistrations = planner.laterRegistrations.enumerated().map { place, later in
            // Addressed by its day: a button may be registered again and again.
            let press = DrawnPress(
                milliseconds: later.milliseconds, click: .single, draw: 0,
                slot: PressAddress.registration,
                day: Int32(truncatingIfNeeded: later.milliseconds / 86_400_000))
            let id = press.id(
                at: later.milliseconds, RandomStream.entity(later.registration.device), streams)
            return PlannedPress(
                high: id.high, low: id.low, content: Int32(presses + atStart + place))
        }
        .sorted(by: <)
        let perWeek = households.reduce(1) { $0 + $1.microPressesPerWeek / 1_000_000 }
        // Some eight thousand presses a batch, where that is from six hours to 400 days.
        stretch = Int64(min(max(7 * 24 * 8192 / perWeek, 6), 9600)) * LocalDay.hourLength
    }

    /// The next events; nil when the run is at its end. A batch is never empty.
    public mutating func next() -> [Event]? {
        let contents = contents
        return next { event in
            Event(
                id: event.id, time: event.time, recorded: event.recorded,
                content: contents[event.content])
        }
    }

    /// The next events as `make` puts each of them, without an `Event` being made first.
    public mutating func next<Made>(_ make: (PlannedEvent) -> Made) -> [Made]? {
        lost.removeAll(keepingCapacity: true)
        if !registrations.isEmpty {
            defer { registrations = [] }
            return registrations.map(make)
        }
        while reached < end {
            let until = min(Timestamp(microseconds: reached.microseconds + stretch), end)
            advance(to: until)
            let events = merged(from: reached, until: until, make)
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

    /// The strands' reports and the later registrations in one order. Reports that arrive before
    /// `start` are of presses before the run.
    private mutating func merged<Made>(
        from start: Timestamp, until end: Timestamp, _ make: (PlannedEvent) -> Made
    ) -> [Made] {
        var events: [Made] = []
        events.reserveCapacity(strands.reduce(0) { $0 + $1.ready.count })
        let (first, until) = (start.microseconds / 1000, end.microseconds / 1000)
        var places = Array(repeating: 0, count: strands.count)
        /// Registrations before a press.
        func register(before press: PlannedPress?) {
            while registered < laterRegistrations.count {
                let next = laterRegistrations[registered]
                guard next.milliseconds < until else { return }
                if let press, !(next < press) { return }
                registered += 1
                events.append(make(PlannedEvent(next, nil)))
            }
        }
        while let best = nearest(places) {
            let press = strands[best].ready[places[best]]
            places[best] += 1
            guard press.milliseconds >= first else { continue }
            if registered < laterRegistrations.count { register(before: press) }
            let note = strands[best].note(of: press)
            if press.content == PlannedPress.lost {
                if let note { lost.append(note.truth) }
            } else {
                events.append(make(PlannedEvent(press, note)))
            }
        }
        register(before: nil)
        return events
    }

    /// The strand whose next report arrives first; nil where none has one.
    @inline(__always) private func nearest(_ places: [Int]) -> Int? {
        if strands.count == 1 { return places[0] < strands[0].ready.count ? 0 : nil }
        var best: (strand: Int, press: PlannedPress)?
        for strand in strands.indices where places[strand] < strands[strand].ready.count {
            let press = strands[strand].ready[places[strand]]
            if let other = best, !(press < other.press) { continue }
            best = (strand, press)
        }
        return best?.strand
    }
}

/// An event as the generator draws it: what it holds is told by its place in `contents`.
public struct PlannedEvent: Sendable {
    public var id: EventID
    /// When the event says it happened.
    public var time: Timestamp
    /// When it arrives; never falls from event to event.
    public var recorded: Timestamp
    public var content: Int
    /// What really happened; nil of an event that is what it seems.
    public var truth: PressTruth?

    init(id: EventID, time: Timestamp, content: Int) {
        (self.id, self.time, recorded, self.content) = (id, time, time, content)
    }

    init(_ press: PlannedPress, _ note: PressNote?) {
        id = .uuid(press.high, press.low)
        recorded = Timestamp(microseconds: press.milliseconds * 1000)
        time = note.map { Timestamp(microseconds: $0.stated * 1000) } ?? recorded
        content = Int(press.content)
        truth = note?.truth
    }
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
