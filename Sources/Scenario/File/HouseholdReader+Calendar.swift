import EventModel
import Simulation
import YAMLFile

extension HouseholdReader {
    /// The keys of a household's calendar and mishaps, which feeders and fleets have in common.
    static let calendarKeys = [
        "seasons", "holidays", "absences", "trips", "double-presses", "mishaps",
    ]

    /// Reads the calendar of a household whose habits and snacks are known.
    ///
    /// - Parameter greatest: what a fleet multiplies rates with at most, in millionths.
    func calendar(
        of mapping: YAMLMapping, for household: inout Household, greatest: Int = 1_000_000
    ) throws(ScenarioError) {
        var calendar = HouseholdCalendar()
        for node in try mapping["seasons"]?.elements("seasons") ?? [] {
            let season = try season(node, taken: calendar.seasons.map(\.name))
            try checkRates(of: household, in: season, greatest, at: node)
            calendar.seasons.append(season)
        }
        for node in try mapping["holidays"]?.elements("holidays") ?? [] {
            calendar.holidays.append(try days(node, "holidays"))
        }
        for node in try mapping["absences"]?.elements("absences") ?? [] {
            calendar.absences.append(try days(node, "an absence"))
        }
        if let node = mapping["trips"] {
            let trips = try node.mapping(of: "trips", keys: ["per-year", "days"])
            calendar.trips = Trips(
                perYear: try trips.required("per-year").micro("trips a year", in: 0...12_000_000),
                days: try trips.required("days").wholeRange("days of a trip", in: 1...Trips.longest)
            )
        }
        household.calendar = calendar
        if let node = mapping["double-presses"] {
            let presses = try node.mapping(of: "double presses", keys: ["rate", "within"])
            household.repeated = RepeatedPresses(
                rate: try presses.required("rate").rate(),
                within: try presses.required("within").duration("within", atMost: 600_000))
        }
        if let node = mapping["mishaps"] { household.mishaps = try mishaps(node) }
    }

    private func season(_ node: YAMLNode, taken: [String]) throws(ScenarioError) -> Season {
        let keys = ["name", "days", "time-zones", "snacks", "later", "earlier"]
        let mapping = try node.mapping(of: "a season", keys: keys)
        let name = try mapping.required("name")
        let text = try name.name("the season's name")
        guard !taken.contains(text) else {
            throw name.fail("a season \"\(text)\" is there already")
        }
        var season = Season(name: text, days: try days(of: mapping))
        if let snacks = mapping["snacks"] {
            season.snacks = try snacks.micro("what rates are multiplied with", in: 0...100_000_000)
        }
        if let later = mapping["later"] {
            season.shift = try later.duration("later", atMost: Season.shiftLimit)
        }
        if let earlier = mapping["earlier"] {
            guard mapping["later"] == nil else {
                throw earlier.fail("a season is later or earlier, not both; leave one of them out")
            }
            season.shift = -(try earlier.duration("earlier", atMost: Season.shiftLimit))
        }
        return season
    }

    private func checkRates(
        of household: Household, in season: Season, _ greatest: Int, at node: YAMLNode
    ) throws(ScenarioError) {
        for snacks in household.snacks {
            let most = snacks.ratesByHour.max() ?? 0
            // Rates end at 30 an hour and factors at 100, so nothing here overflows.
            guard season.rate(of: most * greatest / 1_000_000) <= PoissonTable.rates.upperBound
            else {
                throw node.fail(
                    "season \"\(season.name)\" brings \"\(snacks.name)\" above 30 presses an hour;"
                        + " take smaller \"snacks\"")
            }
        }
    }

    /// Days as a list of texts, or as a mapping with the zones in which they hold.
    private func days(_ node: YAMLNode, _ what: String) throws(ScenarioError) -> CalendarDays {
        guard node.isMapping else { return CalendarDays(stretches: [try node.dayStretch()]) }
        return try days(of: try node.mapping(of: what, keys: ["name", "days", "time-zones"]))
    }

    private func days(of mapping: YAMLMapping) throws(ScenarioError) -> CalendarDays {
        var days = CalendarDays(stretches: [])
        let node = try mapping.required("days")
        if node.isList {
            for element in try node.elements("days") {
                days.stretches.append(try element.dayStretch())
            }
        } else {
            days.stretches = [try node.dayStretch()]
        }
        for zone in try mapping["time-zones"]?.elements("time zones") ?? [] {
            days.timeZones.append(try self.zone(zone))
        }
        return days
    }

    /// The keys `from` and `until` of whatever comes and goes.
    func presence(
        _ mapping: YAMLMapping, _ from: String = "from", _ until: String = "until"
    ) throws(ScenarioError) -> Presence {
        let presence = Presence(
            from: try mapping[from]?.day(), until: try mapping[until]?.day())
        if let from = presence.from, let last = presence.until, last < from {
            throw (mapping[until] ?? mapping.place).fail(
                "\(last) is before \(from), the first day")
        }
        return presence
    }

    /// A feeder's changes of place and portions, in order of days.
    func changes(
        _ mapping: YAMLMapping, _ presence: Presence
    ) throws(ScenarioError) -> [Household.Change] {
        var changes: [Household.Change] = []
        for node in try mapping["changes"]?.elements("changes") ?? [] {
            let keys = ["day", "time-zone", "bowls"]
            let change = try node.mapping(of: "a change", keys: keys)
            let dayNode = try change.required("day")
            let day = try dayNode.day()
            if let before = changes.last?.day ?? presence.from, day <= before {
                throw dayNode.fail("\(day) is not after \(before); changes come in order of days")
            }
            if let last = presence.until, day > last {
                throw dayNode.fail("\(day) is after \(last), the feeder's last day")
            }
            guard change["time-zone"] != nil || change["bowls"] != nil else {
                throw node.fail("a change needs \"time-zone\" or \"bowls\"")
            }
            let bowls = try change["bowls"]?.mapping(
                of: "the bowls' portions", keys: ["left", "right"])
            var zone: String?
            if let node = change["time-zone"] { zone = try self.zone(node) }
            changes.append(
                Household.Change(
                    day: day, timeZone: zone,
                    leftGrams: try bowls?["left"]?.integer("grams", in: Registration.gramsRange),
                    rightGrams: try bowls?["right"]?.integer("grams", in: Registration.gramsRange)))
        }
        return changes
    }
}
