import EventModel
import MQTTBroker
import Testing

@Suite struct `Sessions` {
    private func sessionPresent(_ bench: inout BrokerBench, clean: Bool) -> Bool? {
        let id = bench.open()
        bench.send(.connect(Connect(clientID: "c", cleanSession: clean)), on: id)
        guard case .connack(let present, .accepted)? = bench.take(id, only: 1).first else {
            return nil
        }
        bench.send(.disconnect, on: id)
        return present
    }

    @Test func `are present where one was kept`() {
        var bench = BrokerBench()
        for (clean, wanted) in [
            (false, false), (false, true), (true, false), (false, false), (false, true),
        ] { #expect(sessionPresent(&bench, clean: clean) == wanted) }
    }

    @Test func `that are clean end with their connection`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("a/+", .one), ("b", .zero))
        bench.lose(id)
        #expect(bench.core.sessionCount == 0)
        let again = try bench.connect("c", clean: false)
        #expect(bench.core.subscriptions(of: "c").isEmpty)
        bench.send(.disconnect, on: again)
        #expect(bench.core.sessionCount == 1)
    }

    @Test(arguments: [QoS.one, .two]) func `keep what came while the client was away`(qos: QoS)
        throws
    {
        var bench = BrokerBench()
        let away = try bench.connect("c", clean: false)
        try bench.subscribe(away, ("t", qos))
        bench.send(.disconnect, on: away)
        let publisher = try bench.connect("p")
        for k in 0..<250 { bench.publish(publisher, "t", "m\(k)", qos: qos) }
        bench.publish(publisher, "t", "QoS 0 is not kept")
        #expect(bench.core.pendingDeliveries(to: "c") == 250)
        let back = try bench.connect("c", clean: false)
        let found = bench.deliveries(back)
        #expect(
            found.map { String(decoding: $0.message.payload, as: UTF8.self) }
                == (0..<250).map { "m\($0)" })
        #expect(found.allSatisfy { !$0.isDuplicate && $0.message.qos == qos })
        #expect(bench.core.pendingDeliveries(to: "c") == 0)
    }

    @Test func `send again what was not acknowledged, with its identifier and DUP`() throws {
        var bench = BrokerBench()
        var id = try bench.connect("c", clean: false)
        try bench.subscribe(id, ("t", .one))
        let publisher = try bench.connect("p")
        for payload in ["one", "two", "three"] { bench.publish(publisher, "t", payload, qos: .one) }
        let first = bench.deliveries(id, acknowledged: false)
        #expect(first.map(\.isDuplicate) == [false, false, false])
        bench.send(.puback(first[1].packetID), on: id)
        bench.lose(id)
        id = try bench.connect("c", clean: false)
        let again = bench.deliveries(id)
        #expect(again.map(\.packetID) == [first[0].packetID, first[2].packetID])
        #expect(again.map(\.message) == [first[0].message, first[2].message])
        #expect(again.allSatisfy { $0.isDuplicate })
        bench.lose(id)
        id = try bench.connect("c", clean: false)
        #expect(bench.take(id).isEmpty)
    }

    @Test func `send only PUBREL again once the client has the message`() throws {
        var bench = BrokerBench()
        var id = try bench.connect("c", clean: false)
        try bench.subscribe(id, ("t", .two))
        let publisher = try bench.connect("p")
        bench.publish(publisher, "t", qos: .two)
        let packetID = try #require(bench.deliveries(id, acknowledged: false).first?.packetID)
        bench.send(.pubrec(packetID), on: id)
        #expect(bench.take(id) == [.pubrel(packetID)])
        bench.lose(id)
        id = try bench.connect("c", clean: false)
        #expect(bench.take(id) == [.pubrel(packetID)])
        bench.send(.pubcomp(packetID), on: id)
        #expect(bench.core.pendingDeliveries(to: "c") == 0)
    }

    @Test func `remember QoS 2 messages of the client over a reconnect`() throws {
        var bench = BrokerBench()
        let watcher = try bench.connect("w")
        try bench.subscribe(watcher, ("t", .two))
        var id = try bench.connect("c", clean: false)
        let message = Message(topic: TopicName("t"), payload: [1], qos: .two)
        bench.send(.publish(Publish(message, packetID: 9)), on: id)
        #expect(bench.take(id) == [.pubrec(9)])
        bench.lose(id)
        id = try bench.connect("c", clean: false)
        bench.send(.publish(Publish(message, packetID: 9, isDuplicate: true)), on: id)
        bench.send(.pubrel(9), on: id)
        #expect(bench.take(id) == [.pubrec(9), .pubcomp(9)])
        #expect(bench.deliveries(watcher).count == 1)
    }

    @Test func `go on under a connection that takes them over`() throws {
        var bench = BrokerBench()
        let first = try bench.connect("c", clean: false)
        try bench.subscribe(first, ("t", .one))
        let publisher = try bench.connect("p")
        bench.publish(publisher, "t", "a", qos: .one)
        let second = try bench.connect("c", clean: false)
        bench.publish(publisher, "t", "b", qos: .one)
        #expect(bench.isClosed(first))
        #expect(bench.payloads(second) == ["a", "b"])
    }

    @Test func `drop what is over a queue's limit, and count it`() throws {
        var settings = BrokerSettings()
        settings.maximumQueuedMessages = 10
        settings.maximumQueuedBytes = 25
        var bench = BrokerBench(settings)
        let id = try bench.connect("c", clean: false)
        try bench.subscribe(id, ("t", .one))
        bench.lose(id)
        let publisher = try bench.connect("p")
        for k in 0..<12 { bench.publish(publisher, "t", "\(k)", qos: .one) }
        #expect(bench.core.pendingDeliveries(to: "c") == 10)
        #expect(bench.core.statistics.deliveriesDropped == 2)
        let back = try bench.connect("c", clean: false)
        #expect(bench.payloads(back) == (0..<10).map { "\($0)" })
        bench.lose(back)
        for k in 0..<5 { bench.publish(publisher, "t", "ten bytes\(k)", qos: .one) }
        #expect(bench.core.pendingDeliveries(to: "c") == 2)
    }

    @Test func `expire where the settings say so`() throws {
        var settings = BrokerSettings()
        settings.sessionExpirySeconds = 60
        var bench = BrokerBench(settings)
        let id = try bench.connect("c", clean: false)
        bench.lose(id)
        bench.wait(seconds: 59)
        #expect(sessionPresent(&bench, clean: false) == true)
        bench.wait(seconds: 59)
        #expect(bench.core.sessionCount == 1)
        bench.wait(seconds: 1)
        #expect(bench.core.sessionCount == 0)
        #expect(bench.core.nextDeadline == nil || sessionPresent(&bench, clean: false) == false)
    }

    @Test func `that have expired are not found by a late CONNECT`() throws {
        var settings = BrokerSettings()
        settings.sessionExpirySeconds = 60
        var bench = BrokerBench(settings)
        bench.lose(try bench.connect("c", clean: false))
        bench.now.microseconds += 60_000_000
        #expect(sessionPresent(&bench, clean: false) == false)
    }
}
