import EventModel
import MQTTBroker
import Testing

@Suite struct `Faults` {
    @Test func `lose QoS 0 deliveries for ever`() throws {
        var bench = BrokerBench()
        bench.core.recordsTranscript = true
        let id = try bench.connect("c")
        let other = try bench.connect("o")
        for client in [id, other] { try bench.subscribe(client, ("t", .zero)) }
        bench.core.loseNext(deliveries: 2, to: "c")
        for k in 0..<4 { bench.publish(other, "t", "\(k)") }
        #expect(bench.payloads(id) == ["2", "3"])
        #expect(bench.payloads(other) == ["0", "1", "2", "3"])
        #expect(bench.lines().filter { $0.contains("\"lost\"") }.count == 2)
        #expect(bench.core.statistics.faultsFired == 2)
    }

    @Test func `lose QoS 1 deliveries until the session is resumed`() throws {
        var bench = BrokerBench()
        bench.core.recordsTranscript = true
        let id = try bench.connect("c", clean: false)
        try bench.subscribe(id, ("t", .one))
        bench.core.loseNext(deliveries: 1, to: "c")
        let publisher = try bench.connect("p")
        bench.publish(publisher, "t", "first", qos: .one)
        bench.publish(publisher, "t", "second", qos: .one)
        #expect(bench.payloads(id) == ["second"])
        let isCut = bench.core.dropConnection(of: "c", at: bench.now)
        #expect(isCut)
        bench.settle()
        #expect(bench.isClosed(id))
        let back = try bench.connect("c", clean: false)
        #expect(bench.payloads(back) == ["first"])
        let lines = bench.lines().filter { $0.contains("first") }
        #expect(lines.count == 3)
        #expect(lines[1].contains("\"lost\"") && lines[2].contains("\"out\""))
    }

    @Test func `lose publishes before the broker sees them`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("t", .one))
        bench.core.loseNext(publishes: 1, from: "c")
        let message = Message(topic: TopicName("t"), payload: [1], qos: .one)
        bench.send(.publish(Publish(message, packetID: 5)), on: id)
        #expect(bench.take(id).isEmpty)
        bench.send(.publish(Publish(message, packetID: 5, isDuplicate: true)), on: id)
        #expect(bench.take(id).contains(.puback(5)))
    }

    @Test func `lose acknowledgements, so that the client publishes twice`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        let watcher = try bench.connect("w")
        try bench.subscribe(watcher, ("t", .one))
        bench.core.loseNext(acknowledgements: 1, to: "c")
        let message = Message(topic: TopicName("t"), payload: [1], qos: .one)
        bench.send(.publish(Publish(message, packetID: 5)), on: id)
        #expect(bench.take(id).isEmpty)
        bench.send(.publish(Publish(message, packetID: 5, isDuplicate: true)), on: id)
        #expect(bench.take(id) == [.puback(5)])
        #expect(bench.deliveries(watcher).count == 2)
    }

    @Test func `refuse connections, until healed`() throws {
        var bench = BrokerBench()
        bench.core.refuseNext(connections: 3, of: "c")
        let id = bench.open()
        bench.send(.connect(Connect(clientID: "c")), on: id)
        #expect(bench.take(id) == [.connack(sessionPresent: false, code: .serverUnavailable)])
        #expect(bench.isClosed(id))
        #expect(bench.core.pendingFaults(of: "c").refusedConnections == 2)
        bench.core.heal()
        _ = try bench.connect("c")
    }

    @Test func `cut a connection with its will, and only where there is one`() throws {
        var bench = BrokerBench()
        let watcher = try bench.connect("w")
        try bench.subscribe(watcher, ("will", .zero))
        let will = Message(topic: TopicName("will"), payload: Array("cut".utf8))
        let id = try bench.connect("c", will: will)
        let isNobodyCut = bench.core.dropConnection(of: "nobody", at: bench.now)
        #expect(!isNobodyCut)
        let isCut = bench.core.dropConnection(of: "c", at: bench.now)
        #expect(isCut)
        bench.settle()
        #expect(bench.isClosed(id))
        #expect(bench.payloads(watcher) == ["cut"])
        let isCutAgain = bench.core.dropConnection(of: "c", at: bench.now)
        #expect(!isCutAgain)
    }

    @Test func `add up without overflow`() {
        var core = BrokerCore()
        core.loseNext(deliveries: .max, to: "c")
        core.loseNext(deliveries: .max, to: "c")
        core.loseNext(deliveries: -5, to: "c")
        #expect(core.pendingFaults(of: "c").lostDeliveries == .max)
    }
}
