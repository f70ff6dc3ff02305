import EventModel
import MQTTBroker
import Testing

@Suite struct `Deliveries` {
    @Test func `have the lower QoS of the two`() throws {
        for published in QoS.allCases {
            for asked in QoS.allCases {
                var bench = BrokerBench()
                let id = try bench.connect("c")
                let publisher = try bench.connect("p")
                #expect(try bench.subscribe(id, ("t", asked)) == [.granted(asked)])
                bench.publish(publisher, "t", qos: published)
                #expect(bench.deliveries(id).map(\.message.qos) == [min(published, asked)])
            }
        }
    }

    @Test func `come once to overlapping subscriptions, at their highest QoS`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("a/#", .zero), ("a/+", .two), ("a/b", .one), ("+/b", .zero))
        bench.publish(id, "a/b", qos: .two)
        #expect(bench.deliveries(id).map(\.message.qos) == [.two])
    }

    @Test func `go out in the order of the client ids' bytes`() throws {
        var bench = BrokerBench()
        for name in ["b", "a", "é", "Z", "ab"] {
            let id = try bench.connect(name)
            try bench.subscribe(id, ("t", .zero), (name == "a" ? "#" : "+", .zero))
        }
        let publisher = try bench.connect("p")
        let message = Message(topic: TopicName("t"), payload: [])
        bench.core.receive(.publish(Publish(message)), on: publisher, at: bench.now)
        let clients = bench.core.takeActions().compactMap { action -> String? in
            guard case .send(let id, .publish) = action else { return nil }
            return bench.core.client(on: id)
        }
        #expect(clients == ["Z", "a", "ab", "b", "é"])
    }

    @Test func `of a message sent once more are not marked as copies`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("t", .one))
        let message = Message(topic: TopicName("t"), payload: [1], qos: .one)
        for isDuplicate in [false, true] {
            bench.send(
                .publish(Publish(message, packetID: 7, isDuplicate: isDuplicate)), on: id)
        }
        #expect(bench.deliveries(id).map(\.isDuplicate) == [false, false])
    }

    @Test func `of QoS 2 happen once, however often the client sends`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("t", .zero))
        let message = Message(topic: TopicName("t"), payload: [1], qos: .two)
        for copy in 0..<5 {
            let publish = Publish(message, packetID: 7, isDuplicate: copy > 0)
            bench.send(.publish(publish), on: id)
        }
        bench.send(.pubrel(7), on: id)
        bench.send(.pubrel(7), on: id)
        var packets = bench.take(id)
        #expect(packets.filter { $0 == .pubrec(7) }.count == 5)
        #expect(packets.filter { $0 == .pubcomp(7) }.count == 2)
        packets.removeAll { $0 == .pubrec(7) || $0 == .pubcomp(7) }
        #expect(packets.count == 1)
        bench.publish(id, "t", "next", qos: .two, packetID: 7)
        #expect(bench.payloads(id) == ["next"])
    }

    @Test func `wait for a window of messages, and of bytes`() throws {
        for (count, bytes, wanted) in [(3, 1 << 20, 3), (100, 10, 2), (100, 1, 1), (0, 99, 1)] {
            var settings = BrokerSettings()
            settings.maximumInFlight = count
            settings.maximumInFlightBytes = bytes
            var bench = BrokerBench(settings)
            let id = try bench.connect("c")
            try bench.subscribe(id, ("t", .one))
            let publisher = try bench.connect("p")
            for k in 0..<10 { bench.publish(publisher, "t", "bytes\(k)", qos: .one) }
            let first = bench.deliveries(id, acknowledged: false)
            #expect(first.count == wanted)
            for publish in first { bench.send(.puback(publish.packetID), on: id) }
            #expect(bench.payloads(id) == (wanted..<10).map { "bytes\($0)" })
        }
    }

    @Test func `have identifiers that wrap, and none that is in flight`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("t", .one))
        let publisher = try bench.connect("p")
        let message = Message(topic: TopicName("t"), payload: [1], qos: .one)
        func next() throws -> UInt16 {
            bench.core.receive(
                .publish(Publish(message, packetID: 1)), on: publisher, at: bench.now)
            for case .send(_, .publish(let publish)) in bench.core.takeActions() {
                return publish.packetID
            }
            throw Missing()
        }
        let kept = try next()
        #expect(kept == 1)
        for wanted in 2...UInt16.max {
            let found = try next()
            guard found == wanted else { throw Missing() }
            bench.core.receive(.puback(found), on: id, at: bench.now)
        }
        #expect(try next() == 2)
    }

    private struct Missing: Error {}

    @Test func `are not disturbed by acknowledgements that nobody waits for`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("t", .two))
        bench.publish(id, "t", qos: .two)
        let packetID = try #require(bench.deliveries(id, acknowledged: false).first?.packetID)
        for packet: Packet in [.puback(77), .pubrec(77), .pubcomp(77), .pubrel(77)] {
            bench.send(packet, on: id)
        }
        // A PUBACK does not end a QoS 2 message, nor does a PUBCOMP before its PUBREC.
        bench.send(.puback(packetID), on: id)
        bench.send(.pubcomp(packetID), on: id)
        #expect(bench.core.pendingDeliveries(to: "c") == 1)
        #expect(!bench.isClosed(id))
    }

    @Test func `stop with UNSUBSCRIBE, and change with a second SUBSCRIBE`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        try bench.subscribe(id, ("t", .zero), ("a/+", .one))
        try bench.subscribe(id, ("t", .one))
        bench.publish(id, "t", qos: .one)
        #expect(bench.deliveries(id).map(\.message.qos) == [.one])
        let filters = [try #require(TopicFilter("t")), try #require(TopicFilter("never"))]
        bench.send(.unsubscribe(Unsubscribe(packetID: 4, filters: filters)), on: id)
        #expect(bench.take(id) == [.unsuback(4)])
        bench.publish(id, "t", qos: .one)
        bench.publish(id, "a/b", "still", qos: .one)
        #expect(bench.payloads(id) == ["still"])
    }

    @Test func `refuse wrong topics from clients in the same process, too`() throws {
        for topic in ["", "a/#", "a\u{0}"] {
            var bench = BrokerBench()
            let id = try bench.connect("c")
            bench.publish(id, topic)
            #expect(bench.isClosed(id))
        }
    }
}

