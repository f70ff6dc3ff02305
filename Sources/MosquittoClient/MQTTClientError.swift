/// What is known of the message that a failed `publish` was about.
///
/// A `publish` that returns has sent: QoS 0, every byte is with the kernel; QoS 1 and 2, the broker
/// has acknowledged.
public enum MessageFate: Hashable, Sendable {
    /// The broker cannot have got it: publishing it again cannot double it.
    case notSent
    /// The broker may have it or not: publishing it again may double it.
    case unknown
    /// The broker may have it or not, and the next `connect` of this client sends it again, as a
    /// session that is kept asks for (MQTT 3.1.1, section 4.4). Do not publish it again.
    case unknownAndRepeated
}

/// Why something between a client and its broker failed.
public struct MQTTClientError: Error, Equatable, CustomStringConvertible {
    /// What failed, with what is known of it.
    public enum Kind: Error, Equatable {
        /// The broker's CONNACK refused: MQTT 3.1.1, section 3.2.2.3; AWS IoT has 7, too.
        case refused(code: UInt8)
        /// Nobody took the connection, or there is no such host.
        case cannotConnect(reason: String)
        /// What was waited for did not come.
        case timeout(waitingFor: String, after: Duration)
        /// The connection ended without our doing, or the broker sent what is no MQTT.
        case connectionLost(reason: String)
        /// The TLS handshake failed, or our own files are of no use.
        case tls(reason: String)
        /// There is no connection: `connect` first.
        case notConnected
        /// What was asked for is not possible; nothing was sent.
        case rejected(reason: String)
        /// The broker answered SUBSCRIBE with 0x80.
        case subscriptionRefused(filter: String)
    }

    /// What failed; the description begins with it.
    public let kind: Kind
    /// Which broker; nil before the first `connect`.
    public let broker: BrokerAddress?
    /// The client that the error happened to.
    public let clientID: String
    /// What became of the message; nil where the error is not about one.
    public let fate: MessageFate?

    /// An error of a client; with a fate where it is about a message.
    public init(
        _ kind: Kind, broker: BrokerAddress?, clientID: String, fate: MessageFate? = nil
    ) {
        self.kind = kind
        self.broker = broker
        self.clientID = clientID
        self.fate = fate
    }

    public var description: String {
        let place = "client \"\(clientID)\", broker \(broker.map(\.description) ?? "none yet")"
        return ([kind.sentence, fate?.sentence, kind.advice].compactMap { $0 } + ["(\(place))"])
            .joined(separator: " ")
    }
}

extension MessageFate {
    var sentence: String {
        switch self {
        case .notSent: "The message was surely not sent; it can be published again."
        case .unknown:
            "Whether the broker has the message is unknown; published again, it may come twice."
        case .unknownAndRepeated:
            "Whether the broker has the message is unknown; the next connect sends it again."
        }
    }
}

extension MQTTClientError.Kind {
    var sentence: String {
        switch self {
        case .refused(let code):
            "The broker refused the connection with code \(code): \(Self.meaning(of: code))."
        case .cannotConnect(let reason): "No connection to the broker: \(reason)."
        case .timeout(let what, let limit): "\(what) was expected and did not come in \(limit)."
        case .connectionLost(let reason): "The connection ended: \(reason)."
        case .tls(let reason): "TLS failed: \(reason)."
        case .notConnected: "There is no connection."
        case .rejected(let reason): "This cannot be done: \(reason)."
        case .subscriptionRefused(let filter):
            "The broker refused the subscription to \"\(filter)\" (0x80)."
        }
    }

    var advice: String? {
        switch self {
        case .refused(4), .refused(5), .refused(7):
            "Look at what the broker allows this client id and certificate."
        case .refused(2): "Choose another client id."
        case .refused: nil
        case .cannotConnect: "Is the broker running, and is this its address?"
        case .timeout: "Is the broker alive? A longer timeout helps only if it is slow."
        case .connectionLost: "Connect again; the broker's log may say why it closed."
        case .tls: "Look at the certificates on both sides, and at the host's name in the address."
        case .notConnected: "Call connect first."
        case .rejected: nil
        case .subscriptionRefused: "Look at the filter and at what the broker allows this client."
        }
    }

    /// MQTT 3.1.1, table 3.1.
    private static func meaning(of code: UInt8) -> String {
        switch code {
        case 1: "it does not speak MQTT 3.1.1"
        case 2: "it does not take this client id"
        case 3: "its service is not available"
        case 4: "bad user name or password"
        case 5: "not authorised"
        case 7: "not authorised (a code of AWS IoT)"
        default: "a code that MQTT 3.1.1 does not have"
        }
    }
}
