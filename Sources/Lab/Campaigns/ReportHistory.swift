import EventModel
import Scenario

/// What the buttons of a trial report, with what really happened.
struct ReportHistory: Sendable {
    /// A report of a press, as the button handler is given it.
    struct Report: Sendable {
        /// Its place among all reports of the trial, from 1: what faults and the command line call it.
        let number: Int
        let report: ButtonPress
        /// Names the press: all reports of one press have the same.
        let press: EventID
        /// When the button was really pressed, and how.
        let pressed: Timestamp
        let click: ClickKind
        let faults: PressFaults
    }

    /// The feeders' registrations, before the first report.
    let registrations: [Event]
    /// In the order in which they come.
    var reports: [Report]
    /// How many reports there were before any was left out.
    let total: Int
    /// Presses of which no report came.
    let lost: Int

    /// - Parameter kept: the numbers of the reports that are kept; nil for all.
    init(
        _ household: CampaignHousehold, _ profile: CampaignProfile, zones: TimeZoneDatabase,
        keeping kept: [Int]? = nil
    ) throws {
        let scenario = try ScenarioFile(
            text: household.scenario(profile), file: "campaign-\(household.seed).yaml",
            zones: zones)
        let start = try household.start()
        var generator = try ScenarioGenerator(
            scenario, seed: household.seed, start: start,
            end: Timestamp.Day(number: start.number + Int32(household.days)), zones: zones)
        var registrations: [Event] = []
        var reports: [Report] = []
        var lost = 0
        var number = 0
        let wanted = kept.map(Set.init)
        while let events = generator.next({ $0 }) {
            lost += generator.lost.count
            for planned in events {
                let content = generator.contents[planned.content]
                guard let click = content.click else {
                    registrations.append(
                        Event(
                            id: planned.id, time: planned.time, recorded: planned.recorded,
                            content: content))
                    continue
                }
                number += 1
                guard wanted?.contains(number) != false else { continue }
                let received = planned.recorded.microseconds + PressHistory.latency
                reports.append(
                    Report(
                        number: number,
                        report: ButtonPress(
                            click, device: content.device, pressed: planned.time,
                            received: Timestamp(microseconds: received)),
                        press: planned.truth?.press ?? planned.id,
                        pressed: planned.truth?.pressed ?? planned.time,
                        click: planned.truth?.click ?? click, faults: planned.truth?.faults ?? []))
            }
        }
        lost += generator.lost.count
        self.registrations = registrations
        self.reports = reports
        self.lost = lost
        total = number
    }

    /// The sequence of the first report in the ledger.
    var firstSequence: Int { registrations.count + 1 }

    /// The report of a sequence; nil for a registration.
    func report(at sequence: Int) -> Report? {
        let place = sequence - firstSequence
        return reports.indices.contains(place) ? reports[place] : nil
    }

    /// When the feeders are switched on: a minute before anything comes.
    var begin: Timestamp {
        let first = reports.first?.report.received ?? registrations.first?.recorded
        return Timestamp(microseconds: (first?.microseconds ?? 0) - 60_000_000)
    }

    /// The events as a topology's handler puts them.
    func events(_ handler: LiveHandler) throws -> [Event] {
        var events = registrations
        for one in reports {
            events.append(
                try handler.handle(
                    one.report.buttonEvent, received: one.report.received, salt: "\(one.number)"
                ).event)
        }
        return events
    }
}
