import EventModel
import Ledger
import Scenario
import Simulation

/// The presses that an experiment sends through both systems.
struct PressHistory {
    /// The feeders' registrations, before the first press.
    var registrations: [Event]
    /// In the order in which their reports came.
    var presses: [ButtonPress]
    let seed: UInt64

    /// A report takes so many microseconds to the handler where nothing keeps it.
    static let latency: Int64 = 250_000

    /// The first presses that a scenario makes, each reported at once.
    init(_ scenario: String, _ count: Int, _ settings: ExperimentSettings) throws {
        let file = try ScenarioFile(
            text: scenario, file: "experiment.yaml", zones: settings.database)
        var generator = try ScenarioGenerator(
            file, seed: settings.seed, years: 1, zones: settings.database)
        seed = settings.seed
        registrations = []
        presses = []
        while presses.count < count, let events = generator.next() {
            for event in events {
                guard let click = event.content.click else {
                    registrations.append(event)
                    continue
                }
                let received = Timestamp(
                    microseconds: event.time.microseconds + PressHistory.latency)
                presses.append(
                    ButtonPress(
                        click, device: event.device, pressed: event.time, received: received))
            }
        }
        presses.removeLast(max(0, presses.count - count))
    }

    /// When the feeders are switched on: a minute before anything comes.
    var begin: Timestamp {
        let first = presses.first?.received ?? Timestamp(microseconds: 0)
        return Timestamp(microseconds: first.microseconds - 60_000_000)
    }

    /// The motors that the presses ask for.
    var motorRuns: Int { presses.reduce(0) { $0 + $1.click.bowls.count } }

    /// The grams that the presses ask for, with the portions of the first registration.
    var grams: Int { presses.reduce(0) { $0 + grams(of: $1.click) } }

    private func grams(of click: ClickKind) -> Int {
        guard case .registration(let one)? = registrations.first?.content.meaning else { return 0 }
        return click.bowls.reduce(0) { $0 + ($1 == .left ? one.leftGrams : one.rightGrams) }
    }

    /// The grams that the feeds of a run would have come to, had none been cut off.
    func grams(of run: LiveRun) -> Int {
        run.feeds.reduce(0) { sum, feed in
            sum + (Told.click(feed.payload).map { grams(of: $0) } ?? 0)
        }
    }

    /// Writes the history into a ledger as a handler puts it, and lends the ledger.
    func withLedger<R>(
        _ handler: LiveHandler, _ body: (EventLedger) throws -> R
    ) throws -> R {
        try TemporaryFolder.with { folder in
            let path = folder + "/experiment.ledger"
            var events = registrations
            for (place, press) in presses.enumerated() {
                events.append(
                    try handler.handle(
                        press.buttonEvent, received: press.received, salt: "\(seed) \(place)"
                    ).event)
            }
            try GeneratedHistory.append(events, to: path, batch: 4_096)
            return try body(try EventLedger(path: path))
        }
    }
}
