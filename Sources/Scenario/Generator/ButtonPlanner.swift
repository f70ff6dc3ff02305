import EventModel
import Simulation

/// Makes households ready for drawing: plans of their buttons, and the contents of their presses.
struct ButtonPlanner {
    /// Three for each button: SINGLE, DOUBLE, LONG. All presses share them, and so does a ledger.
    private(set) var contents: [EventContent] = []
    private let envelope: String
    /// Tables by rate: a fleet's feeders all have the same few.
    private var tables: [Int: PoissonTable] = [:]

    init(envelope: String) { self.envelope = envelope }

    /// The plans of the household's buttons, in its order.
    mutating func plans(of household: Household) -> [ButtonPlan] {
        var plans: [ButtonPlan] = []
        for (place, button) in household.buttons.enumerated() {
            let habits = household.habits.filter { $0.button == place }.map { habit in
                ButtonPlan.HabitPlan(slot: PressAddress.slot(ofHabit: habit.name), habit: habit)
            }
            var snacks: [ButtonPlan.SnackPlan] = []
            for snack in household.snacks where snack.button == place {
                guard let clicks = WeightedChoice(weights: snack.clickWeights) else { continue }
                snacks.append(
                    ButtonPlan.SnackPlan(
                        slot: PressAddress.slot(ofSnacks: snack.name),
                        counts: snack.ratesByHour.map { table(rate: $0) }, clicks: clicks))
            }
            plans.append(
                ButtonPlan(
                    entity: RandomStream.entity(button), firstContent: Int32(contents.count),
                    habits: habits, snacks: snacks))
            contents += ClickKind.allCases.map { press($0, of: button) }
        }
        return plans
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
}
