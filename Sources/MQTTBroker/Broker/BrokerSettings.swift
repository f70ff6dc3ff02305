/// How the broker behaves: the standard's way, or that of AWS IoT Core, each knob on its own.
///
///     var settings = BrokerSettings(profile: .awsIoT)
///     settings.keepAliveEnabled = false        // virtual time
///     settings.publishesPerSecond = nil        // no throttle
///
/// Nil means that there is no such limit. Whatever a limit drops is counted in `BrokerStatistics`.
public struct BrokerSettings: Sendable {
    /// Whose behaviour the settings begin with.
    public enum Profile: String, Sendable, CaseIterable {
        /// MQTT 3.1.1 to the letter.
        case strict
        /// AWS IoT Core: its documented limits and where it differs from the standard.
        case awsIoT = "aws-iot"
    }

    /// What becomes of a SUBSCRIBE that no policy allows.
    public enum SubscribeRefusal: Sendable { case disconnect, failureCode }

    /// What the knobs were set to before anybody turned one.
    public let profile: Profile

    // MARK: Time

    /// Off in virtual time: no connection is closed for its silence.
    public var keepAliveEnabled = true
    /// How long a connection may take to its CONNECT.
    public var connectTimeoutSeconds: Int? = 30
    /// What a client's keep-alive is changed into; 0 counts as more than the range.
    public var keepAliveRange: ClosedRange<UInt16>?
    /// How long a session outlives its connection.
    public var sessionExpirySeconds: Int?
    /// How long an unacknowledged message is kept after it was first sent.
    public var unacknowledgedSeconds: Int?
    /// After how long an unacknowledged message is sent again on the same connection. The standard
    /// has this only on a new connection; AWS IoT Core does not document its interval.
    public var resendSeconds: Int?

    // MARK: Limits

    /// The longest packet taken, header and all.
    public var maximumPacketBytes = 268_435_460
    /// The longest client id taken, in bytes of UTF-8.
    public var maximumClientIDBytes: Int?
    /// Of names and filters.
    public var maximumTopicBytes: Int?
    /// The most `/` in a topic name or filter.
    public var maximumTopicSlashes: Int?
    /// The longest payload of a PUBLISH taken.
    public var maximumPayloadBytes: Int?
    /// The most topic filters in one SUBSCRIBE.
    public var maximumFiltersPerSubscribe: Int?
    /// The most topic filters that a client may be subscribed to at once.
    public var maximumFiltersPerSession: Int?
    /// PUBLISH packets a second and connection; the excess is discarded without an answer.
    public var publishesPerSecond: Int?
    /// Messages stored for an absent client come at most so many a second.
    public var storedPerSecond: Int?
    /// Unacknowledged messages to one client; more wait. 1 to 65,535.
    public var maximumInFlight = 100
    /// Their bytes of payload, but always one message.
    public var maximumInFlightBytes = 1 << 20
    /// Messages that wait for one client, absent or slow; more are dropped.
    public var maximumQueuedMessages = 100_000
    /// Bytes of payload that wait for one client; more are dropped.
    public var maximumQueuedBytes = 64 << 20

    // MARK: Ways

    /// Whether a CONNECT without a client id (and with a clean session) is given one.
    public var acceptsEmptyClientIDs = true
    /// Whether policies are bound by the client id where a connection has no certificate.
    public var bindsPoliciesByClientID = false
    /// How a SUBSCRIBE that no policy allows is answered.
    public var subscribeRefusal = SubscribeRefusal.disconnect
    /// Else QoS 2 is not answered, as AWS IoT Core does not.
    public var supportsQoS2 = true
    /// Whether `a/#` takes `a`.
    public var hashTakesParent = true
    /// Whether filters with wildcards get retained messages.
    public var retainedForWildcards = true
    /// The answer to a CONNECT that no policy allows.
    public var refusalCode = ConnectReturnCode.notAuthorized

    /// The settings of a profile, to be changed one by one.
    public init(profile: Profile = .strict) {
        self.profile = profile
        guard profile == .awsIoT else { return }
        keepAliveRange = 30...1200
        sessionExpirySeconds = 3600
        unacknowledgedSeconds = 3600
        resendSeconds = 30
        maximumClientIDBytes = 128
        maximumTopicBytes = 256
        maximumTopicSlashes = 7
        maximumPayloadBytes = 128 << 10
        // Of a PUBLISH with the longest topic; whatever is longer breaks a limit anyway.
        maximumPacketBytes = (128 << 10) + 1024
        maximumFiltersPerSubscribe = 8
        maximumFiltersPerSession = 50
        publishesPerSecond = 100
        storedPerSecond = 10
        supportsQoS2 = false
        hashTakesParent = false
        retainedForWildcards = false
        refusalCode = .forbiddenByAWSIoT
    }
}

/// What the broker counted since it was made.
public struct BrokerStatistics: Sendable, Equatable {
    /// PUBLISH packets taken in, discarded ones too.
    public var publishesReceived: UInt64 = 0
    /// PUBLISH packets sent, without those sent again.
    public var publishesSent: UInt64 = 0
    /// PUBLISH packets discarded: over the rate.
    public var publishesThrottled: UInt64 = 0
    /// Deliveries that no policy allowed.
    public var deliveriesWithheld: UInt64 = 0
    /// Deliveries dropped: over a queue's limit, too old, or to a reader that is too slow.
    public var deliveriesDropped: UInt64 = 0
    /// Packets lost by injected faults.
    public var faultsFired: UInt64 = 0

    /// Everything at zero.
    public init() {}
}
