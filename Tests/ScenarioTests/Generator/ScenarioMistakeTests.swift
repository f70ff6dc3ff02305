import EventModel
import Testing

@testable import Scenario

@Suite struct ScenarioMistakeTests {
    static let good = """
        name: good
        time-zone: Pacific/Auckland
        start: 2020-01-01
        envelope: {account: "123456789012", region: us-east-1}
        feeders:
          - name: kitchen
            buttons: [G030PM01, G030PM02]
            bowls: {left: 25, right: 30}
            cats: [{name: Miso, bowl: left}]
            habits:
              - {name: breakfast, click: LONG, at: "07:00", spread: 1h30m, button: G030PM01}
              - {name: dinner, click: SINGLE, at: 18:15:30, probability: 0.975, button: G030PM02}
            snacks:
              - name: begging
                button: G030PM01
                per-hour: {"17:00-22:00": 0.3, "23:00-01:00": 0.000001}
                clicks: {SINGLE: 3, LONG: 1}
        fleet:
          count: 20
          name: f-##
          button: B##
          time-zones: {UTC: 1, Europe/Berlin: 2}
          bowls: {left: 1, right: 2}
        """

    @Test func `a good file is read to the letter`() throws {
        let scenario = try ScenarioFile(Self.good)
        let kitchen = try #require(scenario.households.first)
        #expect(scenario.envelope.region == "us-east-1")
        #expect(kitchen.buttons == ["G030PM01", "G030PM02"])
        #expect(kitchen.cats == [Cat(name: "Miso", bowl: .left)])
        #expect(kitchen.habits[0].milliseconds == 7 * 3_600_000)
        #expect(kitchen.habits[0].spread == 5_400_000)
        #expect(kitchen.habits[0].probability == 1_000_000)
        #expect(kitchen.habits[1].milliseconds == 65_730_000)
        #expect(kitchen.habits[1].probability == 975_000)
        #expect(kitchen.habits[1].button == 1)
        #expect(kitchen.snacks[0].clickWeights == [3, 0, 1])
        #expect(kitchen.snacks[0].ratesByHour[17] == 300_000)
        #expect(kitchen.snacks[0].ratesByHour[22] == 0)
        #expect(kitchen.snacks[0].ratesByHour[23] == 1)
        #expect(kitchen.snacks[0].ratesByHour[0] == 1)
        #expect(scenario.feederCount == 21)
        #expect(scenario.fleet?.habitShift == 0)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        /// What is replaced in the good file, and by what.
        var old: String
        var new: String
        var place: String
        var message: String
        var testDescription: String { new.isEmpty ? "without \(old)" : new }

        init(_ old: String, _ new: String, _ place: String, _ message: String) {
            (self.old, self.new, self.place, self.message) = (old, new, place, message)
        }
    }

