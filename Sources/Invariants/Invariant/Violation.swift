import EventModel

/// A point of a history at which an invariant does not hold.
public struct Violation: Sendable, Equatable {
    /// What is broken, among the things that an invariant may find: `double-feed`.
    public var kind: String
    /// Whose it is, by name: a feeder, a bowl, a button.
    public var subject: String
    /// The event after which it does not hold: that which the invariant was given last, whatever it says.
    public var sequence: Int
    /// The events that show it, rising, `sequence` among them.
    public var witnesses: [Int]
    /// What is wrong, with its numbers, in one sentence.
    public var sentence: String

    /// - Parameters:
    ///   - kind, subject: what must stay the same while a history is reduced, so a name and no number.
    ///   - witnesses: those before `sequence`.
    public init(
        _ kind: String, of subject: String, at sequence: Int, witnesses: [Int] = [],
        _ sentence: String
    ) {
        self.kind = kind
        self.subject = subject
        self.sequence = sequence
        self.witnesses = Violation.rising(witnesses, upTo: sequence)
        self.sentence = sentence
    }

    /// The same at the event that the invariant had just been given: what it said of the place itself may
    /// be another event that shows it.
    func found(at last: Int) -> Violation {
        var found = self
        found.sequence = last
        found.witnesses = Violation.rising(witnesses + [sequence], upTo: last)
        return found
    }

    /// Each once, and the last one among them.
    private static func rising(_ witnesses: [Int], upTo last: Int) -> [Int] {
        Set(witnesses.filter { $0 < last && $0 > 0 }).sorted() + [last]
    }
}

/// Which failure it is: what stays the same while a history is reduced.
public struct FailureIdentity: Hashable, Sendable, CustomStringConvertible {
    public var invariant: String
    public var kind: String
    public var subject: String

    public init(_ invariant: String, _ violation: Violation) {
        (self.invariant, kind, subject) = (invariant, violation.kind, violation.subject)
    }

    /// `no-double-feed: double-feed of kitchen left`
    public var description: String { "\(invariant): \(kind) of \(subject)" }

    func matches(_ violation: Violation) -> Bool {
        violation.kind.hasSameBytes(as: kind) && violation.subject.hasSameBytes(as: subject)
    }
}
