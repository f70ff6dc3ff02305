import EventModel
import Simulation

/// What is drawn for each household of a fleet: where it stands, what it does otherwise than the
/// template, when it moves and when it leaves. By the button's id alone.
struct FleetDraws {
    private let fleet: Fleet
    private let zoneChoice: WeightedChoice
    private let appetiteChoice, portionChoice: WeightedChoice?
    private let zone, shift, appetite, portion, move, leave: RandomStream

    /// nil where no zone has a weight.
    init?(_ fleet: Fleet, seed: UInt64) {
        guard let zones = WeightedChoice(weights: fleet.zones.map(\.weight)) else { return nil }
        self.fleet = fleet
        zoneChoice = zones
        appetiteChoice = WeightedChoice(weights: fleet.appetites.map(\.weight))
        portionChoice = WeightedChoice(weights: fleet.portions.map(\.weight))
        zone = RandomStream(seed: seed, domain: .fleetZone)
        shift = RandomStream(seed: seed, domain: .fleetHabitShift)
        appetite = RandomStream(seed: seed, domain: .fleetAppetite)
        portion = RandomStream(seed: seed, domain: .fleetPortion)
        move = RandomStream(seed: seed, domain: .fleetMove)
        leave = RandomStream(seed: seed, domain: .fleetLeave)
    }

    /// Makes a copy of the template with feeder and button a household of its own.
    func settle(
        _ household: inout Household, from start: Timestamp.Day, until end: Timestamp.Day
    ) {
        let entity = RandomStream.entity(household.buttons[0])
        var zoneDraws = zone.draws(entity: entity)
        household.timeZone = fleet.zones[zoneChoice.draw(from: &zoneDraws)].name
        for place in household.habits.indices {
            let habit = household.habits[place]
            var draws = shift.draws(slot: PressAddress.slot(ofHabit: habit.name), entity: entity)
            let shifted = habit.milliseconds + draws.deviation(spread: fleet.habitShift)
            household.habits[place].milliseconds = min(max(shifted, 0), 86_399_999)
        }
        if let appetiteChoice {
            var draws = appetite.draws(entity: entity)
            let factor = fleet.appetites[appetiteChoice.draw(from: &draws)].value
            for place in household.snacks.indices {
                household.snacks[place].ratesByHour = household.snacks[place].ratesByHour.map {
                    $0 * factor / 1_000_000
                }
            }
        }
        if let portionChoice {
            var draws = portion.draws(entity: entity)
            let grams = fleet.portions[portionChoice.draw(from: &draws)].value
            (household.leftGrams, household.rightGrams) = (grams, grams)
        }
        comeAndGo(&household, entity, from: start, until: end)
    }

    /// Years are counted from the household's own first day, 365 days each.
    private func comeAndGo(
        _ household: inout Household, _ entity: UInt64, from start: Timestamp.Day,
        until end: Timestamp.Day
    ) {
        guard fleet.leaving > 0 || fleet.moving > 0 else { return }
        var year: Int32 = 0
        var begin = start
        // A zone's day may begin more than a day before the same day of the run's zone.
        while begin.number < end.number + 2 {
            var moves = move.draws(day: year, entity: entity)
            if moves.happens(partsPerMillion: fleet.moving) {
                // Not on the first day, which has a registration of its own.
                let day = Timestamp.Day(number: begin.number + 1 + Int32(moves.below(364)))
                household.changes.append(
                    Household.Change(
                        day: day, timeZone: fleet.zones[zoneChoice.draw(from: &moves)].name))
            }
            var leaves = leave.draws(day: year, entity: entity)
            if leaves.happens(partsPerMillion: fleet.leaving) {
                let last = Timestamp.Day(number: begin.number + Int32(leaves.below(365)))
                household.until = last
                household.changes.removeAll { $0.day > last }
                return
            }
            begin.number += 365
            year += 1
        }
    }
}
