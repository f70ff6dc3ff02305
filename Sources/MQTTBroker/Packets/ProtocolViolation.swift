/// Why bytes are no MQTT 3.1.1 control packet; whoever gets it closes the connection (section 4.8).
public struct ProtocolViolation: Error, Equatable, CustomStringConvertible {
    /// What the receiver can do about it.
    public enum Kind: Sendable, Equatable {
        /// Lengths, flags, reserved values, texts: anything that the standard forbids.
        case malformed
        /// A CONNECT of another version: to be answered with CONNACK 1 (section 3.1.2.2).
        case unacceptableProtocolVersion
        /// A packet longer than this side takes.
        case tooLarge
    }

    /// Decides whether an answer comes before the close.
    public let kind: Kind
    /// What was wrong, where, and the clause of the standard.
    public let description: String

    /// A violation with its place and clause in the text.
    public init(_ description: String, kind: Kind = .malformed) {
        self.kind = kind
        self.description = description
    }
}
