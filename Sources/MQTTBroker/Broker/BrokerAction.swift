/// A connection's number; whoever carries the bytes gives them out and never twice.
public struct ConnectionID: Hashable, Sendable, Comparable {
    /// The number as the carrier counts it.
    public var rawValue: UInt64

    /// The connection of this number; nothing is opened.
    @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable public static func < (a: ConnectionID, b: ConnectionID) -> Bool {
        a.rawValue < b.rawValue
    }
}

/// Who a connection's client certificate says it is; policies are bound to either name.
public struct Principal: Sendable, Hashable {
    /// The subject's common name.
    public var name: String?
    /// The certificate's SHA-256: 64 hexadecimal digits, lower case.
    public var fingerprint: String?

    /// A principal by what its certificate says.
    public init(name: String?, fingerprint: String? = nil) {
        self.name = name
        self.fingerprint = fingerprint
    }
}

/// What the carrier of the bytes has to do.
public enum BrokerAction: Sendable, Equatable {
    case send(ConnectionID, Packet)
    /// Close the transport once all before has been sent. The broker has forgotten the connection:
    /// it takes nothing more from it and sends nothing more to it.
    case close(ConnectionID)
}

/// Why a connection ended, in the words of AWS IoT Core's lifecycle events.
public enum DisconnectReason: String, Sendable, CaseIterable {
    /// The client sent DISCONNECT.
    case clientInitiated = "CLIENT_INITIATED_DISCONNECT"
    /// The transport went away.
    case connectionLost = "CONNECTION_LOST"
    /// Another connection took the client id over.
    case duplicateClientID = "DUPLICATE_CLIENTID"
    /// The client may not connect.
    case forbiddenAccess = "FORBIDDEN_ACCESS"
    /// A connected client did what no policy allows.
    case authError = "AUTH_ERROR"
    case keepAliveTimeout = "MQTT_KEEP_ALIVE_TIMEOUT"
    /// Malformed packets, packets out of place, limits of size and number.
    case clientError = "CLIENT_ERROR"
    case serverInitiated = "SERVER_INITIATED_DISCONNECT"
    /// Too much at once: a limit of rate, or a reader too slow.
    case throttled = "THROTTLED"
}
