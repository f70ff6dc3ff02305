import EventModel
import Ledger

/// The order in which buttons say that they were pressed, to compare messages with. Reports that came
/// late or with a wrong time are left out: their order is not the bus's to keep.
struct StatedOrder {
    /// The times of the presses that a message may be for, in order: one where it has an id; else all
    /// those of its second and word. nil where one of them is left out.
    private var times: [String: [Int64]?] = [:]

    init(_ history: ReportHistory, _ ledger: EventLedger) throws {
        let last = try ledger.headSequence()
        guard last > 0 else { return }
        try ledger.forEachEvent(1...last) { sequence, event in
            guard let report = history.report(at: sequence) else { return }
            let isLeftOut = !report.faults.isDisjoint(with: [.late, .skewed, .unset, .duplicate])
            let second = event.time.floored(to: .second).text(.second)
            let time = report.report.pressed.microseconds
            for key in [event.id.text, "\(second) \(report.report.click.word)"] {
                if isLeftOut {
                    times[key] = .some(nil)
                } else if let known = times[key] {
                    times[key] = known.map { $0 + [time] }
                } else {
                    times[key] = [time]
                }
            }
        }
    }

    /// How many pairs of messages stand in another order than their presses.
    func wrongPairs(_ told: [Told]) -> Int { told.wrongPairs { times[$0] ?? nil } }
}
