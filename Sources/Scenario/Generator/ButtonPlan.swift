import EventModel
import Simulation

/// The random streams that presses are drawn from.
struct PressStreams: Sendable {
    let eventID, habitHappens, habitTime, snackCount, snackTime, clickKind: RandomStream
    let trip, repeated, late, duplicate, split, skew, unset, battery, health: RandomStream

    init(seed: UInt64) {
        eventID = RandomStream(seed: seed, domain: .eventID)
        habitHappens = RandomStream(seed: seed, domain: .habitHappens)
        habitTime = RandomStream(seed: seed, domain: .habitTime)
        snackCount = RandomStream(seed: seed, domain: .snackCount)
        snackTime = RandomStream(seed: seed, domain: .snackTime)
        clickKind = RandomStream(seed: seed, domain: .clickKind)
        trip = RandomStream(seed: seed, domain: .trip)
        repeated = RandomStream(seed: seed, domain: .repeatedPress)
        late = RandomStream(seed: seed, domain: .lateReport)
        duplicate = RandomStream(seed: seed, domain: .duplicateReport)
        split = RandomStream(seed: seed, domain: .splitDouble)
        skew = RandomStream(seed: seed, domain: .clockSkew)
        unset = RandomStream(seed: seed, domain: .unsetClock)
        battery = RandomStream(seed: seed, domain: .battery)
        health = RandomStream(seed: seed, domain: .healthReport)
    }
}

/// What one button does on a day while its feeder stays in one place, made ready for drawing.
struct ButtonPlan: Sendable {
    /// The button in random addresses: from its id, so that no other button has a part in it.
    let entity: UInt64
    /// The place of the button's SINGLE in the table of contents; DOUBLE and LONG follow.
    let firstContent: Int32
    let stay: StaySpan
    let habits: [HabitPlan]
    let snacks: [SnackPlan]
    /// nil where every day is like any other of its weekday.
    let calendar: CalendarPlan?
    /// nil where a press is one event, at once.
    let trouble: ButtonTrouble?

    struct HabitPlan: Sendable {
        let slot: UInt64
        let habit: Habit
    }

    struct SnackPlan: Sendable {
        let slot: UInt64
        /// For each local hour; first without a season, then for each season.
        let counts: [[PoissonTable]]
        let clicks: WeightedChoice
        let days: Presence
    }

    /// Adds the button's presses of a day, in no order, to `buffer`.
    func draw(
        _ day: LocalDay, in zone: ZoneTable, from streams: PressStreams,
        into buffer: inout PressBuffer
    ) {
        guard stay.mayHold(day.day) else { return }
        if let trouble, trouble.healthDays > 0 {
            reportHealth(day, trouble, streams, into: &buffer)
        }
        var weekday = day.day.weekday
        var season: Int?
        if let calendar {
            guard !calendar.isAway(day, streams.trip) else { return }
            weekday = calendar.days.weekday(of: day)
            season = calendar.days.season(of: day)
        }
        let shift = season.flatMap { calendar?.days.seasons[$0].shift } ?? 0
        for plan in habits
        where plan.habit.weekdays.contains(weekday: weekday) && plan.habit.days.contains(day.day) {
            let habit = plan.habit
            let number = day.day.number
            if habit.probability < 1_000_000 {
                var draws = streams.habitHappens.draws(slot: plan.slot, day: number, entity: entity)
                guard draws.happens(partsPerMillion: habit.probability) else { continue }
            }
            let onWall = min(max(habit.milliseconds + shift, 0), 86_399_999)
            let usual = zone.moment(day.day, microsecond: onWall * 1000)
            var draws = streams.habitTime.draws(slot: plan.slot, day: number, entity: entity)
            let time = usual.microseconds / 1000 + draws.deviation(spread: habit.spread)
            let press = DrawnPress(
                milliseconds: time, click: habit.click, draw: 0, slot: plan.slot, day: number)
            add(press, of: day, streams, into: &buffer)
        }
        for plan in snacks where plan.days.contains(day.day) {
            draw(plan, day, plan.counts[season.map { $0 + 1 } ?? 0], streams, into: &buffer)
        }
    }

    /// Draws the snacks of each slot. A slot that is a part of its hour gets its share: presses are
    /// drawn for the whole hour, and those are kept that fall into the part. (Thinning a Poisson
    /// process leaves a Poisson process, with the rate times the fraction.)
    private func draw(
        _ plan: SnackPlan, _ day: LocalDay, _ counts: [PoissonTable], _ streams: PressStreams,
        into buffer: inout PressBuffer
    ) {
        let number = day.day.number
        for (place, slot) in day.slots.enumerated() where !counts[slot.hour].isZero {
            let address = plan.slot + UInt64(place)
            let word = streams.snackCount.words(slot: address, day: number, entity: entity).0
            let count = counts[slot.hour].count(for: word)
            guard count > 0 else { continue }
            var times = streams.snackTime.draws(slot: address, day: number, entity: entity)
            var clicks = streams.clickKind.draws(slot: address, day: number, entity: entity)
            for draw in 0..<count {
                let time = slot.hourBegins + Int64(times.below(3_600_000)) * 1000
                let click = plan.clicks.draw(from: &clicks)
                guard time >= slot.from, time < slot.until,
                    let click = ClickKind(rawValue: UInt8(truncatingIfNeeded: click))
                else { continue }
                let press = DrawnPress(
                    milliseconds: time / 1000, click: click, draw: UInt64(draw), slot: address,
                    day: number)
                add(press, of: day, streams, into: &buffer)
            }
        }
    }

    @inline(__always) private func add(
        _ press: DrawnPress, of day: LocalDay, _ streams: PressStreams,
        into buffer: inout PressBuffer
    ) {
        guard stay.milliseconds.contains(press.milliseconds) else { return }
        if let trouble {
            report(press, of: day, trouble, streams, into: &buffer)
            return
        }
        let id = press.id(at: press.milliseconds, entity, streams)
        buffer.presses.append(
            PlannedPress(
                high: id.high, low: id.low, content: firstContent + Int32(press.click.rawValue)))
    }
}

/// A press with the address that it was drawn at.
struct DrawnPress {
    /// When the button is pressed.
    var milliseconds: Int64
    var click: ClickKind
    var draw: UInt64
    var slot: UInt64
    var day: Int32

    /// The id of an event of this press that arrives at a time.
    @inline(__always)
    func id(
        at milliseconds: Int64, _ entity: UInt64, _ streams: PressStreams
    ) -> (high: UInt64, low: UInt64) {
        let random = streams.eventID.words(draw: draw, slot: slot, day: day, entity: entity)
        let time = Timestamp(microseconds: milliseconds * 1000)
        guard case .uuid(let high, let low) = EventID(time: time, random: (random.0, random.1))
        else { return (0, 0) }
        return (high, low)
    }
}

/// When a feeder is in one place: presses of other times are none of this plan's.
struct StaySpan: Sendable {
    let milliseconds: Range<Int64>
    /// The local days that may have a part in it, whatever the zone and the habit's spread.
    private let days: ClosedRange<Int64>

    init(_ milliseconds: Range<Int64>) {
        self.milliseconds = milliseconds
        let length: Int64 = 86_400_000
        days = milliseconds.lowerBound / length - 3...milliseconds.upperBound / length + 3
    }

    func mayHold(_ day: Timestamp.Day) -> Bool { days.contains(Int64(day.number)) }
}
