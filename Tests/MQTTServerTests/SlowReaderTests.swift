import EventModel
import Foundation
import MQTTBroker
import MQTTServer
import Testing

@Suite struct `A client that does not read` {
    @Test func `misses QoS 0 messages beyond its limit, and nobody waits for it`() throws {
        var limits = ConnectionLimits()
        limits.droppingByteCount = 1 << 16
        let server = BrokerServer(limits: limits)
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let slow = try RawClient(address).hello("slow")
        try slow.subscribe("a")
        let good = try RawClient(address).hello("good")
        try good.subscribe("a")
        let sender = try RawClient(address).hello("sender")
        let payload = String(repeating: "x", count: 10_000)
        // 30 MB: more than the kernel's buffers of both sides take.
        for number in 1...3000 {
            try sender.publish("a", "\(number) \(payload)")
            #expect(try good.text().hasPrefix("\(number) "))
        }
        #expect(try server.droppedPublishCount > 0)
        // What it did get is whole and in order; then it goes on with what is new.
        var last = 0
        try sender.publish("a", "the end")
        while slow.hasArrived {
            guard let number = try slow.text().split(separator: " ").first.flatMap({ Int($0) })
            else { break }
            #expect(number > last)
            last = number
        }
        #expect(last > 0)
    }

    /// Sends 30 MB to a subscriber that reads nothing: more than the kernel's buffers take.
    private func flood(
        _ server: BrokerServer, _ address: ListeningAddress, payload: String
    ) throws -> RawClient {
        let slow = try RawClient(address).hello("slow")
        try slow.subscribe("a", .one)
        let sender = try RawClient(address).hello("sender")
        let count = 30_000_000 / payload.utf8.count
        for number in 1...count { try sender.publish("a", "\(number) \(payload)") }
        let isThere = server.waitForPublishes(from: "sender", count: count, timeout: .seconds(20))
        #expect(isThere)
        return slow
    }

    /// The first bytes of each line: what follows in a long one is the rest of its payload.
    private func beginningsOfLines(_ bytes: [UInt8]) -> [String] {
        bytes.withUnsafeBytes { bytes in
            var lines: [String] = []
            var rest = bytes[...]
            while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let end = memchr(start, 0x0A, rest.count).map { start.distance(to: $0) }
                let line = rest.prefix(end ?? rest.count)
                lines.append(String(decoding: line.prefix(400), as: UTF8.self))
                rest = rest.dropFirst(line.count + 1)
            }
            return lines
        }
    }

    @Test func `has in the transcript what it missed`() throws {
        var limits = ConnectionLimits()
        limits.droppingByteCount = 1 << 16
        let server = BrokerServer(limits: limits, recordsTranscript: true)
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let slow = try flood(server, address, payload: String(repeating: "x", count: 20_000))
        let lines = beginningsOfLines(server.takeTranscript()).filter {
            $0.contains("\"client\":\"slow\"")
        }
        /// The numbers of the messages of a direction.
        func numbers(_ direction: String) -> [Int] {
            lines.filter { $0.contains("\"direction\":\"\(direction)\"") }.compactMap { line in
                line.components(separatedBy: "\"payload\":\"").last?.split(separator: " ").first
                    .flatMap { Int($0) }
            }
        }
        let dropped = numbers("dropped")
        #expect(dropped.count == (try server.droppedPublishCount) && dropped.count > 50)
        let missed = Set(dropped)
        // What went out and was not dropped is what the client reads, once it does.
        for number in numbers("out") where !missed.contains(number) {
            #expect(try slow.text().hasPrefix("\(number) "))
        }
        #expect(try server.withCore { $0.statistics.deliveriesDropped } == UInt64(dropped.count))
    }

    @Test func `is disconnected with a reason when too much waits for it`() throws {
        var limits = ConnectionLimits()
        (limits.droppingByteCount, limits.closingByteCount) = (1 << 16, 1 << 17)
        let server = BrokerServer(limits: limits, recordsTranscript: true)
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let slow = try flood(server, address, payload: String(repeating: "x", count: 20_000))
        let sender = try RawClient(address).hello("other")
        let payload = [UInt8](repeating: 0x78, count: 50_000)
        // QoS 1 is not dropped: it waits, and then there is too much.
        for packetID in 1...8 as ClosedRange<UInt16> {
            try sender.send(
                .publish(
                    Publish(
                        Message(topic: TopicName("a"), payload: payload, qos: .one),
                        packetID: packetID)))
        }
        #expect(server.waitForDisconnection(of: "slow", timeout: .seconds(20)))
        let lines = beginningsOfLines(server.takeTranscript()).filter {
            !$0.contains("PUBLISH") && $0.contains("slow")
        }
        #expect(lines.last?.contains("\"event\":\"DISCONNECT\",\"reason\":\"THROTTLED\"") == true)
        withExtendedLifetime(slow) {}
    }

    @Test func `is read no further when its answers pile up`() throws {
        let server = BrokerServer()
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let flood = try RawClient(address).hello("flood")
        var pings: [UInt8] = []
        for _ in 0..<100_000 { pings += [0xC0, 0] }
        var sent = 0
        // A broker that read on would take all of it: 200 MB.
        while sent < 1000, try flood.trySend(pings, seconds: 1) { sent += 1 }
        #expect(sent < 1000)
        // Others are served meanwhile, and it is, too, once it reads.
        try RawClient(address).hello("other")
        for _ in 0..<1000 { #expect(try flood.receive() == .pingresp) }
    }
}
