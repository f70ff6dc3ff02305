import EventModel
import Ledger

/// How a fold comes to a point with the help of snapshots: what it takes from them, and the stretches
/// that it must scan because late reports straddle the point there, or no snapshot is at hand.
struct SnapshotPlan {
    enum Step {
        /// A state of neighbouring events, all of which count.
        case merge(ProjectionFold, SnapshotHeader)
        case scan(ClosedRange<Int>)
        /// Events of which none counts.
        case skip(ClosedRange<Int>)
    }

    private(set) var steps: [Step] = []
    /// Snapshots that are taken, and their bytes.
    private(set) var snapshots = 0
    private(set) var bytes = 0
    /// Events that they stand for.
    private(set) var events = 0

    var scans: [ClosedRange<Int>] {
        steps.compactMap { if case .scan(let range) = $0 { range } else { nil } }
    }

    mutating func merge(_ fold: ProjectionFold, _ header: SnapshotHeader, bytes: Int) {
        steps.append(.merge(fold, header))
        snapshots += 1
        self.bytes += bytes
        events += header.range.count
    }

    /// Forgets the first steps, which were taken.
    mutating func drop(_ count: Int) { steps.removeFirst(count) }

    mutating func skip(_ range: ClosedRange<Int>) { steps.append(.skip(range)) }

    /// Neighbouring ranges are scanned as one.
    mutating func scan(_ range: ClosedRange<Int>) {
        if case .scan(let last)? = steps.last, last.upperBound + 1 == range.lowerBound {
            steps[steps.count - 1] = .scan(last.lowerBound...range.upperBound)
        } else {
            steps.append(.scan(range))
        }
    }
}

/// What snapshots are worth their bytes.
package struct SnapshotPolicy: Sendable {
    /// The most bytes that a projection's states may take for each event so far: by default a tenth of what
    /// the ledger takes.
    var keptBytesPerEvent = 10
    /// The most bytes that are read for each event that need not be folded: to read a byte of a state
    /// costs about what folding an event does.
    var readBytesPerEvent = 1

    package init() {}

    /// Whatever it takes: for tests, whose histories are short.
    package static let unlimited: SnapshotPolicy = {
        var policy = SnapshotPolicy()
        policy.keptBytesPerEvent = 1 << 30
        policy.readBytesPerEvent = 1 << 30
        return policy
    }()
}

/// What snapshots spared a hydration.
public struct SnapshotUse: Sendable, Equatable {
    /// States that were merged, over all projections.
    public var snapshots = 0
    /// Their bytes.
    public var bytes = 0
    /// Events that the states stand for, in the projection that was spared most.
    public var events = 0

    public init() {}

    mutating func add(_ plan: SnapshotPlan) {
        snapshots += plan.snapshots
        bytes += plan.bytes
        events = max(events, plan.events)
    }
}
