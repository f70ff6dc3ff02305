import EventModel
import YAMLFile

/// Reads feeders and fleets, and remembers the names that are taken.
struct HouseholdReader {
    let zones: TimeZoneDatabase
    private var feeders: Set<String> = []
    private var buttons: Set<String> = []

    init(zones: TimeZoneDatabase) { self.zones = zones }

    mutating func household(
        _ node: YAMLNode, zone: String
    ) throws(ScenarioError) -> Household {
        let keys =
            [
                "name", "buttons", "time-zone", "bowls", "cats", "habits", "snacks", "from",
                "until", "changes",
            ] + HouseholdReader.calendarKeys
        let mapping = try node.mapping(of: "a feeder", keys: keys)
        let name = try mapping.required("name")
        let feeder = try name.name("the feeder's name")
        guard feeders.insert(feeder).inserted else {
            throw name.fail("a feeder \"\(feeder)\" is there already; each has a name of its own")
        }
        var ids: [String] = []
        for button in try mapping.required("buttons").elements("button ids") {
            let id = try button.buttonID()
            guard buttons.insert(id).inserted else {
                throw button.fail("a button \"\(id)\" is there already; each has an id of its own")
            }
            ids.append(id)
        }
        var zone = zone
        if let node = mapping["time-zone"] { zone = try self.zone(node) }
        var household = try habits(of: mapping, buttons: ids)
        household.feeder = feeder
        household.timeZone = zone
        let presence = try presence(mapping)
        (household.from, household.until) = (presence.from, presence.until)
        household.changes = try changes(mapping, presence)
        try calendar(of: mapping, for: &household)
        return household
    }

    mutating func fleet(_ node: YAMLNode) throws(ScenarioError) -> Fleet {
        let keys =
            [
                "count", "name", "button", "time-zones", "habit-shift", "bowls", "cats", "habits",
                "snacks", "growth", "leaving", "moving", "appetites", "portions",
            ] + HouseholdReader.calendarKeys
        let mapping = try node.mapping(of: "a fleet", keys: keys)
        let count = try mapping.required("count").integer("the fleet's count", in: 1...100_000)
        let nameNode = try mapping.required("name")
        let buttonNode = try mapping.required("button")
        let zonesNode = try mapping.required("time-zones")
        let zones = try weightedZones(zonesNode)
        var template = try habits(of: mapping, buttons: [""])
        let appetites = try self.appetites(mapping["appetites"], template)
        try calendar(
            of: mapping, for: &template, greatest: appetites.map(\.value).max() ?? 1_000_000)
        var fleet = Fleet(
            count: count,
            feederPattern: try pattern(nameNode.name("the feeders' name"), at: nameNode, count),
            buttonPattern: try pattern(
                buttonNode.buttonID(allowing: "#"), at: buttonNode, count),
            zones: zones,
            habitShift: try mapping["habit-shift"]?
                .duration("habit-shift", atMost: Habit.spreadLimit) ?? 0,
            template: template)
        fleet.appetites = appetites
        fleet.portions = try portions(mapping["portions"])
        fleet.growth = try growth(mapping["growth"], count)
        fleet.leaving = try mapping["leaving"]?.rate() ?? 0
        fleet.moving = try mapping["moving"]?.rate() ?? 0
        for number in 1...count {
            let (feeder, button) = (fleet.feeder(number), fleet.button(number))
            if feeders.contains(feeder) {
                throw nameNode.fail("a feeder \"\(feeder)\" is there already")
            }
            if buttons.contains(button) {
                throw buttonNode.fail("a button \"\(button)\" is there already")
            }
        }
        return fleet
    }

    /// A name of the tz database.
    func zone(_ node: YAMLNode) throws(ScenarioError) -> String {
        let name = try node.text("a time zone such as Pacific/Auckland")
        try check(zone: name, at: node)
        return name
    }

    func check(zone name: String, at node: YAMLNode) throws(ScenarioError) {
        do {
            _ = try zones.zone(name)
        } catch {
            throw node.fail("\(error)")
        }
    }

    /// A pattern with one run of `#` that has room for the greatest number.
    private func pattern(
        _ pattern: String, at node: YAMLNode, _ count: Int
    ) throws(ScenarioError) -> String {
        let runs = pattern.split { $0 != "#" }
        guard runs.count == 1, runs[0].count >= String(count).count else {
            throw node.fail(
                "a pattern with one run of at least \(String(count).count) \"#\" was expected, for"
                    + " the feeder's number, such as feeder-####, not \"\(pattern)\"")
        }
        return pattern
    }
}
