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
/// history. Generated events are recorded as they happen, so every point is a prefix.
public struct DirectHydration: StoredPass {
    public let simulation: SimulationRun
    public let settings: HydrationSettings
    public private(set) var history: History
    public let folds: [ProjectionFold]
    /// Finds length and roots by passes of its own, once each.
    public let origin: any HistoryOrigin
    /// The point: `last` is what was asked for, and once the pass has run what it came to.
    public private(set) var point: ResolvedPoint
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
        let isCounted = knownBy != nil || point.takesCount
        if isCounted {
            try count.run(progress: progress)
            last = count.known
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
            registrations: generator.registered.filter {
                $0.sequence <= last && $0.time <= time ?? .latest
            }, settings: settings, database: simulation.zones)
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
        let queue = BoundedQueue<[EventRecord]>(limit: 4)
        let thread = Thread { [generator, source] in
            var generator = generator
            while let records = generator.next(source.record) {
                guard queue.put(records) else { return }
            }
            queue.finish()
        }
        thread.stackSize = 4 << 20
        thread.start()
        defer { queue.abandon() }
        var given = 0
        while given < point.last, let records = try queue.take() {
            let end = min(records.end(until: point.time), point.last - given)
            if end > 0 {
                try pass.take(first: given + 1, records.span.extracting(0..<end), lookup)
                given += end
                try progress(generator.share(until: records[end - 1].time), given)
            }
            if end < records.count { break }
        }
        guard given >= promised || point.last < promised else {
            throw simulation.lacks(promised, given)
        }
        undecodable = pass.undecodable
        firstUndecodable = pass.firstUndecodable
        point.last = given
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
                known += events.firstIndex { $0.time > knownBy } ?? events.count
            } else {
                known += events.count
            }
            total += events.count
            try progress(generator.share(until: generator.reached.microseconds))
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
    /// The registrations, with the sequences that a ledger gives them.
    fileprivate var registered: [(sequence: Int, time: Timestamp, registration: Registration)] {
        var generator = self
        let contents = contents
        // They are the first batch; presses are in those after it.
        let first = generator.next { ($0.time, contents[$0.content].meaning) } ?? []
        return first.enumerated().compactMap { place, event in
            guard case .registration(let one) = event.1 else { return nil }
            return (place + 1, event.0, one)
        }
    }

    /// How much of the run lies before a moment, 0 to 1.
    fileprivate func share(until microseconds: Int64) -> Double {
        let span = end.microseconds - start.microseconds
        return span > 0 ? Double(microseconds - start.microseconds) / Double(span) : 1
    }
}

extension [EventRecord] {
    /// How many come before the first one that is later than `until`. Times never fall.
    fileprivate func end(until: Timestamp?) -> Int {
        guard let until, let last, last.time > until.microseconds else { return count }
        return firstIndex { $0.time > until.microseconds } ?? count
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
