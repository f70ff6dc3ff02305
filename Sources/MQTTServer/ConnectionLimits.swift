/// What a connection may cost the broker: a client that reads slowly, or never, holds up nobody and
/// takes no more memory than this.
public struct ConnectionLimits: Sendable {
    /// Bytes that wait for a client to read them, from which on QoS 0 messages to it are dropped,
    /// as MQTT allows them to be. Messages of QoS 1 and 2 are bounded by the core's window.
    public var droppingByteCount = 1 << 20
    /// Bytes of answers (acknowledgements, PINGRESP, …) that a client has not read, from which on
    /// nothing more is read from it.
    public var unreadAnswerByteCount = 1 << 18
    /// Bytes that wait for a client to read them, from which on it is disconnected.
    public var closingByteCount = 64 << 20
    /// How long a client may take for the TLS handshake and the first byte after it.
    public var handshakeSeconds = 10

    /// The limits as they stand above.
    public init() {}
}
