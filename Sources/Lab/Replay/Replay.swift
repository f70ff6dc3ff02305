import CatFeeder
import EventBus
import EventModel
import Expectations
import Ledger
import MQTTBroker
import Projections
import Simulation
import Topology

/// Sends a part of a ledger through the bus again, to chosen targets, in virtual time, and compares
/// every message that reaches a feeder with what ledger and topology lead to.
public final class Replay {
    /// What is replayed, and how.
    public let request: ReplayRequest
    /// What the projections were folded into; their states stand when the run is over.
    public let history: History
    /// One a projection, in the order of the request.
    public let folds: [ProjectionFold]
    /// Asked for a way to the broker; in memory unless set.
    public var makeLink: (PolicyBook?, _ recordsTranscript: Bool) throws -> any BrokerLink = {
        MemoryLink(policies: $0, recordsTranscript: $1)
    }
    /// Called with stretches of the transcript, as JSON Lines; nil for none.
    public var onTranscript: (([UInt8]) throws -> Void)?
    /// Called with each decision that the run logs.
    public var onDecision: ((RunDecision) -> Void)?
    /// Called with each message that reaches a feeder.
    public var onArrival: ((MessageKey, Timestamp) -> Void)?
    /// Called before an event is put, with its moment: may wait, to pace the replay; true to cancel
    /// before that event.
    public var pace: ((Timestamp) throws -> Bool)?
    /// Asked before an event is put or a program started, and while retries and feeds come to their
    /// end: true to cancel, and from then on.
    public var isCancelled: () -> Bool = { false }

    /// Puts something before, or in the place of, a target of this id.
    package var wrapTarget: (_ id: String, any Target) -> any Target = { $1 }

    let parts: PathParts
    private var progress: ReplayProgress
    /// What was taken from the plan and is being put, and how much of it has been.
    private var stretch: (puts: [PlannedPut], done: Int) = ([], 0)

    /// A replay into projections that begin empty.
    public convenience init(_ request: ReplayRequest) throws {
        let history = try History(
            of: request.ledger, upTo: request.window.last, until: request.window.until,
            settings: request.settings, database: request.database)
        try self.init(
            request, history: history, folds: request.projections.map { ProjectionFold.of($0) })
    }

    /// A replay into folds that somebody has brought to where they stand already: what they have had
    /// they drop.
    public init(_ request: ReplayRequest, history: History, folds: [ProjectionFold]) throws {
        self.request = request
        self.history = history
        self.folds = folds
        parts = try PathParts(request)
        try parts.refuseUnknownMoments()
        progress = ReplayProgress(
            state: .starting, events: 0, sequence: 0, now: Timestamp(microseconds: 0))
    }

    /// The targets that are on, in the topology's order.
    public var activeTargets: [TopologyFile.Target] {
        parts.rules.filter(\.isEnabled).flatMap(\.targets)
    }

    /// Runs the replay.
    ///
    /// - Parameter report: called now and then; true to cancel.
    /// - Throws: `LinkError` where the broker fails, `LedgerError`, `SinkError`: the run then stopped
    ///   after `progress.sequence`, and can be gone on with from the next one.
    public func run(
        report: (ReplayProgress) throws -> Bool = { _ in false }
    ) throws -> ReplayReport {
        let start = try self.start()
        var plan = try self.plan(from: start)
        let log = DecisionLog()
        let disturber = request.delivery == .ordered ? nil : makeDisturber()
        var audit = try ReplayAudit(parts, start: start)
        let path = try MessagePath(
            parts, history: history, folds: folds, devices: request.ledger.devices(),
            disturber: disturber, log: log, link: { try makeLink($0, onTranscript != nil) },
            watching: wrapTarget, at: try plan.begin(at: start))
        path.bus.observer = log
        for process in path.processes { process.isCancelled = isCancelled }
        log.onDecision = { [onDecision] decision in
            audit.decided(decision)
            onDecision?(decision)
        }
        log.onRedelivery = { audit.redelivered($0) }
        path.onArrival = { [onArrival] in
            try audit.received($0, at: $1)
            onArrival?($0, $1)
        }
        for sequence in plan.missed {
            for route in parts.routes {
                log.note(
                    RunDecision(sequence: sequence, target: route.target, kind: .missed, at: start))
            }
        }
        progress.now = path.now
        do {
            try path.start()
            let outages = OutagePlan(request, path, log, disturber)
            progress.state = .running
            try puts(&plan, path, outages, report)
            try outages.heal()
            try drain(path)
            try redrive(path)
            progress.state = progress.state == .cancelling ? .cancelled : .completed
            try finish(path)
        } catch {
            progress.state = .failed
            progress.next = resumePoint(plan, log)
            try? path.link?.close(at: path.now)
            throw ReplayFailure(progress: progress, underlying: error)
        }
        let isWhole = progress.state == .completed
        if !isWhole { progress.next = resumePoint(plan, log) }
        return try makeReport(
            path, log, try audit.finish(without: isWhole ? nil : leftOver(plan)))
    }

    private func resumePoint(_ plan: any ReplayPlan, _ log: DecisionLog) -> Int? {
        leftOver(plan).resumePoint(awaited: log.awaited, last: request.window.last)
    }

    private func start() throws -> Timestamp {
        let head = try request.ledger.headSequence()
        guard head > 0 else { return Timestamp(microseconds: 0) }
        let recorded = try request.ledger.event(at: head).recorded ?? .earliest
        guard case .eventBridge(let model) = request.delivery else { return recorded }
        return Timestamp(microseconds: recorded.microseconds + model.wait)
    }

