import EventModel
import Foundation
import MQTTBroker
import MQTTServer
import Testing

/// What the lab needs to run real sockets in virtual time.
@Suite struct `In lock step` {
    static let start = Timestamp(seconds: 1_700_000_000)

    static var settings: BrokerSettings {
        var settings = BrokerSettings()
        settings.keepAliveEnabled = false
        return settings
    }

    @Test func `one waits until a client is connected, and until it is gone`() throws {
        let server = BrokerServer(settings: Self.settings, clock: VirtualClock(Self.start))
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        #expect(!server.waitForConnection(of: "feeder", timeout: .milliseconds(20)))
        #expect(server.waitForDisconnection(of: "feeder", timeout: .zero))
        do {
            let feeder = try RawClient(address)
            try feeder.send(.connect(Connect(clientID: "feeder")))
            #expect(server.waitForConnection(of: "feeder", timeout: .seconds(20)))
            #expect(!server.waitForDisconnection(of: "feeder", timeout: .milliseconds(20)))
            _ = try feeder.receive()
        }
        #expect(server.waitForDisconnection(of: "feeder", timeout: .seconds(20)))
        #expect(!server.waitForConnection(of: "feeder", timeout: .zero))
    }

    @Test func `one waits for a client's messages, counted from its connection on`() throws {
        let server = BrokerServer(settings: Self.settings, clock: VirtualClock(Self.start))
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let client = try RawClient(address).hello("button")
        for count in 1...100 {
            try client.publish("a", "\(count)")
            #expect(server.waitForPublishes(from: "button", count: count, timeout: .seconds(20)))
        }
        #expect(
            !server.waitForPublishes(from: "button", count: 101, timeout: .milliseconds(20)))
        #expect(!server.waitForPublishes(from: "Button", count: 1, timeout: .zero))
        // A connection that takes the id over begins anew; the one that was thrown out is not it.
        let other = try RawClient(address).hello("button")
        #expect(!server.waitForPublishes(from: "button", count: 1, timeout: .zero))
        #expect(try client.receive() == nil)
        #expect(server.waitForConnection(of: "button", timeout: .zero))
        try other.publish("a", "first")
        #expect(server.waitForPublishes(from: "button", count: 1, timeout: .seconds(20)))
    }

    /// How many packets are announced for each that is sent: too few, too many.
    @Test(arguments: [0, 1, 7])
    func `what clients announce makes no difference but in time`(announced: Int) throws {
        let server = BrokerServer(settings: Self.settings, clock: VirtualClock(Self.start))
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let feeder = try RawClient(address).hello("feeder")
        try feeder.subscribe("a")
        let button = try RawClient(address).hello("button")
        for count in 1...200 {
            try button.publish("a", "\(count)")
            for _ in 0..<announced { server.announcePublish() }
            #expect(try feeder.text() == "\(count)")
            #expect(server.waitForPublishes(from: "button", count: count, timeout: .seconds(20)))
        }
    }

    @Test func `a thread that sleeps is woken`() throws {
        let server = BrokerServer(settings: Self.settings, clock: VirtualClock(Self.start))
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let port = try #require(address.port)
        // Long after the waiter has given up looking and gone to sleep.
        let later = try Child(
            "/bin/sh", ["-c", "sleep 0.3; mosquitto_pub -p \(port) -i button -t a -m x"],
            in: Folder())
        #expect(server.waitForPublishes(from: "button", count: 1, timeout: .seconds(20)))
        #expect(later.wait().code == 0)
    }

    @Test func `what a message brings about is done when the wait is over`() throws {
        let server = BrokerServer(settings: Self.settings, clock: VirtualClock(Self.start))
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let feeder = try RawClient(address).hello("feeder")
        try feeder.subscribe("#")
        let button = try RawClient(address).hello("button")
        for count in 1...50 {
            try button.publish("a", "\(count)")
            #expect(server.waitForPublishes(from: "button", count: count, timeout: .seconds(20)))
            #expect(feeder.hasArrived)
            #expect(try feeder.text() == "\(count)")
        }
    }

    @Test func `the transcript has the clock's time, and is the same in every run`() throws {
        func transcript() throws -> String {
            let clock = VirtualClock(Self.start)
            let server = BrokerServer(
                settings: Self.settings, clock: clock, recordsTranscript: true)
            defer { server.shutDown() }
            let address = try server.listen(on: .tcp(port: 0))
            let feeder = try RawClient(address).hello("feeder")
            try feeder.subscribe("cat-feeder/action")
            let button = try RawClient(address).hello("button")
            for count in 1...20 {
                clock.advance(to: Timestamp(seconds: Self.start.seconds + Int64(count) * 3600))
                try button.publish("cat-feeder/action", "press \(count)")
                #expect(
                    server.waitForPublishes(from: "button", count: count, timeout: .seconds(20)))
            }
            return String(decoding: server.takeTranscript(), as: UTF8.self)
        }
        let first = try transcript()
        #expect(first == (try transcript()))
        #expect(first.contains("press 20"))
        // 2023-11-14T22:13:20Z and 20 hours.
        #expect(first.contains("2023-11-15T18:13:20"))
    }

    @Test func `the core can be asked and changed between two packets`() throws {
        let server = BrokerServer(settings: Self.settings, clock: VirtualClock(Self.start))
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let feeder = try RawClient(address).hello("feeder")
        try feeder.subscribe("a")
        let button = try RawClient(address).hello("button", will: Message(topic: "a", "gone"))
        _ = try server.withCore { $0.dropConnection(of: "button", at: Self.start) }
        #expect(try feeder.text() == "gone")
        #expect(try button.receive() == nil)
    }
}

extension Message {
    fileprivate init(topic: String, _ text: String) {
        self.init(topic: TopicName(topic), payload: Array(text.utf8))
    }
}
