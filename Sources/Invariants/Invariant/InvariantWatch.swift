import EventModel
import Projections

/// An invariant's state on its way through history, with its type put away.
package class InvariantWatch {
    /// The latest time of an event that was taken in.
    package fileprivate(set) var latest = Timestamp(microseconds: .min)
    /// The last sequence that was taken in; 0 before the first.
    package fileprivate(set) var last = 0

    package var name: String { preconditionFailure("a watch has an invariant") }
    /// One more in the same state, which goes on by itself.
    package func copy() -> InvariantWatch { preconditionFailure("a watch has an invariant") }

    /// Takes events in up to the first violation, of one identity if it is given.
    ///
    /// - Returns: the violation, and how many events were taken in.
    package func take(
        _ steps: ArraySlice<Step>, _ heard: [HeardEvent], _ history: borrowing History,
        only identity: FailureIdentity?
    ) -> (violation: Violation?, taken: Int) {
        preconditionFailure("a watch has an invariant")
    }

    /// What is broken because nothing more came.
    package func atEnd(_ history: borrowing History) -> Violation? {
        preconditionFailure("a watch has an invariant")
    }

    /// The state as a person may read it: what the invariant says of a feeder, or else its members by
    /// name.
    func account(
        of feeder: FeederIndex, _ history: borrowing History
    ) -> [(name: String, value: String)] { [] }

    /// The watch of an invariant before the first event.
    package static func of(_ chosen: ChosenInvariant) -> InvariantWatch {
        func open<I: Invariant>(_ type: I.Type) -> InvariantWatch {
            TypedWatch(type.init(chosen.value))
        }
        return open(chosen.type)
    }

    /// The watch of an invariant that is in some state already.
    package static func of<I: Invariant>(_ state: I) -> InvariantWatch { TypedWatch(state) }
}

private final class TypedWatch<I: Invariant>: InvariantWatch {
    private var state: I

    init(_ state: I) { self.state = state }

    override var name: String { I.name }

    override func copy() -> InvariantWatch {
        let other = TypedWatch(state)
        (other.latest, other.last) = (latest, last)
        return other
    }

    override func take(
        _ steps: ArraySlice<Step>, _ heard: [HeardEvent], _ history: borrowing History,
        only identity: FailureIdentity?
    ) -> (violation: Violation?, taken: Int) {
        for place in steps.indices {
            let step = steps[place]
            let found =
                step.heard < 0
                ? state.apply(step.press, history)
                : state.apply(heard[Int(step.heard)], history)
            latest = max(latest, step.press.time)
            last = step.press.sequence
            if let found, identity.map({ $0.matches(found) }) ?? true {
                return (found.found(at: last), place - steps.startIndex + 1)
            }
        }
        return (nil, steps.count)
    }

    override func atEnd(_ history: borrowing History) -> Violation? {
        last == 0
            ? nil : state.atEnd(of: latest, sequence: last, history)?.found(at: last)
    }

    override func account(
        of feeder: FeederIndex, _ history: borrowing History
    ) -> [(name: String, value: String)] {
        if let text = state.account(of: feeder, history) {
            return [(history.name(of: feeder), text)]
        }
        return Mirror(reflecting: state).children.map { child in
            (child.label ?? "value", String(describing: child.value))
        }
    }
}