    @Test(arguments: [
        Mistake("envelope:", "envelop:", "4:1", "did you mean \"envelope\"?"),
        Mistake("name: good\n", "", "1:1", "a scenario needs the key \"name\""),
        Mistake("name: good", "name:", "1:6", "the scenario's name was expected, nothing is here"),
        Mistake("name: good", "name: [good]", "1:7", "was expected, not a list"),
        Mistake(
            "Pacific/Auckland", "Pacific/Aukland", "2:12", "did you mean \"Pacific/Auckland\"?"),
        Mistake("Pacific/Auckland", "../../etc/passwd", "2:12", "no time zone ../../etc/passwd"),
        Mistake("2020-01-01", "2021-02-29", "3:8", "month 2 of 2021 has no day 29"),
        Mistake("2020-01-01", "1969-12-31", "3:8", "1970-01-02 is the first"),
        Mistake("\"123456789012\"", "1234", "4:21", "twelve digits, not \"1234\""),
        Mistake("us-east-1", "Sydney!", "4:45", "looks like ap-southeast-2"),
        Mistake(
            "buttons: [G030PM01, G030PM02]", "buttons: G030PM01", "7:14", "a list of button ids"),
        Mistake(
            "[G030PM01, G030PM02]", "[G030PM01, G030PM01]", "7:25", "\"G030PM01\" is there already"),
        Mistake("[G030PM01, G030PM02]", "[\"G030 PM\"]", "7:15", "not \"G030 PM\""),
        Mistake(
            "bowls: {left: 25, right: 30}", "bowl: {left: 25}", "8:5", "did you mean \"bowls\"?"),
        Mistake("{left: 25, right: 30}", "{left: 25}", "8:12", "needs the key \"right\""),
        Mistake("left: 25", "left: 25.5", "8:19", "a whole number from 0 to 100000"),
        Mistake("left: 25", "left: -1", "8:19", "not \"-1\""),
        Mistake("bowl: left", "bowl: lefft", "9:31", "did you mean \"left\"?"),
        Mistake("click: LONG, at", "click: long, at", "11:34", "did you mean \"LONG\"?"),
        Mistake("\"07:00\"", "\"7:00\"", "11:44", "a time of day such as \"07:30\""),
        Mistake("\"07:00\"", "24:00", "11:44", "not \"24:00\""),
        Mistake("1h30m", "6h1s", "11:61", "a spread is at most 6h, not 6h1s"),
        Mistake("1h30m", "30", "11:61", "25m, 1h30m or 90s"),
        Mistake("1h30m", "30m1h", "11:61", "not \"30m1h\""),
        Mistake("spread: 1h30m", "weekdays: [mon, thy]", "11:69", "did you mean \"thu\"?"),
        Mistake("spread: 1h30m", "weekdays: sometimes", "11:63", "no choice of weekdays"),
        Mistake("0.975", "1.5", "12:66", "a probability, a number from 0 to 1"),
        Mistake("0.975", "0.9750001", "12:66", "at most 6 decimals"),
        Mistake("0.975", "1e-3", "12:66", "not \"1e-3\""),
        Mistake("button: G030PM02}", "button: G030PM03}", "12:81", "no button of this feeder"),
        Mistake(
            ", button: G030PM02}", "}", "12:9", "needs the key \"button\", as the feeder has 2"),
        Mistake("name: dinner", "name: breakfast", "12:16", "habit \"breakfast\" is there already"),
        Mistake("\"17:00-22:00\"", "\"17:30-22:00\"", "16:20", "a stretch of whole hours"),
        Mistake("\"17:00-22:00\"", "17", "16:20", "a stretch of whole hours"),
        Mistake("\"23:00-01:00\"", "\"21:00-23:00\"", "16:40", "the hour from 21:00 has a rate"),
        Mistake("0.3", "31", "16:35", "a number from 0 to 30"),
        Mistake("{SINGLE: 3, LONG: 1}", "{SINGLE: 0}", "17:17", "a weight above 0"),
        Mistake("SINGLE: 3", "TRIPLE: 3", "17:18", "it may be \"SINGLE\", \"DOUBLE\", \"LONG\""),
        Mistake("count: 20", "count: 0", "19:10", "from 1 to 100000"),
        Mistake("count: 20", "count: 100", "20:9", "one run of at least 3 \"#\""),
        Mistake("name: f-##", "name: f-##-#", "20:9", "one run of at least 2 \"#\""),
        Mistake("button: B##", "button: G030PM##", "21:11", "\"G030PM01\" is there already"),
        Mistake(
            "Europe/Berlin: 2", "Europe/Berlinn: 2", "22:24", "did you mean \"Europe/Berlin\"?"),
        Mistake("{UTC: 1, Europe/Berlin: 2}", "{UTC: 0}", "22:15", "a weight above 0"),
        Mistake(
            "start:", "name:", "1:1", "\"name\" is there twice in the mapping that begins here"),
        Mistake("name: good", "name: \"good", "4:22", "this is no YAML"),
        Mistake("name: good", "--- 1\n---", "2:1", "this is no YAML"),
    ])
    func `a mistake is shown with its place and a way out`(mistake: Mistake) throws {
        try #require(Self.good.contains(mistake.old))
        let text = Self.good.replacing(mistake.old, with: mistake.new, maxReplacements: 1)
        let error = try #require(throws: ScenarioError.self) { try ScenarioFile(text) }
        #expect("\(error.line):\(error.column)" == mistake.place)
        #expect(error.message.contains(mistake.message), "\(error)")
        #expect(error.description.hasPrefix("test.yaml:\(mistake.place): "))
    }

    @Test(arguments: [
        ("", "the file is empty"), ("# nothing\n", "the file is empty"),
        ("name: x\ntime-zone: UTC\nstart: 2020-01-01\n", "\"feeders\" or a \"fleet\""),
        ("- 1\n", "a scenario was expected: a mapping"), ("feeders: []", "needs the key \"name\""),
        ("a: &x [*x]", "this is no YAML"), ("name: \u{1}", "this is no YAML"),
    ])
    func `what is no scenario at all is refused`(text: String, message: String) throws {
        let error = try #require(throws: ScenarioError.self) { try ScenarioFile(text) }
        #expect(error.message.contains(message), "\(error)")
    }

    @Test func `a file that is not there is named`() throws {
        let error = try #require(throws: ScenarioError.self) {
            try ScenarioFile(path: "/nowhere.yaml", zones: TimeZoneDatabase())
        }
        #expect(error.description == "/nowhere.yaml:1:1: the scenario file cannot be read")
    }
}
