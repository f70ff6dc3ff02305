import EventModel
import Glibc
import MQTTBroker

/// The thread of a `FaultyBroker`: a core behind `poll`, and its fault.
final class FaultyBrokerLoop {
    private let fault: BrokerFault
    private let listener: Int32
    private let stop: Int32
    private let note: (_ isOut: Bool, Message) -> Void
    private var core = BrokerCore()
    private var sockets: [Int32] = []
    private var decoders: [Int32: PacketDecoder] = [:]
    private var publishes = 0
    private var isMute = false

    private static let garbage: [UInt8] = [0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]

    init(
        _ fault: BrokerFault, listener: Int32, stop: Int32,
        _ note: @escaping (_ isOut: Bool, Message) -> Void
    ) {
        self.fault = fault
        self.listener = listener
        self.stop = stop
        self.note = note
    }

    /// Serves until the other end of `stop` is closed.
    func run() {
        defer { for descriptor in sockets + [listener, stop] { close(descriptor) } }
        while true {
            var entries = ([stop, listener] + sockets).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            // A socket that does not listen is always ready: it is not asked.
            if fault == .refusesConnections { entries[1].fd = -1 }
            guard poll(&entries, nfds_t(entries.count), -1) >= 0 || errno == EINTR else { return }
            if entries[0].revents != 0 { return }
            if entries[1].revents != 0 { open() }
            for entry in entries.dropFirst(2)
            where entry.revents != 0 && sockets.contains(entry.fd) {
                read(entry.fd)
            }
        }
    }

    private var now: Timestamp { Timestamp(microseconds: 0) }

    private func id(_ socket: Int32) -> ConnectionID { ConnectionID(UInt64(socket)) }

    private func open() {
        let peer = accept(listener, nil, nil)
        guard peer >= 0 else { return }
        var one: Int32 = 1
        setsockopt(
            peer, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        sockets.append(peer)
        decoders[peer] = PacketDecoder()
        core.open(id(peer), at: now)
    }

    private func read(_ peer: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(peer, &buffer, buffer.count, 0)
        guard count > 0 else { return end(peer) }
        decoders[peer]?.feed(Array(buffer[..<count]))
        while let packet = try? decoders[peer]?.next() { take(packet, from: peer) }
    }

    private func take(_ packet: Packet, from peer: Int32) {
        if case .publish(let publish) = packet {
            publishes += 1
            note(false, publish.message)
        }
        switch (fault, packet) {
        case (.neverAnswers, _): return
        case (.refusesClients(let code), .connect):
            write([0x20, 2, 0, code], to: peer)
            return end(peer)
        case (.answersGarbage, .connect): return write(Self.garbage, to: peer)
        case (.closesInConnectAnswer, .connect):
            write([0x20, 2], to: peer)
            return end(peer)
        case (.hangsAfterConnect, let packet):
            if case .connect = packet {} else { isMute = true }
        case (.hangs(let place), _): isMute = publishes >= place
        case (.resets(let place), .publish) where publishes >= place: return endAll(resetting: true)
        default: break
        }
        core.receive(packet, on: id(peer), at: now)
        for action in core.takeActions() { perform(action) }
        if case .closes(let place) = fault, publishes >= place { endAll() }
    }

    private func perform(_ action: BrokerAction) {
        switch action {
        case .close(let id): end(Int32(id.rawValue))
        case .send(let id, let packet): send(packet, to: Int32(id.rawValue))
        }
    }

    private func send(_ packet: Packet, to peer: Int32) {
        guard !isMute, sockets.contains(peer) else { return }
        switch packet {
        case .publish(let publish):
            switch fault {
            case .swallows(let place) where publishes >= place: return
            case .sendsGarbage(let place) where publishes >= place:
                return write(Self.garbage, to: peer)
            case .closesInPacket(let place) where publishes >= place:
                let bytes = packet.encoded
                write(Array(bytes[..<(bytes.count / 2)]), to: peer)
                return endAll()
            default: note(true, publish.message)
            }
        case .puback:
            if case .neverAcknowledges(let place) = fault, publishes >= place { return }
        default: break
        }
        write(packet.encoded, to: peer)
    }

    private func write(_ bytes: [UInt8], to peer: Int32) {
        _ = Glibc.send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func endAll(resetting: Bool = false) {
        for peer in sockets { end(peer, resetting: resetting) }
    }

    private func end(_ peer: Int32, resetting: Bool = false) {
        guard let place = sockets.firstIndex(of: peer) else { return }
        if resetting {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                peer, SOL_SOCKET, SO_LINGER, &linger,
                socklen_t(MemoryLayout.size(ofValue: linger)))
        }
        sockets.remove(at: place)
        decoders[peer] = nil
        core.close(id(peer), at: now)
        // What follows from its end goes to others, or to nobody.
        close(peer)
    }
}
