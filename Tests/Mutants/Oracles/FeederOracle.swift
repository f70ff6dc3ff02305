import CatFeeder
import EventModel
import MQTTBroker
import PropertyTesting

/// A way to a broker, for the feeder of a bench.
typealias FeederPart = @Sendable () -> any BrokerLink

/// The mended feeder on a broker in memory, with somebody who presses and somebody who listens.
///
///     presses ─> broker ─> feeder ─> bowls
///                  └─ states <─┘
struct FeederBench {
    let link: any BrokerLink
    let feeder: FeederDevice
    private let presser: any MessagingClient
    private let listener: any MessagingClient
    private(set) var now = Timestamp(seconds: 1_678_605_300)
    /// The bowls filled for each press, by its number.
    let fed = FedBowls()

    static let topic = "cats/action"
    static let states = TopicName("cats/states")
    static let hopper = 10_000

    final class FedBowls {
        var bowls: [Int: [Bowl]] = [:]
        /// A report of what the hopper did not hold.
        var isLie = false
    }

    init(_ part: FeederPart) throws {
        link = part()
        var settings = FeederSettings()
        (settings.remembersMessages, settings.states) = (true, .onChange)
        // A portion is some per cent, so that each feed is seen in the states.
        (settings.hopperGrams, settings.leftGrams, settings.rightGrams) = (
            FeederBench.hopper, 100, 200
        )
        settings.isRefilled = false
        let client = try link.makeClient(
            ClientSettings(id: "feeder", cleanSession: false, acknowledgesLate: true))
        feeder = FeederDevice(
            name: "kitchen", client: client, settings: settings, actionFilter: FeederBench.topic,
            statesTopic: "cats/states", at: now)
        presser = try link.makeClient(ClientSettings(id: "function"))
        listener = try link.makeClient(ClientSettings(id: "owner"))
        feeder.onDispense = { [fed] dispense in
            guard let number = FeederBench.number(dispense.payload) else { return }
            fed.bowls[number, default: []].append(dispense.bowl)
        }
        try presser.connect(at: now)
        try listener.connect(at: now)
        try listener.subscribe("cats/states", qos: .zero, at: now)
        try feeder.start(at: now)
        try settle()
    }

    /// The number in a message: `{"event": "SINGLE", "id": "7"}`.
    private static func number(_ payload: [UInt8]) -> Int? {
        let value = try? JSONValue(parsing: String(decoding: payload, as: UTF8.self))
        guard case .string(let text)? = value?["id"] else { return nil }
        return Int(text.prefix { $0.isNumber })
    }

    mutating func press(_ click: ClickKind, number: Int) throws {
        let payload = "{\"event\": \"\(click.word)\", \"id\": \"\(number)\"}"
        try presser.publish(
            Message(topic: TopicName(FeederBench.topic), payload: Array(payload.utf8), qos: .one),
            at: now)
        try settle()
    }

    mutating func wait(seconds: Int) throws {
        let end = Timestamp(microseconds: now.microseconds + Int64(seconds) * 1_000_000)
        while let wake = feeder.nextWake, wake <= end {
            now = max(now, wake)
            try feeder.wake(at: now)
            try settle()
        }
        now = end
        try link.advance(to: now)
        try settle()
    }

    mutating func losePower() throws {
        try feeder.losePower(at: now)
        try link.cut(feeder.client.number, at: now)
    }

    mutating func loseConnection() throws {
        feeder.loseConnection()
        try link.cut(feeder.client.number, at: now)
    }

    mutating func boot() throws {
        try feeder.boot(at: now)
        try settle()
    }

    mutating func reconnect() throws {
        try feeder.reconnect(at: now)
        try settle()
    }

    private func settle() throws {
        try link.settle(at: now) { client, message in
            if client == feeder.client.number { feeder.receive(message, at: now) }
            guard client == listener.number else { return }
            let value = try? JSONValue(parsing: String(decoding: message.payload, as: UTF8.self))
            let said = value?["food_capacity"]?.int
            if said != feeder.hopperGrams * 100 / FeederBench.hopper { fed.isLie = true }
        }
    }
}

/// A click as a history names it.
struct Click: Sendable, CustomStringConvertible {
    let kind: ClickKind
    var description: String { kind.word }
}

/// What a feeder should know, and whether it is there.
struct FeederModel: Sendable {
    var presses: [ClickKind] = []
    var isOn = true
    var isConnected = true
}

extension Oracles {
    /// However power and network fail, each press fills its bowls once, and no state says what is not.
    static let feeder = {
        typealias Feeders = Machine<FeederModel, FeederBench>
        let machine = Feeders(
            FeederModel(),
            rules: [
                .init(
                    "press", weight: 3,
                    with: { _ in Gen.element(of: ClickKind.allCases.map(Click.init)) }
                ) { model, click in
                    model.presses.append(click.kind)
                } action: { bench, model, click in
                    try bench.press(click.kind, number: model.presses.count + 1)
                },
                .init(
                    "deliver again press", when: { !$0.presses.isEmpty },
                    with: { Gen.integer(in: 1...$0.presses.count, origin: 1) }
                ) { _, _ in
                } action: { bench, model, number in
                    try bench.press(model.presses[number - 1], number: number)
                },
                .init("wait for seconds:", with: { _ in Gen.integer(in: 1...30, origin: 1) }) {
                    _, _ in
                } action: { bench, _, seconds in
                    try bench.wait(seconds: seconds)
                },
                .init("power fails", when: { $0.isOn }) {
                    ($0.isOn, $0.isConnected) = (false, false)
                } action: { bench, _ in
                    try bench.losePower()
                },
                .init("power is back", when: { !$0.isOn }) {
                    ($0.isOn, $0.isConnected) = (true, true)
                } action: { bench, _ in
                    try bench.boot()
                },
                .init("Wi-Fi fails", when: { $0.isConnected }) {
                    $0.isConnected = false
                } action: { bench, _ in
                    try bench.loseConnection()
                },
                .init("Wi-Fi is back", when: { $0.isOn && !$0.isConnected }) {
                    $0.isConnected = true
                } action: { bench, _ in
                    try bench.reconnect()
                },
            ]
        ) { bench, _ in
            try require(!bench.fed.isLie, "a state that is not so")
        }
        return Oracle<FeederPart>(
            "feeder", of: { MemoryLink(recordsTranscript: false) }, machine: machine, steps: 15
        ) {
            try FeederBench($0)
        } end: { bench, model in
            if !model.isOn { try bench.boot() } else if !model.isConnected { try bench.reconnect() }
            try bench.wait(seconds: 15 * (model.presses.count + 1))
            try require(!bench.fed.isLie, "a state that is not so")
            for (place, click) in model.presses.enumerated() {
                let bowls = bench.fed.bowls[place + 1] ?? []
                let wanted = Bowl.allCases.filter { click.fills($0) }
                try require(!bowls.isEmpty, "a press without a feed")
                try require(bowls.count <= wanted.count, "a press with two feeds")
                try require(bowls == wanted, "the wrong bowl")
            }
        }
    }()
}
