import EventModel
import Simulation

/// Makes households ready for drawing: plans of their buttons, the contents of their events, and their
/// registrations.
struct ButtonPlanner {
    /// Three for each button: SINGLE, DOUBLE, LONG, and four more where it reports its health. All
    /// events share them, and so does a ledger.
    private(set) var contents: [EventContent] = []
    /// Those of the run's first moment, in the order of the households.
    private(set) var registrations: [Registration] = []
    /// Those that come later, with the time of each in milliseconds.
    private(set) var laterRegistrations: [(milliseconds: Int64, registration: Registration)] = []
    private(set) var buttons = 0
    private let run: RunSpan
    private let envelope: String
    private let zones: TimeZoneDatabase
    private let streams: PressStreams
    private var zoneTables: [String: ZoneTable] = [:]
    /// Tables by rate, and by the rates of a day: a fleet's feeders all have the same few.
    private var tables: [Int: PoissonTable] = [:]
    private var tablesByRates: [[Int]: [PoissonTable]] = [:]

    /// The moments that a run covers, in milliseconds, and when the scenario itself begins.
    struct RunSpan {
        var milliseconds: Range<Int64>
        var scenarioStart: Int64
    }

    /// A plan and the zone in which it is drawn.
    struct PlacedPlan {
        var plan: ButtonPlan
        var zone: ZoneTable
        /// Which button of the run it is, from 0.
        var button: Int
    }

    init(
        envelope: String, run: RunSpan, zones: TimeZoneDatabase, streams: PressStreams
    ) {
        self.envelope = envelope
        self.run = run
        self.zones = zones
        self.streams = streams
    }

    /// The plans of the household's buttons, for each place that it has in the run.
    mutating func plans(of household: Household) throws(ZoneError) -> [PlacedPlan] {
        let stays = try spans(of: household)
        // Where it leaves before the run begins, or comes after it ends, there is nothing.
        guard !stays.isEmpty else { return [] }
        for (stay, span) in stays {
            let registrations = household.registrations(of: stay)
            if span.lowerBound <= run.milliseconds.lowerBound {
                self.registrations += registrations
            } else {
                // A millisecond before, so that the first press of the day finds it.
                laterRegistrations += registrations.map { (span.lowerBound - 1, $0) }
            }
        }
        var plans: [PlacedPlan] = []
        for (place, button) in household.buttons.enumerated() {
            let entity = RandomStream.entity(button)
            let batteries = try batteries(of: household, entity: entity)
            let trouble = ButtonTrouble(
                household, entity: entity, batteries: batteries, streams)
            let first = Int32(contents.count)
            for (stay, span) in stays {
                let calendar = calendar(of: household, in: stay.timeZone)
                let plan = ButtonPlan(
                    entity: entity, firstContent: first, stay: StaySpan(span),
                    habits: household.habits.filter { $0.button == place }.map {
                        ButtonPlan.HabitPlan(slot: PressAddress.slot(ofHabit: $0.name), habit: $0)
                    },
                    snacks: snacks(of: household, place, calendar?.days.seasons ?? []),
                    calendar: calendar, trouble: trouble)
                plans.append(
                    PlacedPlan(plan: plan, zone: try zone(stay.timeZone), button: buttons))
            }
            contents += ClickKind.allCases.map { press($0, of: button) }
            if household.mishaps.healthDays > 0 {
                contents += (1...4).map { health($0, of: button) }
            }
            buttons += 1
        }
        return plans
    }

    /// The place of a health report after the button's SINGLE, by quarters of the battery's life.
    static func health(_ quarters: Int) -> Int32 {
        Int32(ClickKind.allCases.count + min(max(quarters, 1), 4) - 1)
    }

