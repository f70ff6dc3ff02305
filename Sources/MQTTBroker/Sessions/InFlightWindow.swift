import EventModel

/// A QoS 1 or 2 message on its way to a client, until the client has acknowledged it.
struct InFlightMessage: Sendable {
    enum Stage: Sendable {
        /// PUBLISH is out; PUBACK or PUBREC is to come.
        case published
        /// PUBREL is out; PUBCOMP is to come.
        case released
    }

    var packetID: UInt16
    var stage: Stage
    /// Without its payload once it is released.
    var message: Message
    var firstSent: Timestamp
    var lastSent: Timestamp
    /// A fault took the PUBLISH; the transcript has no delivery of it yet.
    var wasLost: Bool
}

/// What is on its way to one client, in the order in which it was sent first.
struct InFlightWindow: Sendable {
    private(set) var messages: [InFlightMessage] = []
    /// The payloads' bytes.
    private(set) var payloadBytes = 0
    private var lastPacketID: UInt16 = 0

    var count: Int { messages.count }
    var isEmpty: Bool { messages.isEmpty }

    /// Whether one more message may go out; the first one always may.
    @inline(__always) func hasRoom(_ settings: BrokerSettings) -> Bool {
        messages.isEmpty
            || messages.count < settings.maximumInFlight
                && payloadBytes < settings.maximumInFlightBytes
    }

    func place(ofPacketID id: UInt16) -> Int? { messages.firstIndex { $0.packetID == id } }

    /// Puts a message at the end and says its packet identifier: the next one that is not in
    /// flight, 1 to 65,535, then 1 again. At most 65,535 messages fit.
    mutating func append(_ message: Message, at now: Timestamp, wasLost: Bool) -> UInt16 {
        repeat {
            lastPacketID = lastPacketID == .max ? 1 : lastPacketID + 1
        } while messages.contains { $0.packetID == lastPacketID }
        payloadBytes += message.payload.count
        messages.append(
            InFlightMessage(
                packetID: lastPacketID, stage: .published, message: message, firstSent: now,
                lastSent: now, wasLost: wasLost))
        return lastPacketID
    }

    mutating func remove(at place: Int) {
        payloadBytes -= messages[place].message.payload.count
        messages.remove(at: place)
    }

    /// Takes out what was first sent so long ago, and says how many that were.
    mutating func removeAll(sentBy latest: Timestamp) -> Int {
        let before = count
        messages.removeAll { $0.firstSent <= latest }
        payloadBytes = messages.reduce(0) { $0 + $1.message.payload.count }
        return before - count
    }

    /// The client has the message: only its identifier still matters.
    mutating func release(at place: Int, now: Timestamp) {
        payloadBytes -= messages[place].message.payload.count
        messages[place].message.payload = []
        messages[place].stage = .released
        messages[place].lastSent = now
    }

    /// The message, or its PUBREL, is sent once more.
    mutating func markResent(at place: Int, now: Timestamp) {
        messages[place].lastSent = now
        messages[place].wasLost = false
    }
}
