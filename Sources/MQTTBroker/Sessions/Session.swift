import EventModel

/// What the broker keeps for a client id: section 3.1.2.4.
struct Session: Sendable {
    /// UTF-8.
    var clientID: [UInt8] = []
    var isLive = false
    /// Counts the sessions that this place has held, so that a timer knows whose it is.
    var generation: UInt32 = 0
    /// Where the connection lies; -1 while the client is away.
    var connection = -1
    var connectionID = ConnectionID(0)
    var isClean = true
    /// Never iterated where the order would show.
    var filters: [TopicFilter: QoS] = [:]

    // From the broker to the client.
    var inFlight = InFlightWindow()
    /// What the in-flight window holds up.
    var queue = MessageQueue()
    /// What came while the client was away.
    var stored = MessageQueue()
    var isDripping = false
    var isResending = false

    // From the client to the broker.
    /// QoS 2 messages taken in and not released: their second copies are not delivered.
    var received: Set<UInt16> = []
    var expiresAt: Timestamp?

    var isConnected: Bool { connection >= 0 }
}

/// A transport and what the broker knows of it.
struct Connection: Sendable {
    var id = ConnectionID(0)
    var isLive = false
    var principal: Principal?
    var decoder = PacketDecoder()
    /// Where the session lies; -1 before CONNECT.
    var session = -1
    /// The last whole packet; before the first, the opening.
    var lastPacket = Timestamp(microseconds: 0)
    /// One and a half times the keep-alive; nil is off. Before CONNECT, the connect timeout.
    var patience: Int64?
    /// When its silence is looked at next.
    var timer: Timestamp?
    var will: Message?
    /// Nil where all is allowed.
    var permissions: Permissions?
    /// The topic last found to be allowed.
    var permittedTopic: TopicName?
    /// Where the last topic's route lies.
    var lastRoute = 0
    var publishesReceived: UInt64 = 0
    /// The second that the rate is counted in, and the count.
    var rateSecond: Int64 = .min
    var rateCount = 0
}