    /// The household's stays that have a part in the run, and when each is, in milliseconds.
    private mutating func spans(
        of household: Household
    ) throws(ZoneError) -> [(stay: Household.Stay, span: Range<Int64>)] {
        let stays = household.stays
        var begins: [Int64] = []
        for stay in stays {
            let zone = try zone(stay.beginZone)
            let begin = stay.from.map { zone.start(of: $0).microseconds / 1000 } ?? .min
            // A day may begin before the one before it did, where a move crosses the date line.
            begins.append(max(begin, begins.last ?? .min))
        }
        var end = Int64.max
        if let last = household.until {
            let next = Timestamp.Day(number: last.number + 1)
            end = try zone(stays[stays.count - 1].timeZone).start(of: next).microseconds / 1000
        }
        var spans: [(stay: Household.Stay, span: Range<Int64>)] = []
        for (place, stay) in stays.enumerated() {
            let until = place + 1 < stays.count ? min(begins[place + 1], end) : end
            let from = max(begins[place], run.milliseconds.lowerBound)
            // One that begins as the run ends is registered in the run's last millisecond.
            guard from < until,
                max(from - 1, run.milliseconds.lowerBound) < run.milliseconds.upperBound
            else { continue }
            spans.append((stay, from..<until))
        }
        return spans
    }

    private mutating func zone(_ name: String) throws(ZoneError) -> ZoneTable {
        if let known = zoneTables[name] { return known }
        let zone = try zones.zone(name)
        zoneTables[name] = zone
        return zone
    }

    private mutating func batteries(
        of household: Household, entity: UInt64
    ) throws(ZoneError) -> [BatterySpan] {
        guard let batteries = household.mishaps.batteries else { return [] }
        var from = run.scenarioStart
        if let first = household.from {
            from = try zone(household.timeZone).start(of: first).microseconds / 1000
        }
        return BatterySpan.drawn(
            batteries, streams.battery, entity: entity, from: from,
            until: run.milliseconds.upperBound)
    }

    private mutating func calendar(of household: Household, in zone: String) -> CalendarPlan? {
        guard household.calendar != HouseholdCalendar() else { return nil }
        return CalendarPlan(
            days: household.calendar.holding(in: zone),
            entity: RandomStream.entity(household.feeder),
            trips: household.calendar.trips.map { table(rate: $0.perYear) })
    }

    private mutating func snacks(
        of household: Household, _ button: Int, _ seasons: [Season]
    ) -> [ButtonPlan.SnackPlan] {
        var plans: [ButtonPlan.SnackPlan] = []
        for snack in household.snacks where snack.button == button {
            guard let clicks = WeightedChoice(weights: snack.clickWeights) else { continue }
            var counts = [tables(rates: snack.ratesByHour)]
            for season in seasons {
                counts.append(tables(rates: snack.ratesByHour.map { season.rate(of: $0) }))
            }
            plans.append(
                ButtonPlan.SnackPlan(
                    slot: PressAddress.slot(ofSnacks: snack.name), counts: counts, clicks: clicks,
                    days: snack.days))
        }
        return plans
    }

    private mutating func tables(rates: [Int]) -> [PoissonTable] {
        if let known = tablesByRates[rates] { return known }
        let made = rates.map { table(rate: $0) }
        tablesByRates[rates] = made
        return made
    }

    private mutating func table(rate: Int) -> PoissonTable {
        if let known = tables[rate] { return known }
        let table = PoissonTable(microEvents: rate)
        tables[rate] = table
        return table
    }

    /// A press as the deployed handler puts it, spelled as Python's `json.dumps` spells it, with
    /// the button that it came from.
    private func press(_ click: ClickKind, of button: String) -> EventContent {
        EventContent(
            source: FeederSystem.source, detailType: FeederSystem.detailType, device: button,
            detail:
                "{\"click-type\": \"\(click.word)\", \"device-id\": \(JSONText.quoted(button))}",
            envelope: envelope)
    }

    /// A report of what is left of the battery, by a source that rule `feeds-rule` does not match.
    private func health(_ quarters: Int, of button: String) -> EventContent {
        EventContent(
            source: "com.feedmyfurbabies.health", detailType: "Button Health", device: button,
            detail: "{\"device-id\": \(JSONText.quoted(button)), \"remaining-life\": "
                + "\(quarters * 25)}",
            envelope: envelope)
    }
}
