import EventModel
import Projections

/// What must hold at every point of a history.
///
/// Write a small value with one obvious function, `apply`, which says what is wrong:
///
///     struct NoNightFeed: Invariant {
///         static let name = "no-night-feed"
///         static let version = 1
///         static let sentence = "no feed before five in the morning, by the feeder's clock"
///         init(_ value: Int) {}
///
///         mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
///             guard isNight(press, history) else { return nil }
///             return Violation(
///                 "night-feed", of: history.name(of: press.feeder), at: press.sequence,
///                 "\(history.name(of: press.feeder)) was fed at \(press.time)")
///         }
///     }
///
/// It is a value, so its state can be copied and gone on from: what a bisection shows and a
/// reduction resumes. Keep what grows with history in collections inside collections (by feeder,
/// then by day), of which a copy shares all that does not change.
public protocol Invariant: Sendable {
    /// The name on the command line: lower case, digits and hyphens.
    static var name: String { get }
    /// Raise it whenever the same events are judged otherwise.
    static var version: Int { get }
    /// What must hold, in words.
    static var sentence: String { get }
    /// The number that `--invariant NAME=N` sets; nil where there is none, which is the default.
    static var parameter: InvariantParameter? { get }
    /// The events beside presses that `apply(_:_:)` for `HeardEvent` wants; none by default.
    static var hears: [any EventDetail.Type] { get }

    /// The state before the first event.
    ///
    /// - Parameter value: the parameter's value; 0 for an invariant without one.
    init(_ value: Int)

    /// Takes one press in, in order of the ledger, and says what it breaks. It goes on after that: the
    /// next press is judged by itself.
    mutating func apply(_ press: Press, _ history: borrowing History) -> Violation?

    /// Takes in an event that is no press, of a type in `hears`.
    mutating func apply(_ event: HeardEvent, _ history: borrowing History) -> Violation?

    /// What is broken because nothing more came.
    ///
    /// - Parameters:
    ///   - time: the latest time of an event that was taken in.
    ///   - sequence: the last one that was taken in.
    func atEnd(of time: Timestamp, sequence: Int, _ history: borrowing History) -> Violation?

    /// What the state says of a feeder, for people; nil to have the members that change shown.
    func account(of feeder: FeederIndex, _ history: borrowing History) -> String?
}

extension Invariant {
    public static var parameter: InvariantParameter? { nil }
    public static var hears: [any EventDetail.Type] { [] }

    public mutating func apply(_ event: HeardEvent, _ history: borrowing History) -> Violation? {
        nil
    }

    public func atEnd(
        of time: Timestamp, sequence: Int, _ history: borrowing History
    ) -> Violation? { nil }

    public func account(of feeder: FeederIndex, _ history: borrowing History) -> String? { nil }
}

/// The number that an invariant takes.
public struct InvariantParameter: Sendable, Equatable {
    /// What it counts: `minutes`.
    public var unit: String
    /// Its value where the command line gives none.
    public var standard: Int
    public var range: ClosedRange<Int>

    public init(unit: String, standard: Int, range: ClosedRange<Int>) {
        (self.unit, self.standard, self.range) = (unit, standard, range)
    }
}
