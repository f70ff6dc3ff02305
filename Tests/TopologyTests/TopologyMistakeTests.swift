import Testing

@testable import Topology

@Suite struct TopologyMistakeTests {
    static let bus = [
        Mistake("button-handler:", "button-handle:", "3:1", "did you mean \"button-handler\"?"),
        Mistake("name: good\n", "", "1:1", "a topology needs the key \"name\""),
        Mistake("cats/bus", "\"cats bus\"", "2:13", "1 to 256 letters, digits"),
        Mistake("\"123456789012\"", "12", "2:32", "twelve digits"),
        Mistake("us-east-1", "Sydney!", "2:56", "looks like ap-southeast-2"),
        Mistake("handler: mended", "handler: mendet", "3:17", "did you mean \"mended\"?"),
        Mistake("name: good", "name: good\nname: x", "1:1", "the key \"name\" is there twice"),
        Mistake("name: good", "name: \"good", "2:33", "this is no YAML"),
    ]

    static let rules = [
        Mistake("- name: rest", "- name: feeds", "21:11", "a rule \"feeds\" is there already"),
        Mistake("- name: rest", "- name: re st", "21:11", "the name of a rule has 1 to 64"),
        Mistake("state: disabled", "state: disable", "6:12", "did you mean \"disabled\"?"),
        Mistake(
            "pattern: {source: [com.cats], detail: {n: [{numeric: [\">\", 1.50]}], yes: [true, ~, \"1\"]}}",
            "pattern: {}", "7:14", "not an empty object"),
        Mistake("{\"source\" : [ \"com.cats\" ] }", "[1]", "22:14", "a JSON object"),
        Mistake("{\"source\" : [", "{\"source\" [", "22:14", "this is no JSON: a : was expected"),
        Mistake("[com.cats]", "*x", "7:23", "this is no YAML"),
        Mistake(
            "targets:\n      - {id: log", "targets: []\n    x:\n      - {id: log", "25:5",
            "unknown key \"x\" in a rule"),
        Mistake(
            "      - {id: log, kind: file, path: feeds.jsonl}\n",
            String(repeating: "      - {id: log, kind: file, path: feeds.jsonl}\n", count: 2),
            "26:14", "a target \"log\" is there already"),
        Mistake(
            "      - {id: log, kind: file, path: feeds.jsonl}\n",
            (1...5).map { "      - {id: l\($0), kind: file, path: f\($0)}\n" }.joined(), "30:9",
            "a rule has at most 5 targets"),
    ]

    static let targets = [
        Mistake("kind: file", "kind: fil", "25:25", "did you mean \"file\"?"),
        Mistake("id: log, ", "", "25:9", "a target of kind file needs the key \"id\""),
        Mistake("path: feeds.jsonl", "topic: x", "25:31", "unknown key \"topic\" in a target of"),
        Mistake("path: feeds.jsonl", "pat: x", "25:31", "did you mean \"path\"?"),
        Mistake("path: feeds.jsonl", "path: \"\"", "25:37", "the path of a file was expected"),
        Mistake("id: totals", "id: to/tals", "18:13", "the id of a target has 1 to 64"),
        Mistake(
            "kind: file, path: feeds.jsonl", "kind: projection, name: bowl-totals", "25:43",
            "the projection \"bowl-totals\" is a target already"),
        Mistake("attempts: 3", "attempts: 186", "16:27", "a whole number from 0 to 185"),
        Mistake(
            "max-age: 1h30m", "max-age: 59s", "16:39", "max-age is from 60s to 86400s, not 59s"),
        Mistake("max-age: 1h30m", "max-age: 25h", "16:39", "not 90000s"),
        Mistake("max-age: 1h30m", "max-age: 60", "16:39", "25m, 1h30m or 90s"),
        Mistake("max-age: 1h30m", "age: 60s", "16:30", "it may be \"attempts\", \"max-age\""),
        Mistake("lost-feeds", "lost.feeds", "17:22", "dead-letter queue has 1 to 80"),
        Mistake("timeout: 2m", "timeout: 0s", "29:18", "a timeout is from 1s to 900s"),
        Mistake("command: [curl, -d, \"@-\", \"\"]", "command: []", "28:18", "at least one of"),
        Mistake("[curl, -d, \"@-\", \"\"]", "curl", "28:18", "a list of words of a command"),
        Mistake("[curl, -d, \"@-\", \"\"]", "[\"\"]", "28:19", "a program or an argument"),
        Mistake("input-path: $.detail", "input-path: detail", "15:21", "begins with \"$\""),
        Mistake(
            "timeout: 2m", "input-path: $", "29:21", "only one of \"input-path\" and"),
        Mistake("{click: $.detail", "{cl.ick: $.detail", "31:25", "the name of an input path"),
        Mistake("at: $.time", "at: time", "31:57", "begins with \"$\""),
        Mistake("template: '{\"click\"", "templat: '{\"click\"", "32:11", "mean \"template\"?"),
    ]

