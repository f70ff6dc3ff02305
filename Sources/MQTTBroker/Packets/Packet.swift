/// An MQTT 3.1.1 control packet, with all that its bytes say and no way to be malformed in flags
/// or lengths (section 3).
public enum Packet: Sendable, Equatable {
    /// The client's first packet. Boxed, so that the packets of the hot path stay small.
    indirect case connect(Connect)
    case connack(sessionPresent: Bool, code: ConnectReturnCode)
    case publish(Publish)
    case puback(UInt16)
    case pubrec(UInt16)
    case pubrel(UInt16)
    case pubcomp(UInt16)
    case subscribe(Subscribe)
    /// One code a filter, in the order of the SUBSCRIBE.
    case suback(UInt16, [SubscribeReturnCode])
    case unsubscribe(Unsubscribe)
    case unsuback(UInt16)
    case pingreq
    case pingresp
    case disconnect
}

/// CONNECT: section 3.1.
public struct Connect: Sendable, Equatable {
    /// UTF-8, empty where the broker is to assign one.
    public var clientID: [UInt8]
    /// Whether the session begins empty and ends with the connection.
    public var cleanSession: Bool
    /// Seconds; 0 is off.
    public var keepAlive: UInt16
    /// What the broker publishes if the connection ends without DISCONNECT.
    public var will: Message?
    /// UTF-8.
    public var userName: [UInt8]?
    /// Any bytes; only with a user name.
    public var password: [UInt8]?

    /// A CONNECT; unless told otherwise with a clean session, no keep-alive and no will.
    public init(
        clientID: String, cleanSession: Bool = true, keepAlive: UInt16 = 0, will: Message? = nil,
        userName: String? = nil, password: [UInt8]? = nil
    ) {
        self.clientID = Array(clientID.utf8)
        self.cleanSession = cleanSession
        self.keepAlive = keepAlive
        self.will = will
        self.userName = userName.map { Array($0.utf8) }
        self.password = password
    }
}

/// PUBLISH, either way: section 3.3.
public struct Publish: Sendable, Equatable {
    /// What is published, with its QoS and its RETAIN flag.
    public var message: Message
    /// 0 where the QoS is 0, and only there.
    public var packetID: UInt16
    /// Sent before.
    public var isDuplicate: Bool

    /// A PUBLISH; above QoS 0 the packet id must be given.
    @inlinable public init(_ message: Message, packetID: UInt16 = 0, isDuplicate: Bool = false) {
        self.message = message
        self.packetID = packetID
        self.isDuplicate = isDuplicate
    }
}

/// SUBSCRIBE: section 3.8.
public struct Subscribe: Sendable, Equatable {
    /// A topic filter and the QoS asked for.
    public struct Entry: Sendable, Equatable {
        /// Which topics are asked for.
        public var filter: TopicFilter
        /// The highest QoS at which messages shall come.
        public var qos: QoS

        /// One filter of a SUBSCRIBE.
        public init(_ filter: TopicFilter, _ qos: QoS) {
            self.filter = filter
            self.qos = qos
        }
    }

    /// 1 to 65,535; the SUBACK has the same.
    public var packetID: UInt16
    /// At least one.
    public var entries: [Entry]

    /// A SUBSCRIBE of these entries, answered in their order.
    public init(packetID: UInt16, entries: [Entry]) {
        self.packetID = packetID
        self.entries = entries
    }
}

/// UNSUBSCRIBE: section 3.10.
public struct Unsubscribe: Sendable, Equatable {
    /// 1 to 65,535; the UNSUBACK has the same.
    public var packetID: UInt16
    /// At least one.
    public var filters: [TopicFilter]

    /// An UNSUBSCRIBE; filters must be spelled as they were subscribed.
    public init(packetID: UInt16, filters: [TopicFilter]) {
        self.packetID = packetID
        self.filters = filters
    }
}

/// The answer to a CONNECT: section 3.2.2.3. 0 to 5 are the standard's; AWS IoT Core has 7.
public struct ConnectReturnCode: RawRepresentable, Hashable, Sendable {
    /// The byte in the CONNACK.
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The connection stands.
    public static let accepted = Self(rawValue: 0)
    /// The client speaks another version of MQTT.
    public static let unacceptableProtocolVersion = Self(rawValue: 1)
    /// The client id is well formed and not allowed.
    public static let identifierRejected = Self(rawValue: 2)
    /// The broker is there and takes no connection now.
    public static let serverUnavailable = Self(rawValue: 3)
    /// User name or password are malformed.
    public static let badUserNameOrPassword = Self(rawValue: 4)
    /// The client may not connect.
    public static let notAuthorized = Self(rawValue: 5)
    /// What AWS IoT Core says where the standard has 5.
    public static let forbiddenByAWSIoT = Self(rawValue: 7)
}

/// The answer to one filter of a SUBSCRIBE: section 3.9.3.
public enum SubscribeReturnCode: Sendable, Hashable {
    case granted(QoS)
    case failure

    /// As it stands in the SUBACK: 0, 1, 2 or 0x80.
    public var byte: UInt8 {
        switch self {
        case .granted(let qos): qos.rawValue
        case .failure: 0x80
        }
    }

    /// Nil for a byte that the standard reserves.
    public init?(byte: UInt8) {
        if byte == 0x80 {
            self = .failure
        } else if let qos = QoS(rawValue: byte) {
            self = .granted(qos)
        } else {
            return nil
        }
    }
}
