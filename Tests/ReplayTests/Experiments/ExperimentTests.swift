import EventModel
import Foundation
import Testing

@testable import Lab

@Suite struct `An experiment` {
    static let names = Experiments.all.map(\.name)

    private func result(_ name: String, seed: UInt64) throws -> ExperimentResult {
        let experiment = try #require(Experiments.all.first { $0.name == name })
        return try experiment.run(
            ExperimentSettings(seed: seed, years: 1, database: TimeZoneDatabase()))
    }

    @Test(arguments: names, [1, 42])
    func `fails as deployed, holds as mended, and its numbers agree with each other`(
        name: String, seed: UInt64
    ) throws {
        let result = try result(name, seed: environmentSeed ?? seed)
        #expect(!result.deployed.holds, "deployed: \(result.deployed.reason)")
        #expect(result.mended.holds, "mended: \(result.mended.reason)")
        #expect(result.isAsExpected)
        let sums = try #require(Sum.all[name], "no sums are known of \(name)")
        for sum in sums {
            #expect(
                try Sum.values(sum.left, result) == Sum.values(sum.right, result), "\(sum)")
        }
    }

    @Test(arguments: names)
    func `gives the same result for the same seed`(name: String) throws {
        #expect(try result(name, seed: 7) == result(name, seed: 7))
    }

    @Test(arguments: names.filter { $0 != "no-archive" })
    func `draws another history from another seed`(name: String) throws {
        #expect(try result(name, seed: 7).measures != result(name, seed: 8).measures)
    }

    @Test func `is known by its name`() {
        #expect(Set(Self.names).count == 8)
        for experiment in Experiments.all {
            #expect(experiment.name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil)
            #expect(experiment.hazard.hasSuffix("."))
            #expect(!experiment.setting.isEmpty)
        }
    }

    @Test(arguments: [
        (true, true, false), (true, false, false), (false, false, false), (false, true, true),
    ])
    func `is as expected only where the deployed fails and the mended holds`(
        deployed: Bool, mended: Bool, expected: Bool
    ) {
        let result = ExperimentResult(
            measures: [], deployed: .init(deployed, ""), mended: .init(mended, ""))
        #expect(result.isAsExpected == expected)
    }

    @Test func `has the shipped household, byte for byte`() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Fixtures/scenarios/two-cats-auckland.yaml").path
        let bytes = try #require(FileManager.default.contents(atPath: path))
        #expect(Array(bytes) == Array(ExperimentScenarios.twoCats.utf8))
    }
}

/// Two sums of measures that must be equal, in each system.
private struct Sum: Sendable {
    /// Labels with their factors; the label "" is a constant.
    var left: [Term]
    var right: [Term]

    struct Term: Sendable {
        var label: String
        var factor: Int
    }

    init(_ left: KeyValuePairs<String, Int>, _ right: KeyValuePairs<String, Int>) {
        self.left = left.map { Term(label: $0, factor: $1) }
        self.right = right.map { Term(label: $0, factor: $1) }
    }

    /// The sum in the deployed system and in the mended one.
    static func values(_ terms: [Term], _ result: ExperimentResult) throws -> [Int] {
        try terms.reduce(into: [0, 0]) { sums, term in
            if term.label.isEmpty {
                sums = sums.map { $0 + term.factor }
                return
            }
            let measure = try #require(result[term.label], "no measure \(term.label)")
            sums[0] += term.factor * measure.deployed
            sums[1] += term.factor * measure.mended
        }
    }

    static let all: [String: [Sum]] = [
        "replay-feeds": [
            Sum(["grams, left bowl": 1, "grams, right bowl": 1], ["grams": 1]),
            // A registration is replayed, too, and is for no feeder.
            Sum(
                ["messages to the feeder": 1, "events left alone by the function": 1],
                ["events replayed": 1, "": -1]),
            Sum(["motor runs": 150], ["grams, left bowl": 6, "grams, right bowl": 5]),
        ],
        "redelivery": [
            Sum(["presses": 1, "feeds too many": 1], ["feeds": 1]),
            Sum(
                ["feeds": 1, "copies that the feeder left alone": 1],
                ["messages to the feeder": 1]),
            Sum(
                ["messages to the feeder": 1], ["presses": 1, "deliveries made again": 1]),
            Sum(["grams asked for": 1, "grams too many": 1], ["grams": 1]),
        ],
        "order": [
            Sum(["messages to the feeder": 1], ["presses": 5])
        ],
        "press-time": [Sum(["presses in feeding-stats": 1], ["presses": 1])],
        "qos0": [
            Sum(["feeds": 1, "presses never fed": 1], ["presses": 1]),
            Sum(["messages lost": 1], ["presses never fed": 1]),
            Sum(["messages published": 1], ["presses": 1]),
        ],
        "blocked": [
            Sum(["feeds": 1, "presses never fed": 1], ["presses": 1])
        ],
        "archive-lag": [
            Sum(["events replayed": 1, "events missing": 1], ["events in the ledger": 1]),
            Sum(["events in feeding-stats": 1], ["events replayed": 1]),
        ],
        "no-archive": [
            Sum(["presses that a replay gives": 1], ["presses archived": 1]),
            Sum(["presses archived": 1], ["archives": 500]),
        ],
    ]
}
