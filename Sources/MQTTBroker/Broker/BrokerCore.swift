import EventModel

/// An MQTT 3.1.1 broker without sockets and without a clock: connections in, actions out.
///
///     var core = BrokerCore()
///     core.open(id, at: now)
///     core.receive(bytes, on: id, at: now)
///     core.takeActions(into: &actions)        // .send(id, packet), .close(id)
///
/// A value: the same inputs in the same order give the same actions and the same transcript, and a
/// copy is a broker of its own. Bytes may be split in any way; no bytes trap. Time never goes
/// back: an earlier `now` counts as the latest one, so a live carrier gives a monotonic time.
///
/// Malformed packets, and whatever a limit or policy refuses, close the connection without a word
/// (MQTT 3.1.1, section 4.8). A closed connection is forgotten at once; what still comes from it
/// is ignored. Deliveries of one message go out in the order of the client ids' bytes.
public struct BrokerCore: Sendable {
    /// How it behaves; fixed when it is made.
    public let settings: BrokerSettings
    let policies: PolicyBook?
    /// What it has counted since it was made.
    public internal(set) var statistics = BrokerStatistics()
    /// Whether records are kept until they are taken.
    public var recordsTranscript = false

    var now = Timestamp(microseconds: .min)
    var actions: [BrokerAction] = []
    var transcript: [TranscriptRecord] = []
    var faults: [[UInt8]: ClientFaults] = [:]

    var connections: [Connection] = []
    var freeConnections: [Int] = []
    var connectionPlaces: [ConnectionID: Int] = [:]
    /// The connection that spoke last, which often speaks next.
    var lastConnection = 0

    var sessions: [Session] = []
    var freeSessions: [Int] = []
    var sessionPlaces: [[UInt8]: Int] = [:]

    var subscriptions = SubscriptionTree()
    var routes = RouteCache()
    var retained = RetainedMessages()
    /// What sessions wait for.
    var timers = TimerQueue()
    /// When to look whether connections have been silent for too long.
    var silences = TimerQueue()

    /// `policies`: nil where any client may do anything.
    public init(settings: BrokerSettings = BrokerSettings(), policies: PolicyBook? = nil) {
        var settings = settings
        settings.maximumInFlight = min(max(settings.maximumInFlight, 1), 65_535)
        self.settings = settings
        self.policies = policies
    }

    // MARK: Inputs

    /// A transport is there.
    ///
    /// `principal`: what its client certificate says; nil without one. A connection that is open under this number is lost first.
    public mutating func open(_ id: ConnectionID, principal: Principal? = nil, at now: Timestamp) {
        move(to: now)
        if let place = connectionPlaces[id] { end(place, .connectionLost, announced: false) }
        var connection = Connection()
        connection.id = id
        connection.isLive = true
        connection.principal = principal
        connection.lastPacket = self.now
        connection.decoder.maximumPacketBytes = settings.maximumPacketBytes
        let place = freeConnections.popLast() ?? connections.count
        if place == connections.count { connections.append(Connection()) }
        connections[place] = connection
        connectionPlaces[id] = place
        if settings.keepAliveEnabled, let seconds = settings.connectTimeoutSeconds {
            setPatience(place, microseconds: Int64(clamping: seconds) &* 1_000_000)
        }
    }

    /// Bytes have come, split in any way.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, on id: ConnectionID, at now: Timestamp
    ) {
        guard let place = place(of: id) else { return }
        move(to: now)
        let decoder = connections[place].decoder
        guard decoder.pendingBytes == 0 else { return receivePiece(bytes, on: place, id) }
        // The usual case: whole packets, decoded where they lie.
        var offset = 0
        do throws(ProtocolViolation) {
            while offset < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                var used = 0
                guard let packet = try decoder.decode(rest, &used) else { break }
                offset += used
                take(packet, on: place)
                guard isOpen(place, id) else { return }
            }
        } catch { return refuse(place, error) }
        if offset < bytes.count {
            connections[place].decoder.feed(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        }
    }

    /// Goes on with a packet that began earlier.
    private mutating func receivePiece(
        _ bytes: UnsafeRawBufferPointer, on place: Int, _ id: ConnectionID
    ) {
        connections[place].decoder.feed(bytes)
        do throws(ProtocolViolation) {
            while let packet = try connections[place].decoder.next() {
                take(packet, on: place)
                guard isOpen(place, id) else { return }
            }
        } catch { refuse(place, error) }
    }

    /// Bytes have come, split in any way.
    public mutating func receive(_ bytes: [UInt8], on id: ConnectionID, at now: Timestamp) {
        bytes.withUnsafeBytes { receive($0, on: id, at: now) }
    }

    /// A packet has come from a client in the same process: no bytes, all else alike.
    public mutating func receive(_ packet: Packet, on id: ConnectionID, at now: Timestamp) {
        guard let place = place(of: id) else { return }
        move(to: now)
        take(packet, on: place)
    }

    /// The transport went away; a will is published.
    public mutating func close(_ id: ConnectionID, at now: Timestamp) {
        move(to: now)
        guard let place = connectionPlaces[id] else { return }
        end(place, .connectionLost, announced: false)
    }

    /// Closes a connection from the broker's side, for a reason of its carrier's, such as a reader
    /// that is too slow or the end of the server.
    public mutating func disconnect(
        _ id: ConnectionID, reason: DisconnectReason = .serverInitiated,
        publishingWill: Bool = true,
        at now: Timestamp
    ) {
        move(to: now)
        guard let place = connectionPlaces[id] else { return }
        if !publishingWill { connections[place].will = nil }
        end(place, reason, announced: true)
    }

    /// The carrier has dropped a message of QoS 0 that it was given to send, because the client
    /// reads too slowly: the transcript says so, in a record behind that of the sending.
    public mutating func dropped(_ message: Message, on id: ConnectionID, at now: Timestamp) {
        move(to: now)
        guard let client = clientID(of: id) else { return }
        statistics.publishesSent &-= 1
        statistics.deliveriesDropped &+= 1
        record(.publish(.dropped, message), client)
    }

    // MARK: Outputs

    /// Gives the actions since the last call, in order. `actions` is emptied first and its memory
    /// used again: two buffers serve for ever.
    public mutating func takeActions(into actions: inout [BrokerAction]) {
        actions.removeAll(keepingCapacity: true)
        swap(&actions, &self.actions)
    }

    /// The actions since the last call, in order.
    public mutating func takeActions() -> [BrokerAction] {
        var taken: [BrokerAction] = []
        swap(&taken, &actions)
        return taken
    }

    /// Whether the carrier has something to do.
    public var hasActions: Bool { !actions.isEmpty }

    // MARK: Places

    func isOpen(_ place: Int, _ id: ConnectionID) -> Bool {
        connections[place].isLive && connections[place].id == id
    }

    @inline(__always) mutating func place(of id: ConnectionID) -> Int? {
        if lastConnection < connections.count, isOpen(lastConnection, id) { return lastConnection }
        guard let place = connectionPlaces[id] else { return nil }
        lastConnection = place
        return place
    }
}
