import EventModel
import Ledger

/// The transcript that a broker must write of an `ordered` replay, byte for byte, worked out from
/// ledger and topology alone.
///
/// The feeders connect and subscribe at the moment of the first event, each function connects with
/// its first message, and all leave when the last feeder has come to rest. Taken for granted: the
/// policies allow what the system does, no two events have one id, and no message waits for room in
/// a window.
///
///     {"time":"2024-03-01T07:00:00.000000Z","client":"feeder","event":"PUBLISH","direction":"out",…}
public struct ExpectedTranscript {
    /// A feeder of the topology, as its registration says.
    public struct Feeder: Sendable, Equatable {
        /// What it connects as.
        public var clientID: String
        /// The topic that it subscribes to.
        public var actionTopic: String
        /// The topic that it publishes its states to.
        public var statesTopic: String
        /// Grams that a full hopper holds; it is filled up when a portion would not come out of it.
        public var hopperGrams: Int
        /// Grams of a portion for the left bowl.
        public var leftGrams: Int
        /// Grams of a portion for the right bowl.
        public var rightGrams: Int
        /// 1 for the mended system, which keeps its session, 0 for the deployed one.
        public var qos: Int

        /// A feeder with portions of 25 g, unless told otherwise.
        public init(
            clientID: String, actionTopic: String, statesTopic: String, hopperGrams: Int,
            leftGrams: Int = 25, rightGrams: Int = 25, qos: Int
        ) {
            self.clientID = clientID
            self.actionTopic = actionTopic
            self.statesTopic = statesTopic
            self.hopperGrams = hopperGrams
            self.leftGrams = leftGrams
            self.rightGrams = rightGrams
            self.qos = qos
        }
    }

    /// A target that sends messages, and the client that it is.
    public struct Function: Sendable, Equatable {
        /// The target's id.
        public var target: String
        /// The thing that it connects as.
        public var clientID: String

        /// The function of a target, as a client.
        public init(target: String, clientID: String) {
            self.target = target
            self.clientID = clientID
        }
    }

    private let ledger: EventLedger
    private let window: ReplayWindow
    private var expectation: Expectation
    private let functions: [Function]
    private let feeders: [Feeder]
    private let tellsStates: Bool

    private var devices: [ExpectedFeeder] = []
    private var connected: Set<String> = []
    private var lines = ""
    private var now = Timestamp(microseconds: 0)
    private var nowText = ""
    private static let stretch = 1_024

    /// - Parameters:
    ///   - functions: in the topology's order.
    ///   - feeders: in the topology's order; of the current firmware.
    ///   - tellsStates: whether they publish each state that differs from the one before; else none.
    public init(
        _ ledger: EventLedger, _ window: ReplayWindow, _ expectation: Expectation,
        functions: [Function], feeders: [Feeder], tellsStates: Bool
    ) {
        self.ledger = ledger
        self.window = window
        self.expectation = expectation
        self.functions = functions
        self.feeders = feeders
        self.tellsStates = tellsStates
    }

    /// Writes the whole transcript in stretches.
    ///
    /// - Parameter head: the moment of the ledger's last event, at which a replay of no event begins.
    public mutating func write(
        atEmpty head: Timestamp, _ body: ([UInt8]) throws -> Void
    ) throws {
        devices = []
        connected = []
        var position = max(1, window.first)
        while position <= window.last {
            let end = min(window.last, position + Self.stretch - 1)
            try ledger.forEachEvent(position...end) { sequence, event in
                guard window.contains(event.time) else { return }
                try put(event, sequence)
            }
            position = end + 1
            try body(takeLines())
        }
        if devices.isEmpty { begin(at: head) }
        finish()
        try body(takeLines())
    }

    private mutating func takeLines() -> [UInt8] {
        defer { lines = "" }
        return Array(lines.utf8)
    }

    // MARK: The run

