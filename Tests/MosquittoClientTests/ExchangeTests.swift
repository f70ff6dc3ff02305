import Glibc
import MQTTBroker
import MosquittoClient
import Testing

private let patience = Duration.seconds(20)

private func message(
    _ topic: String, _ payload: [UInt8], _ qos: QoS = .zero, retain: Bool = false
) -> Message {
    Message(topic: TopicName(topic), payload: payload, qos: qos, retain: retain)
}

private func connected(
    _ id: String, to address: BrokerAddress, will: Message? = nil,
    subscribedTo filter: String? = nil
) throws -> MosquittoClient {
    let client = MosquittoClient(clientID: id, keepAliveSeconds: 0, will: will)
    try client.connect(to: address, timeout: patience)
    if let filter {
        #expect(try client.subscribe(filter, qos: .two, timeout: patience) == .two)
    }
    return client
}

@Suite struct `Through mosquitto` {
    @Test(arguments: QoS.allCases, [false, true])
    func `a message of each QoS arrives as it was sent`(qos: QoS, overUnix: Bool) throws {
        let broker = try RealBroker()
        let address = overUnix ? broker.unix : broker.tcp
        let feeder = try connected("feeder", to: address, subscribedTo: "cat-feeder/+")
        let function = try connected("function", to: address)
        let sent = [
            message("cat-feeder/action", Array("{\"event\": \"SINGLE\"}".utf8), qos),
            message("cat-feeder/empty", [], qos),
            message("cat-feeder/猫-é-e\u{301}", [0, 255, 0], qos),
            message("cat-feeder/large", (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0) }, qos),
        ]
        for message in sent { try function.publish(message, timeout: patience) }
        #expect(try feeder.receive(atLeast: sent.count, timeout: patience) == sent)
        #expect(try feeder.receive(atLeast: 0, timeout: patience) == [])
    }

    @Test(arguments: QoS.allCases)
    func `10,000 messages arrive once each, in order`(qos: QoS) throws {
        let broker = try RealBroker()
        let feeder = try connected("feeder", to: broker.tcp, subscribedTo: "n")
        let function = try connected("function", to: broker.tcp)
        var received: [Message] = []
        let sent = (0..<10_000).map { message("n", Array(String($0).utf8), qos) }
        for (index, message) in sent.enumerated() {
            try function.publish(message, timeout: patience)
            if index % 500 == 0 { received += try feeder.receive(atLeast: 0, timeout: patience) }
        }
        received += try feeder.receive(atLeast: sent.count - received.count, timeout: patience)
        #expect(received == sent)
    }

    @Test func `a retained message is given to a later subscriber, and says so`() throws {
        let broker = try RealBroker()
        let function = try connected("function", to: broker.tcp)
        try function.publish(message("kept", [1], .one, retain: true), timeout: patience)
        let feeder = try connected("feeder", to: broker.tcp, subscribedTo: "kept")
        let messages = try feeder.receive(atLeast: 1, timeout: patience)
        #expect(messages == [message("kept", [1], .one, retain: true)])
    }

    @Test func `the will is published when the client is abandoned, not when it disconnects`()
        throws
    {
        let broker = try RealBroker()
        let watcher = try connected("watcher", to: broker.tcp, subscribedTo: "wills")
        let polite = try connected("polite", to: broker.tcp, will: message("wills", [1]))
        polite.disconnect()
        let other = try connected("rude", to: broker.tcp, will: message("wills", [2]))
        other.abandon()
        #expect(!other.isConnected)
        #expect(try watcher.receive(atLeast: 1, timeout: patience) == [message("wills", [2])])
    }

    @Test func `a second client with the same id throws the first out`() throws {
        let broker = try RealBroker()
        let first = try connected("CatFeederThingESP32", to: broker.tcp)
        let second = try connected("CatFeederThingESP32", to: broker.tcp)
        try first.waitForDisconnect(timeout: patience)
        #expect(!first.isConnected)
        let error = #expect(throws: MQTTClientError.self) {
            try first.publish(message("a", [], .one), timeout: patience)
        }
        #expect(error?.fate == .notSent)
        #expect(error?.kind == .connectionLost(reason: "the broker closed it"))
        try second.publish(message("a", [], .one), timeout: patience)
        // And takes its place back, with the same object.
        try first.connect(to: broker.tcp, timeout: patience)
        try second.waitForDisconnect(timeout: patience)
        try first.publish(message("a", [], .one), timeout: patience)
    }

    @Test func `a QoS 1 publish while disconnected is refused, and is not sent later`() throws {
        let broker = try RealBroker()
        let feeder = try connected("feeder", to: broker.tcp, subscribedTo: "a")
        let function = MosquittoClient(
            clientID: "function", cleanSession: false, keepAliveSeconds: 0)
        #expect(throws: MQTTClientError.self) {
            try function.publish(message("a", [1], .one), timeout: patience)
        }
        try function.connect(to: broker.tcp, timeout: patience)
        function.abandon()
        let error = #expect(throws: MQTTClientError.self) {
            try function.publish(message("a", [2], .one), timeout: patience)
        }
        #expect(error?.kind == .notConnected && error?.fate == .notSent)
        try function.connect(to: broker.tcp, timeout: patience)
        try function.publish(message("a", [3], .one), timeout: patience)
        #expect(try feeder.receive(atLeast: 1, timeout: patience) == [message("a", [3], .one)])
    }

    @Test func `a kept session gets what came while it was away`() throws {
        let broker = try RealBroker()
        let feeder = MosquittoClient(clientID: "feeder", cleanSession: false, keepAliveSeconds: 0)
        try feeder.connect(to: broker.tcp, timeout: patience)
        try feeder.subscribe("a", qos: .one, timeout: patience)
        feeder.disconnect()
        let function = try connected("function", to: broker.tcp)
        try function.publish(message("a", [1], .one), timeout: patience)
        try feeder.connect(to: broker.tcp, timeout: patience)
        #expect(try feeder.receive(atLeast: 1, timeout: patience) == [message("a", [1], .one)])
    }

    @Test func `a broker that is killed is noticed by all, and found again when it is back`() throws
    {
        let broker = try RealBroker()
        let feeder = try connected("feeder", to: broker.tcp, subscribedTo: "a")
        let function = try connected("function", to: broker.tcp)
        broker.kill()
        try feeder.waitForDisconnect(timeout: patience)
        #expect(throws: MQTTClientError.self) {
            try function.publish(message("a", [1]), timeout: patience)
        }
        let again = try RealBroker()
        try function.connect(to: again.tcp, timeout: patience)
        try function.publish(message("a", [1], .two), timeout: patience)
    }

    @Test func `a keep-alive is kept while a call waits`() throws {
        let broker = try RealBroker()
        let feeder = MosquittoClient(clientID: "feeder", keepAliveSeconds: 5)
        try feeder.connect(to: broker.tcp, timeout: patience)
        // Longer than one and a half times: the broker would have closed.
        #expect(throws: MQTTClientError.self) {
            try feeder.waitForDisconnect(timeout: .seconds(9))
        }
        #expect(feeder.isConnected)
        try feeder.publish(message("a", [1], .one), timeout: patience)
    }

    @Test func `descriptors beyond 1,024 serve as well`() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let before = limit
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 4_096))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        defer {
            limit = before
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        let broker = try RealBroker()
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        while (descriptors.last ?? 0) < 1_100 {
            descriptors.append(try #require(Optional(open("/dev/null", O_RDONLY))))
            try #require(descriptors.last != -1)
        }
        let feeder = try connected("feeder", to: broker.tcp, subscribedTo: "a")
        let function = try connected("function", to: broker.unix)
        try function.publish(message("a", [1], .two), timeout: patience)
        #expect(try feeder.receive(atLeast: 1, timeout: patience) == [message("a", [1], .two)])
    }
}