    static let functions = [
        Mistake("thing: Lambda\n", "thing: Lamda\n", "11:16", "did you mean \"Lambda\"?"),
        Mistake("thing: Lambda\n", "thing: Old\n", "11:16", "has the role \"feeder\""),
        Mistake("variant: mended\n", "variant: deployd\n", "13:18", "did you mean \"deployed\"?"),
        Mistake("variant: mended\n", "variant: deployed\n", "14:18", "cannot tell a replay"),
        Mistake(
            "variant: mended\n        replays: publish", "variant: deployed", "12:16",
            "the deployed function knows one topic"),
        Mistake("replays: publish", "replays: send", "14:18", "it may be \"ignore\", \"publish\""),
        Mistake(
            "${device}/action\n        variant: mended\n        replays: publish\n        input",
            "${device}/act\n        variant: mended\n        replays: publish\n        input",
            "35:16", "another function connects as \"Lambda\""),
        Mistake("${device}/action", "${devise}/action", "12:16", "did you mean \"device\"?"),
        Mistake("${device}/action", "${device/action", "12:16", "a } is missing after ${"),
        Mistake("topic: cats/${feeder}", "topic: cats/+", "12:16", "and \"+\" is one"),
        Mistake("topic: cats/${feeder}", "topic: cats/#", "12:16", "and \"#\" is one"),
        Mistake(
            "topic: cats/${feeder}/${device}/action", "topic: \"\"", "12:16",
            "at least one character"),
        Mistake(
            "topic: cats/${feeder}", "topic: " + String(repeating: "t", count: 65_536), "12:16",
            "at most 65535 bytes"),
        Mistake(
            "topic: cats/${feeder}/${device}/action", "topic: \"a\\0b\"", "12:16",
            "no control characters"),
    ]

    static let things = [
        Mistake("name: Lambda, role", "name: Lam/bda, role", "42:12", "1 to 128 letters"),
        Mistake("role: function", "role: functio", "42:26", "did you mean \"function\"?"),
        Mistake("policies: [all]", "policies: [al]", "42:47", "did you mean \"all\"?"),
        Mistake("policies: [all]", "policies: []", "42:46", "at least one of policies"),
        Mistake("- name: Feeder-${feeder}", "- name: Lambda", "43:11", "is there already"),
        Mistake("  all: {Version", "  a l: {Version", "40:3", "the name of a policy has"),
        Mistake("Statement: [{Effect", "Statemen: [{Effect", "40:8", "needs the key \"Statement\""),
        Mistake("${iot:ClientId}", "${iota}", "47:9", "there is no variable \"iota\""),
        Mistake("Resource: \"*\"", "[a]: \"*\"", "40:77", "a key was expected, not a list"),
        Mistake(
            "Resource: \"*\"", "Resource: \"${feeder}\"", "42:47",
            "not in the name of the thing \"Lambda\""),
        Mistake("thing: Feeder-${feeder}", "thing: Feder-${feeder}", "49:12", "did you mean"),
        Mistake("thing: Feeder-${feeder}", "thing: Lambda", "49:12", "the role \"function\""),
        Mistake("thing: Old", "thing: Lambda", "54:12", "a thing \"Lambda\" is there already"),
        Mistake(
            "thing: Old\n    policy: all", "thing: Feeder-${feeder}", "54:12",
            "a feeder connects as \"Feeder-${feeder}\" already"),
        Mistake("states-topic: cats/states", "states-topic: a/${feeder}", "57:19", "into both"),
        Mistake("states-topic: cats/states", "states-topic: a/+", "57:19", "and \"+\" is one"),
        Mistake("hopper-grams: 1", "hopper-grams: 0", "58:19", "from 1 to 1000000"),
        Mistake("firmware: older", "firmware: old", "53:15", "did you mean \"older\"?"),
        Mistake("    hopper-grams: 1", "    hoper-grams: 1", "58:5", "mean \"hopper-grams\"?"),
    ]

