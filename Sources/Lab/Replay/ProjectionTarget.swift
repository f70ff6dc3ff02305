import EventBus
import EventModel
import Projections

/// A projection as a rule's target: takes events as the bus delivers them, each once.
///
/// It is given the ledger's time, not the whole seconds that the bus shows, and drops what it has had
/// by its sequence.
final class ProjectionTarget: Target {
    let fold: EventFold

    init(_ fold: EventFold) { self.fold = fold }

    func receive(_ delivery: borrowing Delivery) throws {
        guard let sequence = delivery.event.sequence else {
            throw TargetFailure(
                code: "NO_SEQUENCE", reason: "the event is in no ledger", isPermanent: true)
        }
        try fold.take(delivery.event.event, sequence: sequence)
    }
}
