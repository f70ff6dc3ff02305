import EventModel
import MQTTBroker

/// A feeder in the field: its firmware, and its connection to the broker.
public final class FeederDevice {
    /// What a feeder did to the world.
    public struct Counts: Sendable, Equatable {
        /// Messages that arrived.
        public var received = 0
        /// Motors that ran: a press of both bowls counts two.
        public var dispenses = 0
        /// Grams that fell into the left bowl.
        public var leftGrams = 0
        /// Grams that fell into the right bowl.
        public var rightGrams = 0
        /// States that were published.
        public var states = 0
        /// Copies that the mended firmware left alone.
        public var copiesIgnored = 0
        /// Messages that died in the socket, with the power or the connection.
        public var died = 0

        /// Grams that fell, into both bowls.
        public var grams: Int { leftGrams + rightGrams }
    }

    /// The feeder's name in its registration, or `default`.
    public let name: String
    /// Its side of the connection to the broker.
    public let client: any MessagingClient
    /// What it has done since it was made.
    public private(set) var counts = Counts()
    private var firmware: FeederFirmware
    private let settings: FeederSettings
    private let actionFilter: String
    /// The topic of its messages, in UTF-8.
    public let actionTopic: [UInt8]
    private let statesTopic: TopicName
    /// Called with each motor's run.
    public var onDispense: ((Dispense) -> Void)?
    /// Called with each message that it acknowledges.
    public var onAcknowledge: ((Timestamp) -> Void)?

    /// - Parameters:
    ///   - actionFilter: what the feeder subscribes to.
    ///   - statesTopic: where it publishes its states.
    public init(
        name: String, client: any MessagingClient, settings: FeederSettings, actionFilter: String,
        statesTopic: String, at now: Timestamp
    ) {
        self.name = name
        self.client = client
        self.settings = settings
        self.actionFilter = actionFilter
        actionTopic = Array(actionFilter.utf8)
        self.statesTopic = TopicName(statesTopic)
        firmware = FeederFirmware(settings, bootedAt: now)
    }

    /// What the hopper holds now.
    public var hopperGrams: Int { firmware.hopperGrams }
    /// The messages in its socket that it has not read, the oldest first.
    public var waitingMessages: [[UInt8]] { firmware.waitingMessages }
    /// When it wants to be woken; nil while it waits for a message.
    public var nextWake: Timestamp? { firmware.nextWake }
    /// Whether messages of QoS 1 reach it as such, and wait at the broker while it is away.
    public var hearsQoS1: Bool { settings.remembersMessages }

    /// Whether it asked for messages of this topic.
    public func hears(_ topic: TopicName) -> Bool { topic.bytes == actionTopic }

    /// Connects and subscribes.
    public func start(at now: Timestamp) throws {
        try client.connect(at: now)
        try client.subscribe(
            actionFilter, qos: hearsQoS1 ? .one : .zero, at: now)
    }

    /// A message has come in over the connection.
    public func receive(_ message: Message, at now: Timestamp) {
        counts.received += 1
        firmware.receive(message.payload, at: now)
    }

    /// Does what is due at `now`.
    public func wake(at now: Timestamp) throws {
        try firmware.wake(at: now) { try self.perform($0, at: now) }
    }

    private func perform(_ output: FeederFirmware.Output, at now: Timestamp) throws {
        switch output {
        case .state(let payload):
            guard client.isConnected else { return }
            counts.states += 1
            try client.publish(Message(topic: statesTopic, payload: payload), at: now)
        case .dispensed(let dispense):
            counts.dispenses += 1
            if dispense.bowl == .left {
                counts.leftGrams += dispense.grams
            } else {
                counts.rightGrams += dispense.grams
            }
            onDispense?(dispense)
        case .acknowledge:
            if settings.remembersMessages, client.isConnected {
                onAcknowledge?(now)
                try client.acknowledge(at: now)
            }
        case .ignoredCopy: counts.copiesIgnored += 1
        }
    }

    /// The power goes, and with it the connection; the lab cuts it at the broker.
    public func losePower(at now: Timestamp) throws {
        counts.died += try firmware.losePower(at: now) { try self.perform($0, at: now) }
    }

    /// The power is back.
    public func boot(at now: Timestamp) throws {
        firmware.boot(at: now)
        try start(at: now)
    }

    /// The Wi-Fi went: what was not read is gone.
    public func loseConnection() { counts.died += firmware.loseConnection() }

    /// The Wi-Fi is back.
    public func reconnect(at now: Timestamp) throws { try start(at: now) }
}
