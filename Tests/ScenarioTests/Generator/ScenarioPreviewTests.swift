import EventModel
import Testing

@testable import Scenario

@Suite struct ScenarioPreviewTests {
    private func preview(_ text: String, years: Int = 1) throws -> ScenarioPreview {
        let zones = try TimeZoneDatabase()
        var generator = try ScenarioGenerator(
            ScenarioFile(text), seed: 42, years: years, zones: zones)
        var preview = try ScenarioPreview(generator, zones: zones)
        while let events = generator.next({ $0 }) { preview.take(events, lost: generator.lost) }
        preview.take([], lost: generator.lost)
        return preview
    }

    @Test func `counts by the clock on the wall, wherever the feeder stands`() throws {
        let preview = try preview(
            """
            name: one
            time-zone: UTC
            start: 2023-01-01
            feeders:
              - name: kitchen
                buttons: [B1]
                time-zone: Asia/Tokyo
                bowls: {left: 25, right: 30}
                habits: [{name: a, click: LONG, at: "07:30", weekdays: [mon, sat]}]
                changes: [{day: 2023-07-01, time-zone: America/New_York}]
            """)
        #expect(preview.week[0][7] == 52 && preview.week[5][7] == 52)
        #expect(preview.presses == 104 && preview.registrations == 2)
        #expect(preview.week.joined().reduce(0, +) == 104)
        #expect(preview.days.count == 104 && preview.days.values.allSatisfy { $0 == 1 })
        #expect(preview.days.keys.allSatisfy { $0.weekday == 0 || $0.weekday == 5 })
    }

    @Test func `counts presses when they were pressed, and those that nobody heard of`() throws {
        let preview = try preview(
            """
            name: one
            time-zone: UTC
            start: 2023-01-01
            feeders:
              - name: kitchen
                buttons: [B1]
                bowls: {left: 25, right: 30}
                habits: [{name: a, click: LONG, at: "12:00"}]
                mishaps:
                  late-reports: {rate: 0.5, by: 20h-48h}
                  skewed-clocks: {rate: 1, by: 300h}
                  unset-clocks: {rate: 0.2}
                  batteries: {days: 100, dead: 7}
                  health-reports: {every: 50}
            """)
        #expect(preview.week.allSatisfy { $0[12] == $0.reduce(0, +) })
        // The last reports may be on their way when the year ends.
        #expect((363...365).contains(preview.presses + preview.lost))
        #expect((15...22).contains(preview.lost))
        let faults = Dictionary(uniqueKeysWithValues: preview.faults)
        #expect(faults["lost"] == preview.lost)
        let (unset, skewed) = (faults["unset"] ?? 0, faults["skewed"] ?? 0)
        #expect(unset > 40 && unset + skewed == preview.presses)
        #expect((140...205).contains(faults["late"] ?? 0))
        #expect((5...8).contains(preview.others))
    }
}
