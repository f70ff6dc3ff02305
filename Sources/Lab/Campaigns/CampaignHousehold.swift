import EventModel
import Scenario
import Simulation

/// The feeders, buttons and days of one trial, as a scenario file.
struct CampaignHousehold: Sendable {
    /// How the buttons are pressed.
    enum Manner: String, CaseIterable, Sendable {
        /// A few meals a day.
        case calm
        /// Meals, and children who press again within seconds.
        case hurried
        /// One hour of presses every few seconds, some within one second.
        case stormy
    }

    /// A zone in which clocks do something near the day, and the day.
    private static let places: [(zone: String, day: String)] = [
        ("Pacific/Auckland", "2024-04-05"), ("Europe/Berlin", "2024-10-25"),
        ("America/New_York", "2023-11-03"), ("Australia/Lord_Howe", "2024-04-05"),
        ("Africa/Casablanca", "2024-03-08"), ("Asia/Kathmandu", "2024-02-27"),
        ("Pacific/Apia", "2011-12-27"), ("UTC", "2023-12-30"),
    ]

    let seed: UInt64
    let feeders: Int
    let manner: Manner
    /// How many days the run has.
    let days: Int
    private let place: Int
    private let buttons: Int

    var zone: String { CampaignHousehold.places[place].zone }

    init(seed: UInt64, feeders: Int) {
        self.seed = seed
        self.feeders = feeders
        var draws = RandomStream(seed: seed, domain: .campaign)
            .draws(slot: 1, entity: RandomStream.entity("household"))
        manner = Manner.allCases[[0, 0, 1, 1, 2][Int(draws.below(5))]]
        place = Int(draws.below(UInt64(CampaignHousehold.places.count)))
        buttons = 1 + Int(draws.below(2))
        let longest: UInt64 = manner == .stormy ? 1 : feeders > 2 ? 5 : 21
        days = 1 + Int(draws.below(longest))
    }

    /// The household in some words.
    var description: String {
        "\(Figures.count(feeders, "feeder")) in \(zone), \(manner.rawValue), "
            + Figures.count(days, "day")
    }

    /// The first day of the run; batteries have been in for forty days then.
    func start() throws -> Timestamp.Day {
        try Timestamp.Day(text: CampaignHousehold.places[place].day)
    }

    /// The scenario file.
    func scenario(_ profile: CampaignProfile) throws -> String {
        let first = Timestamp.Day(number: try start().number - 40)
        var text = "name: campaign-\(seed)\ntime-zone: \(zone)\nstart: \(first)\nfeeders:\n"
        for feeder in 1...feeders {
            let ids = (1...buttons).map { "B\(feeder)-\($0)" }
            text += "  - name: feeder-\(feeder)\n"
            text += "    buttons: [\(ids.joined(separator: ", "))]\n"
            text += "    bowls: {left: \(20 + 5 * feeder), right: \(30 + feeder)}\n"
            text += presses(ids)
            if manner != .calm { text += "    double-presses: {rate: 0.4, within: 8s}\n" }
            text += mishaps(profile, feeder)
        }
        return text
    }

    private func presses(_ ids: [String]) -> String {
        let button = ids.count > 1 ? ", button: \(ids[0])" : ""
        let other = ids.count > 1 ? "        button: \(ids[1])\n" : ""
        // Thirty an hour is the most that one kind of snack may have.
        let kinds = manner == .stormy ? max(2, 6 / feeders) : 1
        let hours = manner == .stormy ? "{\"12:00-13:00\": 30}" : "{\"06:00-23:00\": 0.15}"
        var text = """
                habits:
                  - {name: breakfast, click: LONG, at: "07:00", spread: 40m, probability: 0.9\(button)}
                  - {name: dinner, click: DOUBLE, at: "18:00", spread: 1h, probability: 0.9\(button)}
                snacks:

            """
        for kind in 1...kinds {
            text += "      - name: begging-\(kind)\n\(other)        per-hour: \(hours)\n"
            text += "        clicks: {SINGLE: 3, DOUBLE: 2, LONG: 1}\n"
        }
        return text
    }

    /// What goes wrong with this feeder's buttons.
    private func mishaps(_ profile: CampaignProfile, _ feeder: Int) -> String {
        var lines: [String] = []
        func add(_ kind: CampaignFault, _ line: (String) -> String) {
            guard profile[kind] > 0 else { return }
            lines.append(line(CampaignProfile.decimal(profile[kind])))
        }
        add(.lateReport) { "late-reports: {rate: \($0), by: 1m-72h}" }
        add(.duplicateReport) { "duplicate-reports: {rate: \($0), by: 1s-30m}" }
        add(.splitDouble) { "split-doubles: {rate: \($0)}" }
        add(.skewedClock) { "skewed-clocks: {rate: \($0), by: 36h}" }
        add(.unsetClock) { "unset-clocks: {rate: \($0)}" }
        var draws = RandomStream(seed: seed, domain: .campaign)
            .draws(slot: 2, entity: UInt64(feeder))
        if draws.happens(partsPerMillion: profile[.deadBattery]) {
            lines.append("batteries: {days: 30-50, dead: 1-5}")
        }
        guard !lines.isEmpty else { return "" }
        return "    mishaps:\n" + lines.map { "      \($0)\n" }.joined()
    }
}

/// Why a campaign cannot run.
public struct CampaignError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