    private func plan(from start: Timestamp) throws -> any ReplayPlan {
        let ordered = OrderedPlan(request.ledger, request.window)
        switch request.delivery {
        case .ordered: return ordered
        case .eventBridge(let model):
            return try MinutePlan(
                request.ledger, request.window, model, seed: request.seed, start: start)
        case .chaos(let profile):
            return try LatePlan(ordered, profile, seed: request.seed, start: start)
        }
    }

    private func makeDisturber() -> Disturber {
        Disturber(request.delivery.faults, seed: request.seed)
    }

    private func puts(
        _ plan: inout any ReplayPlan, _ path: MessagePath, _ outages: OutagePlan,
        _ report: (ReplayProgress) throws -> Bool
    ) throws {
        while true {
            let stretch = try plan.next()
            guard !stretch.isEmpty else { return }
            self.stretch = (stretch, 0)
            for put in stretch {
                if try isCancelled() || pace?(put.at) == true {
                    cancel(path)
                    return try transcribe(path)
                }
                try outages.advance(to: put.at)
                try path.put(
                    BusEvent(put.event, sequence: put.sequence, replayName: request.name),
                    at: put.at)
                self.stretch.done += 1
                progress.events += 1
                progress.sequence = max(progress.sequence, put.sequence)
                progress.lastReplayed = put.event.time
                progress.now = path.now
            }
            try transcribe(path)
            if try report(progress) { return cancel(path) }
        }
    }

    /// Nothing more is put, and no program started.
    private func cancel(_ path: MessagePath) {
        progress.state = .cancelling
        for process in path.processes { process.isCancelled = { true } }
    }

    /// What a replay that did not come to its end had not put.
    private func leftOver(_ plan: any ReplayPlan) -> LeftOver {
        var left = plan.leftOver()
        let unput = stretch.puts[stretch.done...].map(\.sequence)
        if request.delivery == .ordered, let first = unput.first {
            left.after = min(left.after, first - 1)
        }
        left.others.formUnion(unput)
        return left
    }

    /// Lets retries and feeds come to their end, however many wait: a replay that is faster than
    /// history leaves days of feeds behind.
    ///
    /// A feeder that publishes every state never comes to rest. So a minute in which nobody is fed,
    /// which is longer than a feed and the way to the next one, is the end.
    private func drain(_ path: MessagePath) throws {
        while path.bus.pending > 0, let next = path.nextDeadline {
            if progress.state == .running, isCancelled() { cancel(path) }
            try path.advance(to: next)
        }
        var dispenses: Int
        repeat {
            dispenses = path.dispenses
            let end = Timestamp(microseconds: path.now.microseconds + 60_000_000)
            while let next = path.nextDeadline, next <= end { try path.advance(to: next) }
        } while path.dispenses > dispenses
        progress.now = path.now
    }

    /// Gives what ended in dead-letter queues to its targets once more, queue by queue.
    private func redrive(_ path: MessagePath) throws {
        guard request.redrives, progress.state != .cancelling else { return }
        for queue in path.bus.deadLetters.keys.sorted() {
            try path.bus.redrive(queue, at: path.now)
            try path.settle()
            try drain(path)
        }
    }

    private func transcribe(_ path: MessagePath) throws {
        if let onTranscript { try path.link?.takeTranscript(onTranscript) }
    }

    private func finish(_ path: MessagePath) throws {
        let window = request.window
        // What was put in order, and to the last, stands where it would after a hydration.
        let mayDiffer = request.delivery != .ordered || window.until != nil
        for (_, target) in path.projections {
            try target.fold.flush()
            // Of a window that begins at a moment, nobody hydrates the like.
            guard mayDiffer, progress.state == .completed, window.from == nil,
                window.first <= window.last
            else { continue }
            try target.fold.close(
                request.ledger, window.first...window.last, until: window.until)
        }
        for sink in path.sinks { try sink.finish() }
        try path.link?.close(at: path.now)
        try transcribe(path)
    }

    private func makeReport(
        _ path: MessagePath, _ log: DecisionLog, _ audit: AuditReport
    ) throws -> ReplayReport {
        ReplayReport(
            name: request.name, state: progress.state, model: request.delivery.name,
            seed: request.seed, faults: request.delivery.faults.description, progress: progress,
            bus: path.bus.counts,
            decisions: log.counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            audit: audit,
            digests: path.projections.flatMap { _, target in
                target.fold.folds.map { fold in
                    (
                        fold.name, fold.digest(history).hex, target.fold.taken,
                        target.fold.copies
                    )
                }
            },
            feeders: path.feeders.map { ($0.name, $0.counts) },
            messagesPublished: path.functions.reduce(0) { $0 + $1.function.counts.published },
            replaysIgnored: path.functions.reduce(0) { $0 + $1.function.counts.replaysIgnored },
            deadLetters: path.bus.deadLetters, dropped: path.bus.dropped,
            root: try request.ledger.head().root.hex)
    }
}

/// A replay that stopped on the way, and how far it was.
public struct ReplayFailure: Error, CustomStringConvertible {
    /// How far it was, and from where another replay goes on.
    public let progress: ReplayProgress
    /// What stopped it.
    public let underlying: any Error

    public var description: String {
        "the replay FAILED after sequence \(progress.sequence): \(underlying); \(progress.advice)"
    }
}