@Suite struct `Retained messages` {
    @Test func `are marked for new subscriptions only`() throws {
        var bench = BrokerBench()
        let standing = try bench.connect("s")
        try bench.subscribe(standing, ("t", .zero))
        let publisher = try bench.connect("p")
        bench.publish(publisher, "t", "1", qos: .one, retain: true)
        bench.publish(publisher, "t", "2", qos: .one, retain: true)
        bench.publish(publisher, "t", "not kept", qos: .one)
        #expect(bench.deliveries(standing).map(\.message.retain) == [false, false, false])
        let new = try bench.connect("n")
        try bench.subscribe(new, ("t", .two))
        let found = bench.deliveries(new)
        #expect(found.map(\.message.retain) == [true])
        #expect(found.map(\.message.qos) == [.one])
        #expect(found.map(\.message.payload) == [Array("2".utf8)])
        // A second SUBSCRIBE brings it again (3.8.4-3).
        try bench.subscribe(new, ("t", .two))
        #expect(bench.payloads(new) == ["2"])
    }

    @Test func `are cleared by an empty payload, which subscribers see`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        bench.publish(id, "t", "1", retain: true)
        try bench.subscribe(id, ("t", .zero))
        #expect(bench.payloads(id) == ["1"])
        bench.publish(id, "t", "", retain: true)
        #expect(bench.payloads(id) == [""])
        #expect(bench.core.retainedCount == 0)
        try bench.subscribe(id, ("t", .zero))
        #expect(bench.take(id).isEmpty)
    }

    @Test(arguments: ["r/#", "r/+/z", "r/+/+", "+/+/z", "#"])
    func `come to wildcards in the order of their topics`(filter: String) throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        for k in [5, 3, 9, 0, 7, 1] { bench.publish(id, "r/\(k)/z", "\(k)", retain: true) }
        bench.publish(id, "r/3/z", "", retain: true)
        bench.publish(id, "$r/3/z", "hidden", retain: true)
        try bench.subscribe(id, (filter, .one))
        #expect(bench.payloads(id) == ["0", "1", "5", "7", "9"])
        bench.publish(id, "r/3/z", "3", retain: true)
        bench.publish(id, "r/9/z", "nine", retain: true)
        _ = bench.take(id)
        try bench.subscribe(id, (filter, .zero))
        #expect(bench.payloads(id) == ["0", "1", "3", "5", "7", "nine"])
    }

    @Test func `that were cleared and set again come once`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        let filter = try #require(TopicFilter("t/+"))
        bench.publish(id, "stays", retain: true)
        for payload in ["1", "", "2"] {
            bench.publish(id, "t/a", payload, retain: true)
            try bench.subscribe(id, ("t/+", .zero))
            #expect(bench.payloads(id).last ?? "" == payload)
            bench.send(.unsubscribe(Unsubscribe(packetID: 1, filters: [filter])), on: id)
            _ = bench.take(id)
        }
        bench.publish(id, "t/a", "", retain: true)
        bench.publish(id, "t/a", "3", retain: true)
        try bench.subscribe(id, ("t/+", .zero))
        #expect(bench.payloads(id) == ["3"])
    }

    @Test func `do not come again when a session is resumed`() throws {
        var bench = BrokerBench()
        let publisher = try bench.connect("p")
        bench.publish(publisher, "t", "kept", retain: true)
        let first = try bench.connect("c", clean: false)
        try bench.subscribe(first, ("t", .one))
        #expect(bench.payloads(first) == ["kept"])
        bench.lose(first)
        let second = try bench.connect("c", clean: false)
        #expect(bench.take(second).isEmpty)
    }

    @Test func `that come and go leave nothing behind`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c")
        bench.publish(id, "stays", retain: true)
        for k in 0..<3000 {
            bench.publish(id, "t/\(k)", "x", retain: true)
            bench.publish(id, "t/\(k)", "", retain: true)
        }
        #expect(bench.core.retainedCount == 1)
        try bench.subscribe(id, ("#", .zero))
        #expect(bench.payloads(id) == ["x"])
    }
}
