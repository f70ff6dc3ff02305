import EventModel
import MQTTBroker
import Testing

@Suite struct `Connecting` {
    private func answer(
        to connect: Connect, _ settings: BrokerSettings = BrokerSettings()
    ) -> (packets: [Packet], isClosed: Bool) {
        var bench = BrokerBench(settings)
        let id = bench.open()
        bench.send(.connect(connect), on: id)
        return (bench.take(id), bench.isClosed(id))
    }

    @Test func `is answered at once`() {
        let found = answer(to: Connect(clientID: "c"))
        #expect(found.packets == [.connack(sessionPresent: false, code: .accepted)])
        #expect(!found.isClosed)
    }

    @Test func `needs no client id with a clean session`() throws {
        var bench = BrokerBench()
        let first = try bench.connect("")
        let second = try bench.connect("")
        #expect(bench.core.client(on: first) != bench.core.client(on: second))
        #expect(bench.core.connectedClients == ["auto-1", "auto-2"])
    }

    @Test func `gives a made-up client id to nobody twice`() throws {
        var bench = BrokerBench()
        let taken = try bench.connect("auto-2")
        let other = try bench.connect("")
        #expect(bench.core.client(on: other) == "auto-2-2")
        #expect(!bench.isClosed(taken))
    }

    @Test func `needs a client id for a session that stays`() {
        let found = answer(to: Connect(clientID: "", cleanSession: false))
        #expect(found.packets == [.connack(sessionPresent: false, code: .identifierRejected)])
        #expect(found.isClosed)
    }

    @Test func `may need a client id in any case`() {
        var settings = BrokerSettings()
        settings.acceptsEmptyClientIDs = false
        let found = answer(to: Connect(clientID: ""), settings)
        #expect(found.packets == [.connack(sessionPresent: false, code: .identifierRejected)])
    }

    @Test func `in another version is refused with code 1`() {
        var bench = BrokerBench()
        let id = bench.open()
        bench.send([0x10, 13, 0, 4, 0x4D, 0x51, 0x54, 0x54, 5, 2, 0, 0, 0, 0, 0], on: id)
        let refusal = Packet.connack(sessionPresent: false, code: .unacceptableProtocolVersion)
        #expect(bench.take(id) == [refusal])
        #expect(bench.isClosed(id))
    }

    @Test func `twice on one connection ends it`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        bench.send(.connect(Connect(clientID: "c")), on: id)
        #expect(bench.take(id).isEmpty)
        #expect(bench.isClosed(id))
    }

    @Test func `comes first`() throws {
        let filter = try #require(TopicFilter("a"))
        let message = Message(topic: TopicName("a"), payload: [])
        let packets: [Packet] = [
            .publish(Publish(message)), .pingreq, .disconnect, .puback(1), .pubrel(1),
            .subscribe(Subscribe(packetID: 1, entries: [.init(filter, .zero)])),
        ]
        for packet in packets {
            var bench = BrokerBench()
            let id = bench.open()
            bench.send(packet.encoded, on: id)
            #expect(bench.take(id).isEmpty)
            #expect(bench.isClosed(id))
            #expect(bench.core.connectionCount == 0)
        }
    }

    @Test func `need not be waited for`() throws {
        var bench = BrokerBench()
        let id = bench.open()
        let filter = try #require(TopicFilter("t"))
        let message = Message(topic: TopicName("t"), payload: [1])
        let all: [Packet] = [
            .connect(Connect(clientID: "c")),
            .subscribe(Subscribe(packetID: 1, entries: [.init(filter, .zero)])),
            .publish(Publish(message)), .pingreq,
        ]
        bench.send(all.flatMap(\.encoded), on: id)
        #expect(
            bench.take(id) == [
                .connack(sessionPresent: false, code: .accepted), .suback(1, [.granted(.zero)]),
                .publish(Publish(message)), .pingresp,
            ])
    }

    @Test(arguments: [1, 2, 5]) func `works in pieces`(size: Int) throws {
        var bench = BrokerBench()
        let id = bench.open()
        let bytes = [Packet.connect(Connect(clientID: "c")), .pingreq, .pingreq].flatMap(\.encoded)
        for start in stride(from: 0, to: bytes.count, by: size) {
            bench.send(Array(bytes[start..<min(bytes.count, start + size)]), on: id)
        }
        #expect(bench.take(id).dropFirst() == [.pingresp, .pingresp])
    }

    @Test(arguments: `Bytes that are no packets`.malformed)
    func `ends when bytes are no packets`(name: String, bytes: [UInt8]) throws {
        var bench = BrokerBench()
        let watcher = try bench.connect("watcher")
        try bench.subscribe(watcher, ("will", .zero))
        let will = Message(topic: TopicName("will"), payload: Array("gone".utf8))
        let id = try bench.connect("c", will: will)
        bench.send(bytes, on: id)
        #expect(bench.isClosed(id))
        #expect(bench.take(id).isEmpty)
        #expect(bench.payloads(watcher) == ["gone"])
    }

    @Test func `ends with DISCONNECT, and what follows is not read`() throws {
        var bench = BrokerBench()
        let watcher = try bench.connect("watcher")
        try bench.subscribe(watcher, ("t", .zero))
        let id = try bench.connect("c")
        let late = Packet.publish(Publish(Message(topic: TopicName("t"), payload: [1])))
        bench.send(Packet.disconnect.encoded + late.encoded, on: id)
        #expect(bench.isClosed(id))
        bench.send(late, on: id)
        bench.lose(id)
        #expect(bench.take(watcher).isEmpty)
        #expect(bench.core.connectionCount == 1)
    }

    @Test func `by the same client id ends the older connection`() throws {
        var bench = BrokerBench()
        let watcher = try bench.connect("watcher")
        try bench.subscribe(watcher, ("will", .zero))
        let will = Message(topic: TopicName("will"), payload: Array("taken".utf8))
        let first = try bench.connect("c", will: will)
        let second = try bench.connect("c")
        #expect(bench.isClosed(first))
        #expect(!bench.isClosed(second))
        #expect(bench.payloads(watcher) == ["taken"])
        #expect(bench.core.connection(of: "c") == second)
    }

    @Test func `a hundred times by one client id leaves one`() throws {
        var bench = BrokerBench()
        var ids: [ConnectionID] = []
        for _ in 0..<100 { ids.append(try bench.connect("c")) }
        #expect(ids.filter { !bench.isClosed($0) } == [ids[99]])
        #expect(bench.core.connectionCount == 1)
    }

    @Test func `under a number in use loses the older connection`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        bench.core.open(id, at: bench.now)
        #expect(bench.core.connectionCount == 1)
        #expect(bench.core.sessionCount == 0)
    }

    @Test func `takes client ids for bytes`() throws {
        var bench = BrokerBench()
        let ids = try ["caf\u{E9}", "cafe\u{301}", "Case", "cASE", "a/b+#$ "].map {
            try bench.connect($0)
        }
        #expect(ids.allSatisfy { !bench.isClosed($0) })
        #expect(bench.core.sessionCount == 5)
    }
}
