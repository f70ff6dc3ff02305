import EventModel

/// A fold over events into a state.
///
/// Write a small value with one obvious function, `apply`; batches, spans, checkpoints, snapshots
/// and threads are the library's business:
///
///     struct GramsServed: Projection {
///         static let name = "grams-served"
///         static let version = 1
///         var grams = PerFeeder<Int>()
///
///         mutating func apply(_ press: Press, _ history: borrowing History) {
///             grams[press.feeder] += history.grams(of: press)
///         }
///         mutating func merge(_ later: GramsServed) { grams.merge(later.grams, +) }
///         func encode(to coder: inout StateEncoder) { coder.encode(grams) }
///         init(from coder: inout StateDecoder) throws { grams = try coder.decode() }
///         func write(to store: StoreWriter) throws { … }
///     }
///
/// Laws, checked by `ProjectionLaws`: folding all is folding a part and then the rest; two
/// neighbouring parts fold apart and merge into the same state; the state that is encoded comes
/// back. States are integers and texts: sums of doubles depend on where the parts meet.
public protocol Projection: Sendable {
    /// The name on the command line and in stores: lower case, digits and hyphens.
    static var name: String { get }
    /// Raise it whenever the same events lead to another state: stores of another version are
    /// rebuilt.
    static var version: Int { get }
    /// The events beside presses that `apply(_:_:)` for `HeardEvent` wants; none by default.
    static var hears: [any EventDetail.Type] { get }

    /// Whether the state depends on the order in which events come. false is a claim, which the laws
    /// check: the same events in any order, each once, then lead to the same state.
    static var needsOrder: Bool { get }

    /// Whether each feeder's part of the state depends on that feeder's events alone, and `encode(to:)`
    /// writes nothing but such parts, by `encode(entriesOf:_:)` or as a `PerFeeder`. true is a claim,
    /// which the laws check: one feeder's state can then be folded, kept and brought back alone.
    static var feedersAreIndependent: Bool { get }

    /// The state before the first event.
    init()

    /// Takes one press in. Called in order of the ledger. Must not look at anything but its
    /// arguments and the state.
    mutating func apply(_ press: Press, _ history: borrowing History)

    /// Takes in an event that is no press, of a type in `hears`.
    mutating func apply(_ event: HeardEvent, _ history: borrowing History)

    /// Takes in the state of the part of history right after this one. Associative, in order.
    mutating func merge(_ later: Self)

    /// Writes the whole state, in an order that depends on names and numbers alone. The digest is
    /// taken over it, so equal states must write equal bytes.
    func encode(to coder: inout StateEncoder)

    /// Reads what `encode(to:)` wrote.
    init(from coder: inout StateDecoder) throws

    /// Writes the tables that people read.
    func write(to store: StoreWriter) throws

    /// What was open at `time` and is therefore not state: reports only, computed when asked.
    func report(at time: Timestamp, to store: StoreWriter) throws

    /// Throws what keeps the state from being whole, such as a full disk under a state that does not
    /// fit into memory: `apply` and `encode(to:)` cannot. Asked after each batch, and before a state
    /// is kept or shown.
    func check() throws

    /// Takes a batch of presses in, in order: the library's loop around `apply`, made anew for each
    /// projection by the compiler, so that a call is made once a batch and not once an event.
    mutating func apply(batch presses: Span<Press>, _ history: borrowing History)

    /// Whether `apply(coded:)` does anything; false by default.
    static var readsCodes: Bool { get }

    /// Takes in presses as the ledger codes them, from the first record on, up to the end or the first
    /// one whose meaning is not at hand: what `apply(batch:)` does, without presses being made first.
    /// Must come to the same state.
    mutating func apply(coded batch: borrowing CodedBatch, _ history: borrowing History)
        -> CodedBatch.Taken
}

extension Projection {
    public static var hears: [any EventDetail.Type] { [] }

    public static var needsOrder: Bool { true }

    public static var feedersAreIndependent: Bool { false }

    public static var readsCodes: Bool { false }

    public mutating func apply(
        coded batch: borrowing CodedBatch, _ history: borrowing History
    ) -> CodedBatch.Taken { CodedBatch.Taken() }

    public mutating func apply(_ event: HeardEvent, _ history: borrowing History) {}

    public func report(at time: Timestamp, to store: StoreWriter) throws {}

    public func check() throws {}

    @inlinable
    public mutating func apply(batch presses: Span<Press>, _ history: borrowing History) {
        for place in presses.indices { apply(presses[unchecked: place], history) }
    }
}
