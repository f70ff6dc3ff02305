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
    /// What a household's rates of snacks are multiplied with, in millionths, by weight; none for 1.
    public var appetites: [Weighted] = []
    /// What both bowls of a feeder hold, in grams, by weight; none for the template's.
    public var portions: [Weighted] = []
    /// How many feeders there are by which day, rising; none where all are there from the begin.
    public var growth: [Stage] = []
    /// How many households leave in a year, in parts per million.
    public var leaving = 0
    /// How many households move in a year, in parts per million.
    public var moving = 0

    /// Every how many-th feeder there is, from number 1: 1 for all of them.
    var step = 1

    /// A value and how many of the households have it, in proportion to the others' weights.
    public struct Weighted: Hashable, Sendable {
        public var value: Int
        public var weight: Int
    }

    /// How large a fleet is on a day; between two stages it grows evenly.
    public struct Stage: Hashable, Sendable {
        public var day: Timestamp.Day
        public var count: Int
    }

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
    ///
    /// - Parameters:
    ///   - start: from when on those that were there from the begin may move and leave.
    ///   - end: what happens after it is left out.
    public func households(
        seed: UInt64, from start: Timestamp.Day = Timestamp.Day(number: 0),
        until end: Timestamp.Day = Timestamp.Day(number: 0)
    ) -> [Household] {
        guard let draws = FleetDraws(self, seed: seed) else { return [] }
        return stride(from: 1, through: count, by: step).map { number in
            var household = template
            household.feeder = feeder(number)
            household.buttons = [button(number)]
            household.from = firstDay(number)
            draws.settle(
                &household, from: max(start, household.from ?? start), until: end)
            return household
        }
    }

    /// The day on which the feeder with this number joins; nil where it is there from the begin.
    func firstDay(_ number: Int) -> Timestamp.Day? {
        guard let place = growth.firstIndex(where: { number <= $0.count }) else { return nil }
        let stage = growth[place]
        guard place > 0 else { return stage.day }
        let before = growth[place - 1]
        let days = Int(stage.day.number - before.day.number)
        let part = days * (number - before.count) / (stage.count - before.count)
        return Timestamp.Day(number: before.day.number + Int32(part))
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
