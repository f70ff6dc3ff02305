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
