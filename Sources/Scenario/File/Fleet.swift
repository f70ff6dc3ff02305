import EventModel
import Simulation

/// Many feeders from one template, each with a zone and habit times of its own.
///
/// What differs from feeder to feeder is drawn from the run's seed at the address of the feeder's
/// button, so feeder 7 is the same in a fleet of ten and of ten thousand.
public struct Fleet: Hashable, Sendable {
    /// How many feeders; they are numbered from 1.
    public var count: Int
    /// The feeders' names, with a run of `#` where the number stands.
    public var feederPattern: String
    /// The buttons' ids, with a run of `#` where the number stands.
    public var buttonPattern: String
    /// Zones by weight.
    public var zones: [Zone]
    /// How far a household's own time of a habit may lie from the template's, in milliseconds.
    public var habitShift: Int64
    /// What all have in common; its name, buttons and zone are replaced.
    public var template: Household

    /// A zone and how many of the feeders stand in it, in proportion to the others' weights.
    public struct Zone: Hashable, Sendable {
        public var name: String
        public var weight: Int
    }

    /// The name of the feeder with this number.
    public func feeder(_ number: Int) -> String { Fleet.fill(feederPattern, with: number) }

    /// The id of the button with this number.
    public func button(_ number: Int) -> String { Fleet.fill(buttonPattern, with: number) }

    /// The fleet's households under a seed.
    public func households(seed: UInt64) -> [Household] {
        let zoneStream = RandomStream(seed: seed, domain: .fleetZone)
        let shiftStream = RandomStream(seed: seed, domain: .fleetHabitShift)
        guard let zoneChoice = WeightedChoice(weights: zones.map(\.weight)) else { return [] }
        return (1...count).map { number in
            var household = template
            household.feeder = feeder(number)
            household.buttons = [button(number)]
            let entity = RandomStream.entity(household.buttons[0])
            var zoneDraws = zoneStream.draws(entity: entity)
            household.timeZone = zones[zoneChoice.draw(from: &zoneDraws)].name
            for place in household.habits.indices {
                let habit = household.habits[place]
                var draws = shiftStream.draws(
                    slot: PressAddress.slot(ofHabit: habit.name), entity: entity)
                let shifted = habit.milliseconds + draws.deviation(spread: habitShift)
                household.habits[place].milliseconds = min(max(shifted, 0), 86_399_999)
            }
            return household
        }
    }

    /// The pattern with its run of `#` replaced by the number, padded with zeros to the run's
    /// length.
    static func fill(_ pattern: String, with number: Int) -> String {
        let width = pattern.utf8.filter { $0 == 0x23 }.count
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, width - digits.count)) + digits
        return pattern.replacing(
            String(repeating: "#", count: width), with: padded, maxReplacements: 1)
    }
}