@Suite struct `What is refused before anything is sent` {
    @Test(arguments: [
        "", "a/+", "#", "a\0b", String(repeating: "a", count: 65_536),
    ]) func `a topic name that is none`(topic: String) throws {
        let broker = try RealBroker()
        let client = try connected("c", to: broker.unix)
        for qos in QoS.allCases {
            let error = #expect(throws: MQTTClientError.self) {
                try client.publish(message(topic, [1], qos), timeout: patience)
            }
            #expect(error?.fate == .notSent)
            let isRejected = if case .rejected = error?.kind { true } else { false }
            #expect(isRejected && client.isConnected)
        }
    }

    @Test func `a topic name that is no UTF-8, and filters that are none`() throws {
        let broker = try RealBroker()
        let client = try connected("c", to: broker.unix)
        let broken = Message(topic: TopicName(bytes: [0x61, 0xFF]), payload: [], qos: .one)
        let error = #expect(throws: MQTTClientError.self) {
            try client.publish(broken, timeout: patience)
        }
        #expect(error?.fate == .notSent)
        for filter in ["", "sport+", "a/#/b", "#a", "a\0b"] {
            #expect(throws: MQTTClientError.self) {
                try client.subscribe(filter, qos: .zero, timeout: patience)
            }
        }
        #expect(client.isConnected)
    }

    struct Attempt: Sendable {
        var clientID = "a"
        var cleanSession = true
        var keepAliveSeconds = 0
        var will: Message?
        var address = BrokerAddress.tcp(host: "127.0.0.1")
    }

    @Test(arguments: [
        Attempt(keepAliveSeconds: 4), Attempt(keepAliveSeconds: -1),
        Attempt(keepAliveSeconds: 65_536), Attempt(clientID: "", cleanSession: false),
        Attempt(clientID: "a\0"), Attempt(will: message("a/#", [])),
        Attempt(will: message("a", Array(repeating: 0, count: 65_536))),
        Attempt(address: .tcp(host: "127.0.0.1", port: 0)), Attempt(address: .tcp(host: "")),
        Attempt(address: .unix(path: String(repeating: "a", count: 108))),
    ]) func `a connection that cannot be`(attempt: Attempt) {
        let client = MosquittoClient(
            clientID: attempt.clientID, cleanSession: attempt.cleanSession,
            keepAliveSeconds: attempt.keepAliveSeconds, will: attempt.will)
        let error = #expect(throws: MQTTClientError.self) {
            try client.connect(to: attempt.address, timeout: .seconds(1))
        }
        let isRejected = if case .rejected = error?.kind { true } else { false }
        #expect(isRejected, "\(String(describing: error))")
    }
}
