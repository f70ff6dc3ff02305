import EventModel
import MQTTBroker
import Testing

@Suite struct `Topic filters` {
    private static let table: [(String, String, Bool)] = [
        ("a", "a", true), ("a", "A", false), ("a", "a/", false), ("a", "/a", false),
        ("a/b", "a/b", true), ("a/b", "a/b/", false), ("a/b", "a//b", false), ("a b", "a b", true),
        ("a/", "a/", true), ("a/", "a/b", false), ("a/", "a", false), ("/", "/", true),
        ("+", "a", true), ("+", "a/b", false), ("+", "/a", false), ("+/+", "/a", true),
        ("/+", "/a", true), ("/+", "a", false), ("+/", "a/", true), ("+/", "a", false),
        ("a/+", "a/b", true), ("a/+", "a/", true), ("a/+", "a", false), ("a/+", "a/b/c", false),
        ("a/+/c", "a/b/c", true), ("a/+/c", "a//c", true), ("a/+/c", "a/b/d", false),
        ("+/b/+", "a/b/c", true), ("a/#", "a/b", true), ("a/#", "a/b/c/d", true),
        ("a/#", "a/", true), ("a/#", "a", true), ("a/#", "ab", false), ("a/#", "b/a", false),
        ("a/+/#", "a/b", true), ("a/+/#", "a/b/c", true), ("a/+/#", "a", false),
        ("+/#", "a", true), ("/#", "/a", true), ("/#", "a", false), ("#", "a", true),
        ("#", "/", true), ("#", "a/b/c", true), ("+/+/+", "//", true), ("//", "//", true),
        ("é/+", "é/ü", true), ("日本/#", "日本/猫", true), ("a*", "ab", false), ("a?", "ab", false),
        ("#", "$d/x", false), ("+/x", "$d/x", false), ("+/#", "$d/x", false), ("+", "$d", false),
        ("$d/#", "$d/x", true), ("$d/+", "$d/x", true), ("$d/x", "$d/x", true),
        ("a/+", "a/$d", true), ("caf\u{E9}", "cafe\u{301}", false), ("\u{212B}", "\u{C5}", false),
        ("a/+", "a/\u{301}b", true), ("a/+/c", "a/\u{308}/c", true), ("a/+", "a\u{301}/b", false),
        ("+", "a/\u{301}", false), ("a/#", "a/\u{301}/c", true),
    ]

    @Test(arguments: table) func `take what the standard says`(
        row: (filter: String, topic: String, takes: Bool)
    ) throws {
        let filter = try #require(TopicFilter(row.filter))
        #expect(filter.matches(TopicName(row.topic)) == row.takes)
        var bench = BrokerBench()
        let client = try bench.connect("c")
        try bench.subscribe(client, (row.filter, .zero))
        bench.publish(client, row.topic, "x")
        #expect(bench.payloads(client) == (row.takes ? ["x"] : []))
        bench.publish(client, row.topic, "kept", retain: true)
        _ = bench.take(client)
        try bench.subscribe(client, (row.filter, .zero))
        #expect(bench.payloads(client) == (row.takes ? ["kept"] : []))
    }

    @Test(arguments: [
        "a/#/b", "a#", "#a", "a/b#", "##", "a+", "+a", "a/+b/c", "++", "", "a/#\u{301}",
        "+\u{301}/b", "a/+\u{301}", "#/", "a\u{0}",
    ]) func `have wildcards only as whole levels`(text: String) {
        #expect(TopicFilter(text) == nil)
    }

    @Test func `are at most 65,535 bytes long`() {
        #expect(TopicFilter(String(repeating: "x", count: 65_535)) != nil)
        #expect(TopicFilter(String(repeating: "x", count: 65_536)) == nil)
        #expect(TopicName(checking: Array(repeating: 0x78, count: 65_536)) == nil)
    }

    @Test func `of thousands of levels do no harm`() throws {
        var bench = BrokerBench()
        let client = try bench.connect("c")
        let deep = String(repeating: "+/", count: 10_000)
        try bench.subscribe(client, (deep + "#", .zero), (deep + "a", .zero))
        bench.publish(client, String(repeating: "a/", count: 10_000) + "a")
        bench.publish(client, String(repeating: "/", count: 30_000))
        #expect(bench.deliveries(client).count == 2)
        bench.send(.disconnect, on: client)
        #expect(bench.core.sessionCount == 0 && bench.core.subscribedLevelCount == 0)
    }
}

/// The subscription tree against the plain matcher: any filters, any topics, any order.
@Suite struct `Subscriptions against a list of filters` {
    @Test(arguments: [UInt64](1...6)) func `deliver the same`(seed: UInt64) throws {
        var numbers = SplitMix(state: seed)
        var settings = BrokerSettings()
        settings.hashTakesParent = seed % 2 == 0
        var bench = BrokerBench(settings)
        var model: [[TopicFilter: QoS]] = []
        var clients: [ConnectionID] = []
        for k in 0..<5 {
            clients.append(try bench.connect("client-\(4 - k)"))
            model.append([:])
        }
        let words = ["a", "b", "", "$s", "é"]
        func makeText(_ wildcards: Bool) -> String {
            var levels: [String] = []
            for _ in 0...numbers.below(4) {
                let pick = numbers.below(wildcards ? 8 : 5)
                levels.append(pick < 5 ? words[pick] : "+")
            }
            if wildcards, numbers.below(3) == 0 { levels.append("#") }
            return levels.joined(separator: "/")
        }
        for _ in 0..<1500 {
            let who = numbers.below(5)
            let filter = TopicFilter(makeText(true))
            switch (numbers.below(4), filter) {
            case (0, let filter?), (1, let filter?):
                let qos = try #require(QoS(rawValue: UInt8(numbers.below(3))))
                model[who][filter] = qos
                try bench.subscribe(clients[who], (filter.description, qos))
            case (2, _):
                let some = filter.map { [$0] } ?? []
                let old = bench.core.subscriptions(of: "client-\(4 - who)").map(\.filter)
                let gone =
                    numbers.below(2) == 0 || old.isEmpty ? some : [old[numbers.below(old.count)]]
                guard !gone.isEmpty else { continue }
                for filter in gone { model[who][filter] = nil }
                bench.send(.unsubscribe(Unsubscribe(packetID: 3, filters: gone)), on: clients[who])
                _ = bench.take(clients[who])
            default:
                let topic = TopicName(makeText(false))
                guard !topic.bytes.isEmpty else { continue }
                bench.publish(clients[who], topic.description, "x", qos: .two)
                for (place, client) in clients.enumerated() {
                    let best = model[place].filter {
                        $0.key.matches(topic, hashTakesParent: settings.hashTakesParent)
                    }.map(\.value).max()
                    #expect(
                        bench.deliveries(client).map(\.message.qos) == (best.map { [$0] } ?? []))
                }
            }
        }
        for client in clients { bench.send(.disconnect, on: client) }
        #expect(bench.core.sessionCount == 0 && bench.core.subscribedLevelCount == 0)
    }
}
