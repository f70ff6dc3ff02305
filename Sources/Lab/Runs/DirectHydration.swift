import EventModel
import Foundation
import Ledger
import Projections
import Scenario

/// Why a point cannot be found in what a scenario makes.
public struct DirectHydrationError: Error, Equatable, CustomStringConvertible, Sendable {
    public let description: String
}

/// Brings projections to a point of a scenario's history, straight from the generator: the states,
/// and the digests of states and input, that they have once the same run was simulated into a ledger.
///
///     generator ──batches of records──> queue of four ──> projection, projection, …
///     (a thread)                                          (the caller's)
///
/// `HydrationStore` keeps the outcome as it keeps that of a ledger: a checkpoint names the root that the
/// ledger of the same run has. Memory holds a few batches, what the generator holds and the states, never the
/// history. Where the scenario has mishaps, late reports may straddle a time, as in a ledger.
public struct DirectHydration: StoredPass {
    public let simulation: SimulationRun
    public let settings: HydrationSettings
    public private(set) var history: History
    public let folds: [ProjectionFold]
    /// Finds length and roots by passes of its own, once each.
    public let origin: any HistoryOrigin
    /// The point: `last` is what was asked for, and once the pass has run what it came to.
    public private(set) var point: ResolvedPoint
    /// Where late reports straddle the point, once the pass has run, as `Hydration.straddle` has it.
    public private(set) var straddle: ClosedRange<Int>?
    /// The time of the last event up to the point, once the pass has run; nil where there is none.
    public private(set) var lastTime: Timestamp?
    /// Events that some projection hears whose detail it could not read.
    public private(set) var undecodable = 0
    public private(set) var firstUndecodable: Int?

    private let generator: ScenarioGenerator
    private let source: RecordList
    /// The sequence that the history must reach, where one was named.
    private let promised: Int

    /// Finds the point. A share, an id or `knownBy` takes a pass of its own over the history, which
    /// counts; the other points take none.
    ///
    /// - Parameters:
    ///   - knownBy: only events recorded by then count.
    ///   - progress: called now and then in that pass, and in those that a store needs to name the
    ///     history, with the share of the run, 0 to 1, that is done; throws to stop.
    /// - Throws: `DirectHydrationError` for an id or a sequence that the run does not make (for a
    ///   sequence, `run` may be the one to find out), `RunLengthError`, `ZoneError`.
    public init(
        _ simulation: SimulationRun, to point: PointInTime, knownBy: Timestamp? = nil,
        projections: [any Projection.Type], settings: HydrationSettings = HydrationSettings(),
        progress: @escaping (Double) throws -> Void = { _ in }
    ) throws {
        let generator = try ScenarioGenerator(
            simulation.scenario, seed: simulation.seed, start: simulation.start,
            years: simulation.years, zones: simulation.zones, jobs: simulation.jobs)
        var count = RunCount(generator, knownBy: knownBy, id: point.soughtID)
        var last = Int.max
        // Registrations count before everything else; later ones must be found first.
        let isCounted = knownBy != nil || point.takesCount || generator.registersLater
        if isCounted {
            try count.run(progress: progress)
            last = count.known
        } else {
            count.takeRegistrations()
        }
        var promised = 0
        switch point {
        case .time, .head: break
        case .sequence(let number):
            promised = number
            last = min(last, number)
        case .id(let id):
            guard let number = count.found else {
                throw DirectHydrationError(
                    description: "\(simulation.title) has no event \(id); it makes"
                        + " \(Figures.count(count.total, "event"))")
            }
            last = min(last, number)
        case .millionths: last = min(last, point.share(of: count.total))
        }
        if isCounted, promised > count.total {
            throw simulation.lacks(promised, count.total)
        }
        self.promised = promised
        self.simulation = simulation
        self.settings = settings
        self.generator = generator
        origin = RunOrigin(simulation, generator, progress)
        source = RecordList(generator.contents)
        var time: Timestamp?
        if case .time(let asked) = point { time = asked }
        self.point = ResolvedPoint(last: last, time: time)
        history = try History(
            devices: source.devices,
            registrations: count.registrations.filter { $0.sequence <= last }, until: time,
            settings: settings, database: simulation.zones)
        history.jobs = simulation.jobs
        folds = projections.map { ProjectionFold.of($0) }
    }

    /// Folds everything up to the point, each fold from where it stands; the events before are made
    /// all the same.
    ///
    /// - Parameter progress: called after each batch, on the caller's thread, with the share of the
    ///   run, 0 to 1, and the sequence that were reached; throws to stop.
    /// - Throws: `DirectHydrationError` where the run ends before the sequence that was asked for.
    public mutating func run(progress: (Double, Int) throws -> Void = { _, _ in }) throws {
        let pass = HistoryFold(history, folds)
        let lookup = ContentLookup(generator.contents, path: simulation.title)
        let queue = BoundedQueue<(records: [EventRecord], share: Double)>(limit: 4)
        let thread = Thread { [generator, source] in
            var generator = generator
            while let records = generator.next(source.record) {
                let share = generator.share(until: generator.reached.microseconds)
                guard queue.put((records, share)) else { return }
            }
            queue.finish()
        }
        thread.stackSize = 4 << 20
        thread.start()
        defer { queue.abandon() }
        var cut = TimeCut(point.time, endsEarly: generator.timesNeverFall)
        while cut.reached < point.last, !cut.isOver, let (records, share) = try queue.take() {
            let count = min(records.count, point.last - cut.reached)
            let first = cut.reached + 1
            for part in cut.take(records.prefix(count)) {
                try pass.take(
                    first: first + part.lowerBound, records.span.extracting(part), lookup)
            }
            try progress(share, cut.reached)
        }
        guard cut.reached >= promised || point.last < promised else {
            throw simulation.lacks(promised, cut.reached)
        }
        undecodable = pass.undecodable
        firstUndecodable = pass.firstUndecodable
        point.last = cut.reached
        (straddle, lastTime) = (cut.straddle, cut.lastTime)
    }
}