    @Test(arguments: bus + rules + targets + functions + things)
    func `a mistake is shown with its place and a way out`(mistake: Mistake) throws {
        try #require(Mistake.good.contains(mistake.old))
        let text = Mistake.good.replacing(mistake.old, with: mistake.new, maxReplacements: 1)
        let error = try #require(throws: TopologyError.self) {
            try TopologyFile(text: text, file: "test.yaml")
        }
        #expect("\(error.line):\(error.column)" == mistake.place, "\(error)")
        #expect(error.message.contains(mistake.message), "\(error)")
        #expect(error.description.hasPrefix("test.yaml:\(mistake.place): "))
    }

    @Test(arguments: [(300, true), (301, false)])
    func `a bus has 300 rules and no more`(count: Int, isGood: Bool) throws {
        let start = try #require(Mistake.good.firstRange(of: "rules:\n")).upperBound
        let rules = (1...count - 2).map {
            """
              - name: r\($0)
                pattern: {source: [x]}
                targets: [{id: t\($0), kind: file, path: f\($0)}]

            """
        }
        let text = Mistake.good[..<start] + rules.joined() + Mistake.good[start...]
        do throws(TopologyError) {
            #expect(try TopologyFile(text: String(text), file: "x").rules.count == 300)
            #expect(isGood)
        } catch {
            #expect(!isGood)
            #expect(error.message.contains("at most 300 rules"))
        }
    }

    @Test func `aliases that repeat without measure are refused`() throws {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        for level in 1...7 {
            lines.append(
                "a\(level): &a\(level) ["
                    + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]")
        }
        let pattern = "{" + lines.joined(separator: ", ") + "}"
        let text = Mistake.good.replacing("{source: [com.cats]", with: "{source: \(pattern)")
        let error = try #require(throws: TopologyError.self) {
            try TopologyFile(text: text, file: "x")
        }
        #expect(error.message.contains("more than 65536 values"), "\(error)")
    }

    @Test(arguments: [
        (3, 400, "nested deeper than 512 levels"), (40, 980, "nested deeper than 512 levels"),
        (41, 1, "at most 40 anchors (&name), not 41"),
    ])
    func `aliases that nest without measure are refused, not followed`(
        anchors: Int, depth: Int, message: String
    ) throws {
        let open = String(repeating: "[", count: depth)
        let close = String(repeating: "]", count: depth)
        let levels = (1..<anchors).map { "a\($0): &a\($0) \(open)*a\($0 - 1)\(close)" }
        let pattern = "{a0: &a0 [x], " + levels.joined(separator: ", ") + "}"
        let text = Mistake.good.replacing("{source: [com.cats]", with: "{source: \(pattern)")
        let error = try #require(throws: TopologyError.self) {
            try TopologyFile(text: text, file: "x")
        }
        #expect(error.message.contains(message), "\(error)")
    }

    @Test(arguments: [
        ("", "the file is empty; a topology was expected"), ("- 1", "a topology was expected"),
        (String(repeating: "[", count: 100_000), "this is no YAML"),
    ])
    func `what is no topology at all is refused`(text: String, message: String) throws {
        let error = try #require(throws: TopologyError.self) {
            try TopologyFile(text: text, file: "x")
        }
        #expect(error.message.contains(message), "\(error)")
    }

    @Test func `a name that is neither shipped nor a file is told what was meant`() throws {
        let error = try #require(throws: TopologyError.self) { try TopologyFile(named: "deployd") }
        #expect(
            error.description
                == "deployd:1:1: the topology file cannot be read; no topology of this name is"
                + " shipped: did you mean \"deployed\"?")
        #expect(throws: TopologyError.self) { try TopologyFile(path: "/nowhere.yaml") }
    }
}
