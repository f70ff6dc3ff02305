import EventModel
import Ledger
import Projections

/// One pass over a ledger that holds any number of invariants against it, up to the first violation
/// of each.
///
///     records ──> presses ──once a batch──> invariant, invariant, …
///
/// Events come in order of the ledger, late reports where they were recorded. Records are read from
/// the replay index where there is one.
public struct InvariantPass {
    /// What came of one invariant.
    public struct Finding: Sendable {
        public var invariant: ChosenInvariant
        /// The first one; nil where the invariant holds.
        public var violation: Violation?
        /// Whether it is broken because nothing more came, and by no event.
        public var isAtEnd = false
        /// Presses and heard events that the invariant was given.
        public var events: Int

        /// Which failure it is; nil where the invariant holds.
        public var identity: FailureIdentity? {
            violation.map { FailureIdentity(invariant.type.name, $0) }
        }
    }

    public let ledger: EventLedger
    public let history: History
    /// How many events the ledger has.
    public let last: Int
    public private(set) var findings: [Finding]
    /// The one failure that counts; nil for all.
    public var only: FailureIdentity?
    private let devices: [String]

    /// - Throws: `LedgerError`, `ZoneError`.
    public init(
        _ ledger: EventLedger, _ invariants: [ChosenInvariant],
        settings: HydrationSettings = HydrationSettings(), database: TimeZoneDatabase
    ) throws {
        self.ledger = ledger
        last = try ledger.headSequence()
        devices = try ledger.devices()
        history = try History(of: ledger, upTo: last, settings: settings, database: database)
        findings = invariants.map { Finding(invariant: $0, violation: nil, events: 0) }
    }

    /// - Parameter progress: called once a batch with the sequence that was reached; throws to stop.
    public mutating func run(progress: (Int) throws -> Void = { _ in }) throws {
        _ = try run(keeping: 0, progress: progress)
    }

    /// The same, and keeps copies of the first invariant's state on the way.
    package mutating func run(
        keeping: Int, progress: (Int) throws -> Void = { _ in }
    ) throws -> Checkpoints {
        var checkpoints = Checkpoints(limit: keeping)
        let watches = findings.map { InvariantWatch.of($0.invariant) }
        if let first = watches.first { checkpoints.add(first, taken: 0) }
        guard last > 0 else { return checkpoints }
        var groups = hearingGroups()
        struct AllFound: Error {}
        var none = Checkpoints.none
        do {
            try ledger.scan(1...last) { first, records, lookup in
                for group in groups.indices {
                    let open = groups[group].places.filter { findings[$0].violation == nil }
                    guard !open.isEmpty else { continue }
                    var steps = Steps()
                    try groups[group].reader.read(first: first, records, lookup, into: &steps)
                    for place in open {
                        // Copies are kept of the first one.
                        if place == 0 {
                            take(steps, place, watches[place], &checkpoints)
                        } else {
                            take(steps, place, watches[place], &none)
                        }
                    }
                }
                guard findings.contains(where: { $0.violation == nil }) else { throw AllFound() }
                try progress(first + records.count - 1)
            }
        } catch is AllFound {
            return checkpoints
        }
        for place in watches.indices where findings[place].violation == nil {
            findings[place].violation = watches[place].atEnd(history).flatMap { found in
                only.map { $0.matches(found) } ?? true ? found : nil
            }
            findings[place].isAtEnd = findings[place].violation != nil
        }
        return checkpoints
    }

    /// The invariants by what they hear, with a reader for each kind: none is given an event that another
    /// one listens for.
    private func hearingGroups() -> [(reader: StepReader, places: [Int])] {
        var groups: [(hears: [ObjectIdentifier], reader: StepReader, places: [Int])] = []
        for (place, finding) in findings.enumerated() {
            let hears = finding.invariant.type.hears
            let kinds = hears.map { ObjectIdentifier($0) }
            if let group = groups.firstIndex(where: { $0.hears == kinds }) {
                groups[group].places.append(place)
            } else {
                let reader = StepReader(history, devices: devices, hears: hears)
                groups.append((kinds, reader, [place]))
            }
        }
        return groups.map { ($0.reader, $0.places) }
    }

    /// Gives a batch to one invariant, unless it was broken before.
    private mutating func take(
        _ steps: Steps, _ place: Int, _ watch: InvariantWatch, _ checkpoints: inout Checkpoints
    ) {
        var rest = steps.list[...]
        while findings[place].violation == nil, !rest.isEmpty {
            let part = checkpoints.isKept ? rest.prefix(Checkpoints.nearest) : rest
            let (found, taken) = watch.take(part, steps.heard, history, only: only)
            rest = rest.dropFirst(taken)
            findings[place].violation = found
            findings[place].events += taken
            if found == nil { checkpoints.add(watch, taken: findings[place].events) }
        }
    }

    /// The events after one up to another; of some feeders alone, if they are given.
    package func steps(
        upTo last: Int, after begin: Int = 0, only feeders: Set<FeederIndex>? = nil,
        hears: [any EventDetail.Type]
    ) throws -> Steps {
        var steps = Steps()
        guard last > begin else { return steps }
        var reader = StepReader(history, devices: devices, hears: hears)
        try ledger.scan(begin + 1...last) { first, records, lookup in
            try reader.read(first: first, records, lookup, only: feeders, into: &steps)
        }
        return steps
    }
}

/// Copies of an invariant's state along a history, so that work can begin at the nearest one. When
/// there are too many, every second one goes.
package struct Checkpoints {
    /// Rising by how many events had been taken in; the first is the state before all.
    private(set) var list: [(taken: Int, watch: InvariantWatch)] = []
    private let limit: Int
    /// The least distance between two, in events.
    private var spacing = 0

    init(limit: Int) { self.limit = limit }

    /// The least distance of two in a short history.
    static let nearest = 64

    var isKept: Bool { limit > 0 }

    mutating func add(_ watch: InvariantWatch, taken: Int) {
        guard limit > 0 else { return }
        if let last = list.last, taken < last.taken + max(1, spacing) { return }
        list.append((taken, watch.copy()))
        guard list.count > limit else { return }
        list = list.indices.filter { $0.isMultiple(of: 2) }.map { list[$0] }
        spacing = max(1, spacing * 2, (list.last?.taken ?? 0) / limit)
    }
}

extension Checkpoints {
    /// None but the state before the first event, wherever that is.
    package static var none: Checkpoints { Checkpoints(limit: 0) }
}
