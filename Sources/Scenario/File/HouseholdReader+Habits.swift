import EventModel
import Simulation
import YAMLFile

extension HouseholdReader {
    /// Bowls, cats, habits and snacks: what a feeder and a fleet's template have in common.
    func habits(
        of mapping: YAMLMapping, buttons: [String]
    ) throws(ScenarioError) -> Household {
        let bowls = try mapping.required("bowls").mapping(
            of: "the bowls' portions", keys: ["left", "right"])
        let grams = Registration.gramsRange
        var household = Household(
            feeder: "", buttons: buttons, timeZone: "",
            leftGrams: try bowls.required("left").integer("grams", in: grams),
            rightGrams: try bowls.required("right").integer("grams", in: grams),
            cats: [], habits: [], snacks: [])
        for node in try mapping["cats"]?.elements("cats") ?? [] {
            let cat = try node.mapping(of: "a cat", keys: ["name", "bowl", "from", "until"])
            let bowl: Bowl? = try cat["bowl"]?.word(
                "bowl", ["left": .left, "right": .right, "both": nil])
            household.cats.append(
                Cat(
                    name: try cat.required("name").name("the cat's name"), bowl: bowl,
                    days: try presence(cat)))
        }
        for node in try mapping["habits"]?.elements("habits") ?? [] {
            let habit = try self.habit(node, household)
            household.habits.append(habit)
        }
        for node in try mapping["snacks"]?.elements("snacks") ?? [] {
            let snacks = try self.snacks(node, household)
            household.snacks.append(snacks)
        }
        return household
    }

    private func habit(
        _ node: YAMLNode, _ household: Household
    ) throws(ScenarioError) -> Habit {
        let keys = [
            "name", "click", "at", "spread", "weekdays", "probability", "button", "cat", "from",
            "until",
        ]
        let mapping = try node.mapping(of: "a habit", keys: keys)
        return Habit(
            name: try ownName(of: mapping, "habit", household.habits.map(\.name)),
            click: try mapping.required("click").word(
                "click", ["SINGLE": .single, "DOUBLE": .double, "LONG": .long]),
            button: try button(of: mapping, household.buttons),
            milliseconds: try mapping.required("at").timeOfDay(),
            spread: try mapping["spread"]?.duration("a spread", atMost: Habit.spreadLimit) ?? 0,
            weekdays: try mapping["weekdays"]?.weekdays() ?? .daily,
            probability: try mapping["probability"]?.micro("a probability", in: 0...1_000_000)
                ?? 1_000_000,
            days: try presence(of: mapping, household.cats))
    }

    /// The days of a habit or of snacks: their own, and those of their cat.
    private func presence(
        of mapping: YAMLMapping, _ cats: [Cat]
    ) throws(ScenarioError) -> Presence {
        let own = try presence(mapping)
        guard let node = mapping["cat"] else { return own }
        let name = try node.name("a cat's name")
        guard let cat = cats.first(where: { $0.name == name }) else {
            throw node.fail(
                "\"\(name)\" is no cat of this household; "
                    + (cats.isEmpty
                        ? "it has no \"cats\""
                        : Spelling.hint(for: name, among: cats.map(\.name))))
        }
        guard cats.count(where: { $0.name == name }) == 1 else {
            throw node.fail(
                "several cats are named \"\(name)\"; give each a name of its own, also one that"
                    + " comes back")
        }
        return own.and(cat.days)
    }

    private func snacks(
        _ node: YAMLNode, _ household: Household
    ) throws(ScenarioError) -> Snacks {
        let mapping = try node.mapping(
            of: "snacks",
            keys: ["name", "per-hour", "clicks", "button", "cat", "from", "until"])
        let clicks = try mapping.required("clicks")
        let words = ClickKind.allCases.map(\.word)
        let weights = try clicks.mapping(of: "weights of clicks", keys: words)
        var clickWeights: [Int] = []
        for word in words {
            clickWeights.append(try weights[word]?.integer("a weight", in: 0...1_000_000) ?? 0)
        }
        guard WeightedChoice(weights: clickWeights) != nil else {
            throw clicks.fail("at least one click needs a weight above 0")
        }
        return Snacks(
            name: try ownName(of: mapping, "snacks", household.snacks.map(\.name)),
            button: try button(of: mapping, household.buttons),
            ratesByHour: try rates(try mapping.required("per-hour")),
            clickWeights: clickWeights, days: try presence(of: mapping, household.cats))
    }

    /// Presses an hour, by stretches of whole hours such as `"17:00-21:00"`.
    private func rates(_ node: YAMLNode) throws(ScenarioError) -> [Int] {
        var rates: [Int?] = Array(repeating: nil, count: 24)
        for (key, text, value) in try node.members("presses an hour, by stretches of the day") {
            let rate = try value.micro("presses an hour", in: PoissonTable.rates)
            let ends = text.split(separator: "-", omittingEmptySubsequences: false)
                .map { Decimals.clock(String($0)) }
            guard ends.count == 2, let from = ends[0], let until = ends[1],
                from % 3600 == 0, until % 3600 == 0, from < 86_400, from != until
            else {
                throw key.fail(
                    "a stretch of whole hours such as \"17:00-21:00\" was expected, not \"\(text)\""
                )
            }
            var hour = from / 3600
            repeat {
                guard rates[hour] == nil else {
                    throw key.fail("the hour from \(hour):00 has a rate already")
                }
                rates[hour] = rate
                hour = (hour + 1) % 24
            } while hour != until / 3600 % 24
        }
        return rates.map { $0 ?? 0 }
    }

    private func ownName(
        of mapping: YAMLMapping, _ what: String, _ taken: [String]
    ) throws(ScenarioError) -> String {
        let node = try mapping.required("name")
        let name = try node.name("a name")
        guard !taken.contains(name) else {
            throw node.fail("\(what) \"\(name)\" is there already; draws go by the name")
        }
        return name
    }

    private func button(
        of mapping: YAMLMapping, _ buttons: [String]
    ) throws(ScenarioError) -> Int {
        guard let node = mapping["button"] else {
            if buttons.count == 1 { return 0 }
            throw mapping.place.fail(
                "\(mapping.what) needs the key \"button\", as the feeder has \(buttons.count)")
        }
        let id = try node.buttonID()
        guard let place = buttons.firstIndex(of: id) else {
            throw node.fail(
                "\"\(id)\" is no button of this feeder; " + Spelling.hint(for: id, among: buttons))
        }
        return place
    }
}
