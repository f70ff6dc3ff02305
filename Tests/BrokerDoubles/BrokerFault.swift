/// How a broker fails. The places count the PUBLISH packets that reach it.
public enum BrokerFault: Sendable, Hashable, CustomStringConvertible {
    case none
    /// Nobody listens at its address.
    case refusesConnections
    /// It takes the connection and never says a word.
    case neverAnswers
    /// It answers CONNECT with this code.
    case refusesClients(code: UInt8)
    /// It answers CONNECT with what is no MQTT.
    case answersGarbage
    /// It answers CONNECT with half a CONNACK and closes.
    case closesInConnectAnswer
    /// It answers CONNECT, and from then on nothing.
    case hangsAfterConnect
    /// From this PUBLISH on it reads, and says nothing more.
    case hangs(at: Int)
    /// It takes this PUBLISH, and all that follow, and gives them to nobody; QoS 1 is acknowledged.
    case swallows(from: Int)
    /// It sends half of what follows from this PUBLISH, and closes every connection.
    case closesInPacket(at: Int)
    /// It closes every connection once this PUBLISH has been given on.
    case closes(after: Int)
    /// Instead of what follows from this PUBLISH it sends what is no MQTT.
    case sendsGarbage(at: Int)
    /// It resets every connection at this PUBLISH.
    case resets(at: Int)
    /// It gives what follows from PUBLISH packets on, and from this one on acknowledges none.
    case neverAcknowledges(from: Int)

    public var description: String {
        switch self {
        case .none: "is well"
        case .refusesConnections: "refuses connections"
        case .neverAnswers: "never answers"
        case .refusesClients(let code): "refuses clients with \(code)"
        case .answersGarbage: "answers garbage"
        case .closesInConnectAnswer: "closes in the middle of CONNACK"
        case .hangsAfterConnect: "hangs after CONNACK"
        case .hangs(let place): "hangs at \(place)"
        case .swallows(let place): "swallows from \(place) on"
        case .closesInPacket(let place): "closes in the middle of a packet at \(place)"
        case .closes(let place): "closes after \(place)"
        case .sendsGarbage(let place): "sends garbage at \(place)"
        case .resets(let place): "resets at \(place)"
        case .neverAcknowledges(let place): "never acknowledges from \(place) on"
        }
    }
}
