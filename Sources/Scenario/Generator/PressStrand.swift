import EventModel

/// Some of a run's buttons, generated one stretch of time after the other.
///
/// A run with several jobs has several strands. Which button is in which strand changes nothing:
/// no draw depends on it, and what comes out is put in order.
struct PressStrand: Sendable {
    private let streams: PressStreams
    private var groups: [Group]
    /// Presses that were drawn with their day and lie behind the last stretch.
    private var ahead: [PlannedPress] = []
    /// The presses of the last stretch, in order.
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

    mutating func add(_ button: ButtonPlan, in zone: ZoneTable, from start: Timestamp) {
        if let place = groups.firstIndex(where: { $0.zone.name == zone.name }) {
            groups[place].buttons.append(button)
            return
        }
        // Two days back: a habit's spread and a gap carry a press over midnight, no further.
        let first = Timestamp.Day(number: zone.day(at: start).number - 2)
        groups.append(Group(zone: zone, buttons: [button], next: first))
    }

    /// Generates what happens before `end` and after the last call's end, into `ready`.
    mutating func advance(to end: Timestamp) {
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
        for press in ahead {
            if press.milliseconds < milliseconds {
                ready.append(press)
            } else {
                ahead[kept] = press
                kept += 1
            }
        }
        ahead.removeLast(ahead.count - kept)
        ready.sort(by: <)
    }
}
