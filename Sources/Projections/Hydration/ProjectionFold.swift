import EventModel
import Ledger

/// A projection's state on its way through history, with its type put away: the engine holds a list
/// of these, and calls each once a batch.
public class ProjectionFold {
    /// The last sequence that was folded in.
    public internal(set) var sequence = 0
    /// How many events the projection was given: presses, and what it hears besides.
    public internal(set) var events = 0
    /// What was folded in, in order, whatever the projection made of it.
    public internal(set) var input = InputDigest()
    /// The latest time among all events up to `sequence`.
    public internal(set) var latest = Timestamp(microseconds: .min)

    public var name: String { preconditionFailure("a fold has a projection") }
    public var version: Int { preconditionFailure("a fold has a projection") }
    /// Whether the state is that of all events 1...sequence: then it can be gone on from.
    public var isPrefix: Bool { input.count == sequence }
    /// Whether the state depends on the order of the events.
    public var needsOrder: Bool { true }
    /// Whether one feeder's state can be had alone.
    public var feedersAreIndependent: Bool { false }
    var hears: [any EventDetail.Type] { [] }

    var readsCodes: Bool { false }
    func apply(batch presses: Span<Press>, _ history: borrowing History) {}
    func apply(
        coded batch: borrowing CodedBatch, _ history: borrowing History
    ) -> CodedBatch.Taken { CodedBatch.Taken() }
    func apply(_ event: HeardEvent, _ history: borrowing History) {}
    func encode(to coder: inout StateEncoder) {}
    func restore(from coder: inout StateDecoder) throws {}
    func clearState() {}

    /// Throws what keeps the state from being whole.
    public func check() throws {}

    /// Takes in the fold of the same projection over the part of history right after this one's,
    /// folded apart over the same `History`.
    public func merge(_ later: ProjectionFold) {}

    /// A fold of the same projection that has had nothing, and passes over what this one has had.
    func blank() -> ProjectionFold { preconditionFailure("a fold has a projection") }

    /// Forgets everything: the fold is before the first event again.
    func clear() {
        clearState()
        (sequence, events, input, latest) = (0, 0, InputDigest(), Timestamp(microseconds: .min))
    }

    /// Writes the tables that people read.
    public func write(to store: StoreWriter) throws {}

    /// Writes what was open at `time`.
    public func report(at time: Timestamp, to store: StoreWriter) throws {}

    /// The digest of the state: SHA-256 over name, version and the encoded state.
    public func digest(_ history: History) -> SHA256Digest {
        var coder = StateEncoder(history: history)
        coder.encode(name)
        coder.encode(version)
        encode(to: &coder)
        return coder.finish()
    }

    /// The fold of a projection before the first event.
    public static func of<P: Projection>(_ type: P.Type) -> ProjectionFold { TypedFold<P>() }
}

/// What a fold had come to, apart from it: what a store keeps, in memory.
public struct FoldSnapshot: Sendable, Equatable {
    public var sequence: Int
    public var events: Int
    public var input: InputDigest
    public var latest: Timestamp
    /// The bytes that the projection's `encode(to:)` wrote.
    public var state: [UInt8]
}

extension ProjectionFold {
    /// The fold as it stands. Costs the memory of the encoded state; a store writes it in chunks.
    public func snapshot(_ history: History) -> FoldSnapshot {
        var bytes: [UInt8] = []
        var encoder = StateEncoder(history: history) { bytes += $0 }
        encode(to: &encoder)
        _ = encoder.finish()
        return FoldSnapshot(
            sequence: sequence, events: events, input: input, latest: latest, state: bytes)
    }

    /// Goes back, or on, to a snapshot.
    ///
    /// - Throws: `StateError` where the projection cannot read the state, or leaves some of it.
    public func restore(_ snapshot: FoldSnapshot, _ history: History) throws {
        var chunk: [UInt8]? = snapshot.state
        var decoder = StateDecoder(history: history) {
            defer { chunk = nil }
            return chunk
        }
        try restore(from: &decoder)
        try decoder.finish()
        (sequence, events) = (snapshot.sequence, snapshot.events)
        (input, latest) = (snapshot.input, snapshot.latest)
    }
}

/// The fold of one projection type.
public final class TypedFold<P: Projection>: ProjectionFold {
    public private(set) var state = P()

    public override var name: String { P.name }
    public override var version: Int { P.version }
    public override var needsOrder: Bool { P.needsOrder }
    public override var feedersAreIndependent: Bool { P.feedersAreIndependent }
    override var hears: [any EventDetail.Type] { P.hears }

    override func apply(batch presses: Span<Press>, _ history: borrowing History) {
        state.apply(batch: presses, history)
    }

    override var readsCodes: Bool { P.readsCodes }

    override func apply(
        coded batch: borrowing CodedBatch, _ history: borrowing History
    ) -> CodedBatch.Taken { state.apply(coded: batch, history) }

    override func apply(_ event: HeardEvent, _ history: borrowing History) {
        state.apply(event, history)
    }

    override func encode(to coder: inout StateEncoder) { state.encode(to: &coder) }

    override func restore(from coder: inout StateDecoder) throws { state = try P(from: &coder) }

    override func clearState() { state = P() }

    override func blank() -> ProjectionFold {
        let fold = TypedFold<P>()
        fold.sequence = sequence
        return fold
    }

    public override func merge(_ later: ProjectionFold) {
        guard let later = later as? TypedFold<P> else {
            preconditionFailure("folds of one projection merge")
        }
        state.merge(later.state)
        input.merge(later.input)
        events += later.events
        sequence = max(sequence, later.sequence)
        latest = max(latest, later.latest)
    }

    public override func check() throws { try state.check() }

    public override func write(to store: StoreWriter) throws { try state.write(to: store) }

    public override func report(at time: Timestamp, to store: StoreWriter) throws {
        try state.report(at: time, to: store)
    }
}
