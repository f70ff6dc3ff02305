import EventModel
import Expectations
import Ledger
import Projections

extension EventLedger {
    /// The events between two points: both inclusive. `from` a sequence or an id begins with that
    /// event, from a share with the one after it, from a time with those that happened then or later.
    public func window(from: PointInTime?, until: PointInTime) throws -> ReplayWindow {
        let end = try resolve(until)
        var window = ReplayWindow(last: end.last, until: end.time)
        switch from {
        case nil: break
        case .time(let time): window.from = time
        case .sequence(let number): window.first = max(1, number)
        case .id(let id):
            guard let number = try sequence(of: id) else {
                throw LedgerError.notFound(path: path, what: "event \(id)")
            }
            window.first = number
        case .millionths, .head: window.first = try resolve(from ?? .head).last + 1
        }
        return window
    }
}
