import EventModel
import Simulation

extension ReferenceHistory {
    /// A point of any kind, with or without a time of knowledge.
    package func point(_ draws: inout RandomDraws) -> (Point, asOf: Timestamp?) {
        func event(_ draws: inout RandomDraws) -> Event {
            events[Int(draws.below(UInt64(events.count)))].event
        }
        let point: Point =
            switch draws.below(6) {
            case 0: .sequence(Int(draws.below(UInt64(events.count + 1))))
            case 1: .id(event(&draws).id.text)
            case 2: .percent(Int(draws.below(101)))
            case 3: .head
            case 4: .time(event(&draws).time)
            default:
                .time(
                    Timestamp(
                        microseconds: event(&draws).time.microseconds
                            + Int64(draws.below(7_200_000_000)) - 3_600_000_000))
            }
        let asOf = draws.below(2) == 0 ? nil : event(&draws).recorded
        return (point, asOf)
    }
}
