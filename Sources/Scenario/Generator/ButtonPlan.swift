import EventModel
import Simulation

/// A press that was generated and waits for its turn: 24 bytes, no reference.
///
/// The id is a UUIDv7, so its first 48 bits are the press's time in milliseconds, and the order of
/// ids is the order of arrival: by time, then by random bits that belong to the press alone.
struct PlannedPress {
    var high: UInt64
    var low: UInt64
    /// A place in the generator's table of contents.
    var content: Int32

    var milliseconds: Int64 { Int64(high >> 16) }

    static func < (a: PlannedPress, b: PlannedPress) -> Bool {
        a.high < b.high || (a.high == b.high && a.low < b.low)
    }
}

/// The random streams that presses are drawn from.
struct PressStreams: Sendable {
    let eventID, habitHappens, habitTime, snackCount, snackTime, clickKind: RandomStream

    init(seed: UInt64) {
        eventID = RandomStream(seed: seed, domain: .eventID)
        habitHappens = RandomStream(seed: seed, domain: .habitHappens)
        habitTime = RandomStream(seed: seed, domain: .habitTime)
        snackCount = RandomStream(seed: seed, domain: .snackCount)
        snackTime = RandomStream(seed: seed, domain: .snackTime)
        clickKind = RandomStream(seed: seed, domain: .clickKind)
    }
}

/// What one button does on a day, made ready for drawing.
struct ButtonPlan: Sendable {
    /// The button in random addresses: from its id, so that no other button has a part in it.
    let entity: UInt64
    /// The place of the button's SINGLE in the table of contents; DOUBLE and LONG follow.
    let firstContent: Int32
    let habits: [HabitPlan]
    let snacks: [SnackPlan]

    struct HabitPlan: Sendable {
        let slot: UInt64
        let habit: Habit
    }

    struct SnackPlan: Sendable {
        let slot: UInt64
        /// For each local hour.
        let counts: [PoissonTable]
        let clicks: WeightedChoice
    }

    /// Adds the button's presses of a day, in no order, to `presses`.
    func draw(
        _ day: LocalDay, in zone: ZoneTable, from streams: PressStreams,
        into presses: inout [PlannedPress]
    ) {
        let weekday = day.day.weekday
        for plan in habits where plan.habit.weekdays.contains(weekday: weekday) {
            let habit = plan.habit
            let number = day.day.number
            if habit.probability < 1_000_000 {
                var draws = streams.habitHappens.draws(slot: plan.slot, day: number, entity: entity)
                guard draws.happens(partsPerMillion: habit.probability) else { continue }
            }
            let usual = zone.moment(day.day, microsecond: habit.milliseconds * 1000)
            var draws = streams.habitTime.draws(slot: plan.slot, day: number, entity: entity)
            let time = usual.microseconds / 1000 + draws.deviation(spread: habit.spread)
            append(
                time, Int32(habit.click.rawValue), streams, 0, plan.slot, number,
                into: &presses)
        }
        for plan in snacks { draw(plan, day, streams, into: &presses) }
    }

    /// Draws the snacks of each slot. A slot that is a part of its hour gets its share: presses are
    /// drawn for the whole hour, and those are kept that fall into the part. (Thinning a Poisson
    /// process leaves a Poisson process, with the rate times the fraction.)
    private func draw(
        _ plan: SnackPlan, _ day: LocalDay, _ streams: PressStreams,
        into presses: inout [PlannedPress]
    ) {
        let number = day.day.number
        for (place, slot) in day.slots.enumerated() where !plan.counts[slot.hour].isZero {
            let address = plan.slot + UInt64(place)
            let word = streams.snackCount.words(slot: address, day: number, entity: entity).0
            let count = plan.counts[slot.hour].count(for: word)
            guard count > 0 else { continue }
            var times = streams.snackTime.draws(slot: address, day: number, entity: entity)
            var clicks = streams.clickKind.draws(slot: address, day: number, entity: entity)
            for draw in 0..<count {
                let time = slot.hourBegins + Int64(times.below(3_600_000)) * 1000
                let click = Int32(plan.clicks.draw(from: &clicks))
                guard time >= slot.from, time < slot.until else { continue }
                append(
                    time / 1000, click, streams, UInt64(draw), address, number, into: &presses)
            }
        }
    }

    @inline(__always) private func append(
        _ milliseconds: Int64, _ click: Int32, _ streams: PressStreams, _ draw: UInt64,
        _ slot: UInt64, _ day: Int32, into presses: inout [PlannedPress]
    ) {
        let random = streams.eventID.words(draw: draw, slot: slot, day: day, entity: entity)
        let time = Timestamp(microseconds: milliseconds * 1000)
        guard case .uuid(let high, let low) = EventID(time: time, random: (random.0, random.1))
        else { return }
        presses.append(
            PlannedPress(high: high, low: low, content: firstContent + click))
    }
}
