import EventModel
import Foundation
import Scenario

/// The scenarios that are shipped, and small ones for tests.
enum ShippedScenario {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../Fixtures/scenarios")
        .standardizedFileURL.path

    static func read(_ name: String) throws -> ScenarioFile {
        try ScenarioFile(path: "\(folder)/\(name).yaml", zones: TimeZoneDatabase())
    }
}

extension ScenarioFile {
    init(_ text: String) throws {
        try self.init(text: text, file: "test.yaml", zones: TimeZoneDatabase())
    }

    /// All events of a run of days.
    func events(
        seed: UInt64 = 42, from start: String, until end: String, jobs: Int = 1
    ) throws -> [Event] {
        var generator = try ScenarioGenerator(
            self, seed: seed, start: Timestamp.Day(text: start), end: Timestamp.Day(text: end),
            zones: TimeZoneDatabase(), jobs: jobs)
        return generator.all()
    }

    /// All events of a run of years.
    func events(seed: UInt64 = 42, years: Int, jobs: Int = 1) throws -> [Event] {
        var generator = try ScenarioGenerator(
            self, seed: seed, years: years, zones: TimeZoneDatabase(), jobs: jobs)
        return generator.all()
    }
}

extension ScenarioGenerator {
    mutating func all() -> [Event] {
        var events: [Event] = []
        while let batch = next() { events += batch }
        return events
    }
}

extension Event {
    /// All that a ledger would keep of the event, in a line.
    var line: String {
        "\(id) \(time) \(recorded?.text ?? "-") \(source) \(detailType) \(device ?? "-") \(detail)"
            + " \(content.form.name) \(content.envelope ?? "-")"
    }
}
