import EventModel
import MQTTBroker
import Testing

@Suite struct `The profile of AWS IoT Core` {
    private func bench() -> BrokerBench { BrokerBench(BrokerSettings(profile: .awsIoT)) }

    private func isCut(by packet: Packet) throws -> Bool {
        var bench = bench()
        let id = try bench.connect("c")
        bench.send(packet.encoded, on: id)
        #expect(!bench.isClosed(id) || bench.take(id).isEmpty)
        return bench.isClosed(id)
    }

    private func publish(_ topic: String, bytes: Int = 1) -> Packet {
        let payload = [UInt8](repeating: 1, count: bytes)
        return .publish(
            Publish(Message(topic: TopicName(topic), payload: payload, qos: .one), packetID: 1))
    }

    private func subscribe(_ filters: [String]) throws -> Packet {
        let entries = try filters.map { Subscribe.Entry(try #require(TopicFilter($0)), .zero) }
        return .subscribe(Subscribe(packetID: 1, entries: entries))
    }

    @Test func `takes client ids of 128 bytes`() {
        for (count, code) in [(128, ConnectReturnCode.accepted), (129, .identifierRejected)] {
            var bench = bench()
            let id = bench.open()
            let client = String(repeating: "c", count: count)
            bench.send(.connect(Connect(clientID: client)), on: id)
            #expect(bench.take(id) == [.connack(sessionPresent: false, code: code)])
        }
    }

    @Test func `takes topics of 256 bytes and 7 slashes`() throws {
        let letters = ["a", "b", "c", "d", "e", "f", "g", "h"].joined(separator: "/")
        for (topic, isTooMuch) in [
            (String(repeating: "a", count: 256), false), (letters, false),
            (String(repeating: "a", count: 257), true), (letters + "/", true),
        ] {
            #expect(try isCut(by: publish(topic)) == isTooMuch)
            #expect(try isCut(by: subscribe([topic])) == isTooMuch)
        }
    }

    @Test func `takes payloads of 128 KB`() throws {
        #expect(try !isCut(by: publish("a", bytes: 128 << 10)))
        #expect(try isCut(by: publish("a", bytes: 128 << 10 | 1)))
        #expect(try isCut(by: publish("a", bytes: 1 << 20)))
    }

    @Test func `takes 8 filters a SUBSCRIBE and 50 a connection`() throws {
        #expect(try !isCut(by: subscribe((0..<8).map { "f\($0)" })))
        #expect(try isCut(by: subscribe((0..<9).map { "f\($0)" })))
        var bench = bench()
        let id = try bench.connect("c")
        for k in 0..<50 { try bench.subscribe(id, ("f\(k)", .zero)) }
        try bench.subscribe(id, ("f7", .one))
        #expect(!bench.isClosed(id))
        try bench.subscribe(id, ("f50", .one))
        #expect(bench.isClosed(id))
    }

    @Test func `does not answer QoS 2`() throws {
        var bench = bench()
        let id = try bench.connect("c")
        #expect(try bench.subscribe(id, ("t", .one), ("u", .two)).isEmpty)
        #expect(bench.core.subscriptions(of: "c").isEmpty)
        try bench.subscribe(id, ("t", .one))
        bench.publish(id, "t", qos: .two)
        #expect(bench.take(id).isEmpty)
        #expect(!bench.isClosed(id))
    }

    @Test func `keeps the parent topic from a filter with #`() throws {
        var bench = bench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("sub/#", .zero))
        for topic in ["sub", "sub/", "sub/x/y"] { bench.publish(id, topic, topic) }
        #expect(bench.payloads(id) == ["sub/", "sub/x/y"])
    }

    @Test func `gives retained messages to equal filters only`() throws {
        var bench = bench()
        let id = try bench.connect("c")
        bench.publish(id, "r/a", "kept", retain: true)
        try bench.subscribe(id, ("r/+", .one), ("#", .one))
        #expect(bench.take(id).isEmpty)
        try bench.subscribe(id, ("r/a", .one))
        #expect(bench.payloads(id) == ["kept"])
    }

    @Test func `discards what is over 100 publishes a second`() throws {
        var bench = bench()
        let id = try bench.connect("c")
        let other = try bench.connect("o")
        try bench.subscribe(other, ("t", .zero))
        for k in 0..<130 { bench.send(publish("t", bytes: k + 1), on: id) }
        #expect(bench.take(id).count == 100)
        #expect(bench.deliveries(other).count == 100)
        #expect(bench.core.statistics.publishesThrottled == 30)
        #expect(!bench.isClosed(id))
        bench.wait(seconds: 1)
        bench.send(publish("t"), on: id)
        #expect(bench.deliveries(other).count == 1)
    }

    @Test(arguments: [
        (0, 1800.0), (1, 45), (29, 45), (30, 45), (60, 90), (1200, 1800), (65_535, 1800),
    ])
    func `brings the keep-alive into 30 to 1,200 seconds`(keepAlive: Int, patience: Double) throws {
        var bench = bench()
        let id = try bench.connect("c", keepAlive: UInt16(keepAlive))
        bench.wait(seconds: patience - 0.001)
        #expect(!bench.isClosed(id))
        bench.wait(seconds: 0.001)
        #expect(bench.isClosed(id))
    }

    @Test func `keeps a session for an hour`() throws {
        var bench = bench()
        bench.lose(try bench.connect("c", clean: false))
        bench.wait(seconds: 3599)
        #expect(bench.core.sessionCount == 1)
        bench.wait(seconds: 1)
        #expect(bench.core.sessionCount == 0)
    }

    @Test func `sends 10 stored messages a second, new ones at once`() throws {
        var bench = bench()
        let publisher = try bench.connect("p")
        let away = try bench.connect("c", clean: false)
        try bench.subscribe(away, ("t", .one))
        bench.lose(away)
        for k in 0..<25 { bench.publish(publisher, "t", "\(k)", qos: .one) }
        bench.publish(publisher, "t", "QoS 0")
        let back = try bench.connect("c", clean: false)
        #expect(bench.payloads(back) == ["0"])
        bench.publish(publisher, "t", "new", qos: .one)
        #expect(bench.payloads(back) == ["new"])
        bench.wait(seconds: 0.95)
        #expect(bench.payloads(back) == (1..<10).map { "\($0)" })
        bench.wait(seconds: 10)
        #expect(bench.payloads(back) == (10..<25).map { "\($0)" })
    }

    @Test func `sends again what is not acknowledged, for up to an hour`() throws {
        var bench = bench()
        let publisher = try bench.connect("p")
        let id = try bench.connect("c")
        try bench.subscribe(id, ("t", .one))
        bench.publish(publisher, "t", "x", qos: .one)
        let first = try #require(bench.deliveries(id, acknowledged: false).first)
        for _ in 0..<119 {
            bench.wait(seconds: 29.9)
            #expect(bench.take(id).isEmpty)
            bench.wait(seconds: 0.1)
            let again = bench.deliveries(id, acknowledged: false)
            #expect(again.map(\.packetID) == [first.packetID])
            #expect(again.map(\.isDuplicate) == [true])
            bench.send(.pingreq, on: id)
            _ = bench.take(id)
        }
        bench.wait(seconds: 30)
        #expect(bench.core.pendingDeliveries(to: "c") == 0)
        #expect(bench.core.statistics.deliveriesDropped == 1)
    }
}
