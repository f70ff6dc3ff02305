import Foundation
import MQTTBroker
import MQTTServer
import Testing

/// A client of a few lines over a plain socket, which sends what it is told to, byte for byte.
final class RawClient {
    private let descriptor: Int32
    private var decoder = PacketDecoder(from: .broker)

    init(_ address: ListeningAddress) throws {
        switch address {
        case .tcp(_, let port), .tls(_, let port):
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_port = in_port_t(port).bigEndian
            place.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            descriptor = try Self.connected(AF_INET, &place)
        case .unix(let path):
            var place = sockaddr_un()
            place.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &place.sun_path) { field in
                for (index, byte) in path.utf8.enumerated() { field[index] = byte }
            }
            descriptor = try Self.connected(AF_UNIX, &place)
        }
    }

    private static func connected<Place>(_ family: Int32, _ place: inout Place) throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let length = socklen_t(MemoryLayout<Place>.size)
        let code = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, length)
            }
        }
        guard code == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw Unexpected("cannot connect: \(reason)")
        }
        return descriptor
    }

    deinit { close(descriptor) }

    func send(_ packets: Packet...) throws {
        var bytes: [UInt8] = []
        for packet in packets { packet.encode(into: &bytes) }
        try send(bytes)
    }

    func send(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress! + done, bytes.count - done,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Unexpected("the broker has closed the connection") }
            done += count
        }
    }

    /// Sends as much as the broker takes; false where it took not all of it for some seconds.
    func trySend(_ bytes: [UInt8], seconds: Int32) throws -> Bool {
        var done = 0
        while done < bytes.count {
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&wait, 1, seconds * 1000) == 1 else { return false }
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, flags)
            }
            guard count > 0 else { throw Unexpected("the broker has closed the connection") }
            done += count
        }
        return true
    }

    /// The next packet; nil where the broker closes first.
    func receive(seconds: Int32 = 10) throws -> Packet? {
        while true {
            if let packet = try decoder.next() { return packet }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, seconds * 1000) == 1 else {
                throw Unexpected("no packet within \(seconds) s")
            }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { return nil }
            bytes.withUnsafeBytes { decoder.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    /// Whether bytes wait to be read.
    var hasArrived: Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 0) == 1
    }

    /// Connects as `id`, and takes the broker's answer.
    @discardableResult
    func hello(_ id: String, cleanSession: Bool = true, will: Message? = nil) throws -> RawClient {
        try send(.connect(Connect(clientID: id, cleanSession: cleanSession, will: will)))
        let answer = try receive()
        guard case .connack(_, .accepted) = answer else {
            throw Unexpected("\(id) was answered \(String(describing: answer))")
        }
        return self
    }

    func subscribe(_ filter: String, _ qos: QoS = .zero) throws {
        let wanted = try #require(TopicFilter(filter))
        try send(.subscribe(Subscribe(packetID: 1, entries: [.init(wanted, qos)])))
        let answer = try receive()
        guard case .suback(1, [.granted(qos)]) = answer else {
            throw Unexpected("\(filter) was answered \(String(describing: answer))")
        }
    }

    func publish(_ topic: String, _ text: String) throws {
        try send(.publish(Publish(Message(topic: TopicName(topic), payload: Array(text.utf8)))))
    }

    /// The next message's text.
    func text() throws -> String {
        let packet = try receive()
        guard case .publish(let publish) = packet else {
            throw Unexpected("expected a message, got \(String(describing: packet))")
        }
        return String(decoding: publish.message.payload, as: UTF8.self)
    }
}
