import EventModel
import Simulation
import YAMLFile

/// The distributions that a fleet's households are drawn from.
extension HouseholdReader {
    /// Zones by weight.
    func weightedZones(_ node: YAMLNode) throws(ScenarioError) -> [Fleet.Zone] {
        var zones: [Fleet.Zone] = []
        for (key, name, value) in try node.members("zones by weight") {
            try check(zone: name, at: key)
            let weight = try value.integer("the zone's weight", in: 0...1_000_000)
            zones.append(Fleet.Zone(name: name, weight: weight))
        }
        guard zones.contains(where: { $0.weight > 0 }) else {
            throw node.fail("at least one zone needs a weight above 0")
        }
        return zones
    }

    /// What rates are multiplied with, by weight.
    func appetites(
        _ node: YAMLNode?, _ template: Household
    ) throws(ScenarioError) -> [Fleet.Weighted] {
        let most = template.snacks.flatMap(\.ratesByHour).max() ?? 0
        return try weighted(node, "appetites by weight") { (key) throws(ScenarioError) in
            let factor = try key.micro("an appetite", in: 0...100_000_000)
            guard most * factor / 1_000_000 <= PoissonTable.rates.upperBound else {
                throw key.fail("this appetite brings snacks above 30 presses an hour")
            }
            return factor
        }
    }

    /// What both bowls hold, by weight.
    func portions(_ node: YAMLNode?) throws(ScenarioError) -> [Fleet.Weighted] {
        try weighted(node, "portions by weight") { (key) throws(ScenarioError) in
            try key.integer("grams", in: Registration.gramsRange)
        }
    }

    private func weighted(
        _ node: YAMLNode?, _ what: String,
        _ read: (YAMLNode) throws(ScenarioError) -> Int
    ) throws(ScenarioError) -> [Fleet.Weighted] {
        guard let node else { return [] }
        var values: [Fleet.Weighted] = []
        for (key, _, value) in try node.members(what) {
            values.append(
                Fleet.Weighted(
                    value: try read(key), weight: try value.integer("a weight", in: 0...1_000_000)))
        }
        guard values.contains(where: { $0.weight > 0 }) else {
            throw node.fail("at least one weight must be above 0")
        }
        return values
    }

    /// How many feeders there are by which day; days and numbers rise, and the last one is `count`.
    func growth(_ node: YAMLNode?, _ count: Int) throws(ScenarioError) -> [Fleet.Stage] {
        guard let node else { return [] }
        var stages: [Fleet.Stage] = []
        for (key, _, value) in try node.members("numbers of feeders by day") {
            let stage = Fleet.Stage(
                day: try key.day(), count: try value.integer("feeders by then", in: 0...count))
            if let before = stages.last {
                guard before.day < stage.day else {
                    throw key.fail("\(stage.day) is not after \(before.day)")
                }
                guard before.count < stage.count else {
                    throw value.fail(
                        "\(stage.count) feeders are not more than the \(before.count) before;"
                            + " those that leave are told by \"leaving\"")
                }
            }
            stages.append(stage)
        }
        guard stages.last?.count == count else {
            throw node.fail("the last number of feeders must be the fleet's count, \(count)")
        }
        return stages
    }
}
