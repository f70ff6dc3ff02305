import EventModel
import MQTTBroker
import Testing

@Suite struct `Wills` {
    private static func will(_ qos: QoS = .zero, retain: Bool = false, _ payload: String = "gone")
        -> Message
    {
        Message(topic: TopicName("will"), payload: Array(payload.utf8), qos: qos, retain: retain)
    }

    @Test func `are published when the transport goes away`() throws {
        for qos in QoS.allCases {
            var bench = BrokerBench()
            let watcher = try bench.connect("w")
            try bench.subscribe(watcher, ("will", .two))
            bench.lose(try bench.connect("c", will: Self.will(qos)))
            let found = bench.deliveries(watcher)
            #expect(found.map(\.message) == [Self.will(qos)])
        }
    }

    @Test func `are not published after DISCONNECT, nor twice`() throws {
        var bench = BrokerBench()
        let watcher = try bench.connect("w")
        try bench.subscribe(watcher, ("will", .zero))
        let polite = try bench.connect("c", will: Self.will())
        bench.send(.disconnect, on: polite)
        bench.lose(polite)
        #expect(bench.take(watcher).isEmpty)
        bench.lose(try bench.connect("c", clean: false, will: Self.will()))
        bench.lose(try bench.connect("c", clean: false))
        #expect(bench.payloads(watcher) == ["gone"])
    }

    @Test func `may be retained, and clear what was`() throws {
        var bench = BrokerBench()
        bench.lose(try bench.connect("c", will: Self.will(retain: true, "kept")))
        #expect(bench.core.retainedMessage(of: TopicName("will"))?.payload == Array("kept".utf8))
        bench.lose(try bench.connect("c", will: Self.will(retain: true, "")))
        #expect(bench.core.retainedCount == 0)
    }

    @Test func `are left out by a server that ends`() throws {
        var bench = BrokerBench()
        let watcher = try bench.connect("w")
        try bench.subscribe(watcher, ("will", .zero))
        let first = try bench.connect("c", will: Self.will())
        bench.core.disconnect(first, publishingWill: false, at: bench.now)
        bench.settle()
        #expect(bench.isClosed(first))
        #expect(bench.take(watcher).isEmpty)
        let second = try bench.connect("c", will: Self.will())
        bench.core.disconnect(second, reason: .throttled, at: bench.now)
        bench.settle()
        #expect(bench.payloads(watcher) == ["gone"])
    }
}

@Suite struct `Silent connections` {
    @Test func `are closed after one and a half times their keep-alive, with their will`() throws {
        var bench = BrokerBench()
        let watcher = try bench.connect("w")
        try bench.subscribe(watcher, ("will", .zero))
        let will = Message(topic: TopicName("will"), payload: Array("late".utf8))
        let id = try bench.connect("c", keepAlive: 10, will: will)
        bench.wait(seconds: 14.999)
        #expect(!bench.isClosed(id))
        #expect(bench.core.nextDeadline != nil)
        bench.wait(seconds: 0.001)
        #expect(bench.isClosed(id))
        #expect(bench.payloads(watcher) == ["late"])
    }

    @Test func `are kept by any packet, and by nothing less`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c", keepAlive: 10)
        for _ in 0..<10 {
            bench.wait(seconds: 14)
            bench.send(.pingreq, on: id)
        }
        #expect(!bench.isClosed(id))
        for byte: UInt8 in [0x30, 0x7F, 0, 1, 0x61, 0x62] {
            bench.send([byte], on: id)
            bench.wait(seconds: 3)
        }
        #expect(bench.isClosed(id))
    }

    @Test func `are left alone without a keep-alive`() throws {
        var bench = BrokerBench()
        let id = try bench.connect("c", keepAlive: 0)
        bench.wait(seconds: 1_000_000)
        #expect(!bench.isClosed(id))
    }

    @Test func `are left alone in virtual time`() throws {
        var settings = BrokerSettings()
        settings.keepAliveEnabled = false
        var bench = BrokerBench(settings)
        let id = try bench.connect("c", keepAlive: 1)
        let silent = bench.open()
        #expect(bench.core.nextDeadline == nil)
        bench.wait(seconds: 1_000_000)
        #expect(!bench.isClosed(id) && !bench.isClosed(silent))
    }

    @Test func `have a time for their CONNECT`() throws {
        var bench = BrokerBench()
        let silent = bench.open()
        let half = bench.open()
        bench.send([0x10, 20, 0], on: half)
        let quick = try bench.connect("c")
        bench.wait(seconds: 29.9)
        #expect(!bench.isClosed(silent))
        bench.wait(seconds: 0.1)
        #expect(bench.isClosed(silent) && bench.isClosed(half) && !bench.isClosed(quick))
        #expect(bench.core.connectionCount == 1)
    }

    @Test func `are recorded at the time when they were too long silent`() throws {
        var bench = BrokerBench()
        bench.core.recordsTranscript = true
        _ = try bench.connect("c", keepAlive: 10)
        let due = bench.now.microseconds + 15_000_000
        bench.wait(seconds: 1000)
        let last = try #require(bench.core.takeTranscript().last)
        #expect(last.event == .disconnect(.keepAliveTimeout))
        #expect(last.time.microseconds == due)
    }

    @Test func `do not pile up deadlines`() throws {
        var bench = BrokerBench()
        for _ in 0..<2000 {
            let id = try bench.connect("c", keepAlive: 65_535)
            bench.send(.disconnect, on: id)
        }
        var deadlines = 0
        while let next = bench.core.nextDeadline {
            deadlines += 1
            bench.core.advance(to: next)
        }
        #expect(deadlines < 100)
    }

    @Test func `are judged without overflow at the ends of time`() throws {
        for end in [Int64.min, Int64.max - 1] {
            var bench = BrokerBench(BrokerSettings(profile: .awsIoT))
            bench.now = Timestamp(microseconds: end)
            let id = try bench.connect("c", clean: false, keepAlive: 65_535)
            bench.lose(id)
            bench.core.advance(to: Timestamp(microseconds: .max))
            bench.core.advance(to: Timestamp(microseconds: .min))
            _ = try bench.connect("c", clean: false, keepAlive: 65_535)
        }
    }
}