    private mutating func put(_ event: Event, _ sequence: Int) throws {
        let time = event.recorded ?? event.time
        if devices.isEmpty { begin(at: time) }
        tellStates(by: time)
        advance(to: max(now, time))
        for message in try expectation.messages(for: event, at: sequence) {
            guard let function = functions.first(where: { $0.target == message.target }) else {
                continue
            }
            if connected.insert(function.clientID).inserted {
                writeConnect(function.clientID, cleanSession: true)
            }
            publish(message.topic, message.payload, message.qos, from: function.clientID)
        }
    }

    private mutating func begin(at time: Timestamp) {
        advance(to: time)
        for feeder in feeders {
            writeConnect(feeder.clientID, cleanSession: feeder.qos == 0)
            write(
                feeder.clientID,
                "\"SUBSCRIBE\",\"topicFilter\":\(JSONText.quoted(feeder.actionTopic)),\"qos\":"
                    + "\(feeder.qos),\"returnCode\":\(feeder.qos)")
            devices.append(ExpectedFeeder(feeder, tellsStates: tellsStates, at: time))
        }
    }

    private mutating func tellStates(by time: Timestamp) {
        while let place = nextToTell, let at = devices[place].nextState, at <= time {
            advance(to: at)
            let state = devices[place].tell()
            publish(
                Array(feeders[place].statesTopic.utf8), Array(state.utf8), 0,
                from: feeders[place].clientID)
        }
    }

    /// The feeder that tells its state first; of several at one moment, the first in order.
    private var nextToTell: Int? {
        devices.indices.filter { devices[$0].nextState != nil }
            .min { devices[$0].nextState ?? .latest < devices[$1].nextState ?? .latest }
    }

    private mutating func finish() {
        tellStates(by: .latest)
        advance(to: max(now, devices.compactMap(\.rest).max() ?? now))
        let clients = functions.map(\.clientID) + feeders.map(\.clientID)
        for client in clients
        where connected.contains(client) || feeders.contains(where: { $0.clientID == client }) {
            write(client, "\"DISCONNECT\",\"reason\":\"CLIENT_INITIATED_DISCONNECT\"")
        }
    }

    // MARK: Lines

    private mutating func advance(to time: Timestamp) {
        guard time != now || nowText.isEmpty else { return }
        now = time
        nowText = time.text(.microsecond)
    }

    private mutating func write(_ client: String, _ event: String) {
        lines += "{\"time\":\"\(nowText)\",\"client\":\(JSONText.quoted(client)),\"event\":"
        lines += event
        lines += "}\n"
    }

    private mutating func writeConnect(_ client: String, cleanSession: Bool) {
        write(
            client,
            "\"CONNECT\",\"cleanSession\":\(cleanSession),\"keepAlive\":0,"
                + "\"sessionPresent\":false,\"returnCode\":0")
    }

    /// A message comes to the broker, and from there to each feeder that asked for its topic: in
    /// the order of the client ids, each at its own QoS.
    private mutating func publish(
        _ topic: [UInt8], _ payload: [UInt8], _ qos: Int, from client: String
    ) {
        let rest =
            "\"retain\":false,\"topic\":\(JSONText.quoted(String(decoding: topic, as: UTF8.self))),"
            + "\"payload\":\(JSONText.quoted(String(decoding: payload, as: UTF8.self)))"
        write(client, "\"PUBLISH\",\"direction\":\"in\",\"qos\":\(qos),\(rest)")
        let listening = feeders.indices.filter { feeders[$0].actionTopic.utf8.elementsEqual(topic) }
            .sorted {
                feeders[$0].clientID.utf8.lexicographicallyPrecedes(feeders[$1].clientID.utf8)
            }
        for place in listening {
            write(
                feeders[place].clientID,
                "\"PUBLISH\",\"direction\":\"out\",\"qos\":\(min(qos, feeders[place].qos)),\(rest)")
            devices[place].receive(Self.click(payload), at: now)
        }
    }

    /// What the message asks the feeder for.
    private static func click(_ payload: [UInt8]) -> ClickKind? {
        guard let message = try? JSONValue(parsing: String(decoding: payload, as: UTF8.self)),
            case .string(let word)? = message.last("event")
        else { return nil }
        return ClickKind(word: word)
    }
}