/// Puts generated events as a ledger lends them.
private struct RecordList: Sendable {
    /// Names by code, from 1, in order of first mention.
    let devices: [String]
    /// The device code of each content.
    private let codes: [UInt32]

    init(_ contents: [EventContent]) {
        var devices: [String] = []
        var known: [[UInt8]: UInt32] = [:]
        codes = contents.map { content in
            guard let name = content.device else { return 0 }
            let key = Array(name.utf8)
            if let code = known[key] { return code }
            devices.append(name)
            known[key] = UInt32(devices.count)
            return UInt32(devices.count)
        }
        self.devices = devices
    }

    func record(_ event: PlannedEvent) -> EventRecord {
        EventRecord(
            time: event.time.microseconds, device: codes[event.content],
            content: UInt32(event.content))
    }
}

/// What a pass over a run that only counts finds.
private struct RunCount {
    private var generator: ScenarioGenerator
    private let knownBy: Timestamp?
    private let id: EventID?
    private(set) var total = 0
    /// How many events were recorded by `knownBy`; all, where it is nil.
    private(set) var known = 0
    /// The sequence of the event `id`.
    private(set) var found: Int?
    /// Those met so far.
    private(set) var registrations: [(sequence: Int, time: Timestamp, registration: Registration)] =
        []

    init(_ generator: ScenarioGenerator, knownBy: Timestamp?, id: EventID?) {
        self.generator = generator
        self.knownBy = knownBy
        self.id = id
    }

    mutating func run(progress: (Double) throws -> Void) throws {
        while let events = generator.next({ $0 }) {
            if let id, found == nil, let place = events.firstIndex(where: { $0.id == id }) {
                found = total + place + 1
            }
            if let knownBy {
                known += events.firstIndex { $0.recorded > knownBy } ?? events.count
            } else {
                known += events.count
            }
            note(events)
            total += events.count
            try progress(generator.share(until: generator.reached.microseconds))
        }
    }
}

extension RunCount {
    /// Notes the registrations of the run's first moment: they are the first batch.
    mutating func takeRegistrations() {
        if let events = generator.next({ $0 }) { note(events) }
    }

    private mutating func note(_ events: [PlannedEvent]) {
        guard total == 0 || generator.registersLater else { return }
        let contents = generator.contents
        for (place, event) in events.enumerated() {
            guard case .registration(let one) = contents[event.content].meaning else { continue }
            registrations.append((total + place + 1, event.time, one))
        }
    }
}

/// What a ledger of a run would be known by.
private final class RunOrigin: HistoryOrigin {
    let path: String
    private let simulation: SimulationRun
    private let generator: ScenarioGenerator
    private let progress: (Double) throws -> Void
    private var head: Int?
    private var roots: [Int: SHA256Digest] = [:]

    init(
        _ simulation: SimulationRun, _ generator: ScenarioGenerator,
        _ progress: @escaping (Double) throws -> Void
    ) {
        path = simulation.title
        self.simulation = simulation
        self.generator = generator
        self.progress = progress
    }

    func headSequence() throws -> Int {
        if let head { return head }
        var count = RunCount(generator, knownBy: nil, id: nil)
        try count.run(progress: progress)
        head = count.total
        return count.total
    }

    func root(of count: Int) throws -> SHA256Digest {
        if let root = roots[count] { return root }
        var tree = MerkleTree()
        var generator = generator
        while tree.count < count, let events = generator.next() {
            for event in events.prefix(count - tree.count) {
                tree.append(leafHash: event.leafHash(at: tree.count + 1))
            }
            try progress(generator.share(until: generator.reached.microseconds))
        }
        guard tree.count == count else { throw simulation.lacks(count, tree.count) }
        roots[count] = tree.root
        return tree.root
    }
}

extension ScenarioGenerator {
    /// How much of the run lies before a moment, 0 to 1.
    fileprivate func share(until microseconds: Int64) -> Double {
        let span = end.microseconds - start.microseconds
        return span > 0 ? Double(microseconds - start.microseconds) / Double(span) : 1
    }
}

extension PointInTime {
    fileprivate var soughtID: EventID? { if case .id(let id) = self { id } else { nil } }

    /// Whether the point is found by counting the whole history.
    fileprivate var takesCount: Bool {
        switch self {
        case .id, .millionths: true
        case .time, .sequence, .head: false
        }
    }
}

extension SimulationRun {
    /// What errors and headings call the run.
    public var title: String { "\(scenario.name), seed \(seed)" }

    fileprivate func lacks(_ sequence: Int, _ total: Int) -> DirectHydrationError {
        DirectHydrationError(
            description: "\(title) has no sequence \(sequence); its head is \(total) after"
                + " \(Figures.count(years, "year")): ask for more --years, or an earlier --until")
    }
}
