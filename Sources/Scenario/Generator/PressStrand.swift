import EventModel

/// Some of a run's buttons, generated one stretch of time after the other.
///
/// A run with several jobs has several strands. Which button is in which strand changes nothing:
/// no draw depends on it, and what comes out is put in order of arrival. A report never arrives before
/// its press, so once the days up to a moment are drawn, all that arrives before it is there; what
/// arrives later waits in `ahead`. What waits follows the number of buttons and how late reports may
/// be, not the length of the run.
struct PressStrand: Sendable {
    private let streams: PressStreams
    private var groups: [Group]
    /// Reports that were drawn with their day and arrive behind the last stretch.
    private var ahead = PressBuffer()
    /// The reports of the last stretch, in order.
    private(set) var ready: [PlannedPress] = []

    /// Buttons of one zone; they are all generated up to the same day.
    private struct Group: Sendable {
        let zone: ZoneTable
        var buttons: [ButtonPlan]
        var next: Timestamp.Day
    }

    init(streams: PressStreams) {
        self.streams = streams
        groups = []
    }

    /// What is to be known of a report of the last stretch; nil where it is plain.
    func note(of report: PlannedPress) -> PressNote? {
        report.note == PlannedPress.plain ? nil : ahead.notes[Int(report.note)]
    }

    /// Reports of presses before `end` that have not arrived by then, which `advance` has reached.
    func pending(at end: Timestamp) -> [(report: PlannedPress, truth: PressTruth)] {
        ahead.presses.compactMap { press in
            guard press.content != PlannedPress.lost, let truth = note(of: press)?.truth,
                truth.pressed < end
            else { return nil }
            return (press, truth)
        }
    }

    /// How many reports are held: those that are on their way, and the notes that have been made.
    var waiting: Int { max(ahead.presses.count, ahead.notes.count) }

    mutating func add(_ button: ButtonPlan, in zone: ZoneTable, from start: Timestamp) {
        if let place = groups.firstIndex(where: { $0.zone.name == zone.name }) {
            groups[place].buttons.append(button)
            return
        }
        // Two days back: a habit's spread and a gap carry a press over midnight, no further.
        let first = Timestamp.Day(number: zone.day(at: start).number - 2)
        groups.append(Group(zone: zone, buttons: [button], next: first))
    }

    /// Generates what arrives before `end` and after the last call's end, into `ready`.
    mutating func advance(to end: Timestamp) {
        ahead.release(ready)
        let horizon = Timestamp(microseconds: end.microseconds + Habit.spreadLimit * 1000)
        for place in groups.indices {
            while true {
                let day = LocalDay(groups[place].next, in: groups[place].zone)
                guard day.start < horizon else { break }
                if day.happens {
                    for button in groups[place].buttons {
                        button.draw(day, in: groups[place].zone, from: streams, into: &ahead)
                    }
                }
                groups[place].next.number += 1
            }
        }
        let milliseconds = end.microseconds / 1000
        ready.removeAll(keepingCapacity: true)
        var kept = 0
        for press in ahead.presses {
            if press.milliseconds < milliseconds {
                ready.append(press)
            } else {
                ahead.presses[kept] = press
                kept += 1
            }
        }
        ahead.presses.removeLast(ahead.presses.count - kept)
        ready.sort(by: <)
    }
}
