import MQTTBroker
import MosquittoClient
import Testing

private let soon = Duration.milliseconds(300)
private let press = Message(topic: TopicName("cat-feeder/action"), payload: Array("SINGLE".utf8))
private var acknowledged: Message {
    var message = press
    message.qos = .one
    return message
}
private func client(keeps: Bool = false) -> MosquittoClient {
    MosquittoClient(clientID: "fault", cleanSession: !keeps, keepAliveSeconds: 0)
}

/// Runs a client against a scripted peer.
private func with(
    _ scripts: [[ScriptedPeer.Step]], receiveBuffer: Int32? = nil,
    _ body: (ScriptedPeer) throws -> Void
) rethrows {
    let peer = ScriptedPeer(scripts, receiveBuffer: receiveBuffer)
    defer { peer.end() }
    try body(peer)
}

@Suite struct `A broker that does not accept` {
    @Test func `and refuses the TCP connection is named, with the system's reason`() {
        let peer = ScriptedPeer()
        peer.end()
        let error = #expect(throws: MQTTClientError.self) {
            try client().connect(to: peer.address, timeout: .seconds(5))
        }
        #expect(error?.kind == .cannotConnect(reason: "Connection refused"))
        #expect(error?.description.contains("mqtt://127.0.0.1:\(peer.port)") == true)
    }

    @Test func `and says nothing is given up in time`() {
        with([[.awaitClose]]) { peer in
            let start = ContinuousClock.now
            let error = #expect(throws: MQTTClientError.self) {
                try client().connect(to: peer.address, timeout: soon)
            }
            #expect(error?.kind == .timeout(waitingFor: "CONNACK", after: soon))
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 6, 0x80, 0xFF] as [UInt8])
    func `and sends a refusal is quoted with its code`(code: UInt8) {
        with([[.readPacket, .write([0x20, 2, 0, code]), .awaitClose]]) { peer in
            let client = client()
            let error = #expect(throws: MQTTClientError.self) {
                try client.connect(to: peer.address, timeout: .seconds(5))
            }
            #expect(error?.kind == .refused(code: code))
            #expect(!client.isConnected)
        }
    }

    @Test(
        arguments: [
            [.readPacket],
            [.readPacket, .write([0x20])],
            [.readPacket, .write([0x20, 2, 0])],
            [.readPacket, .write([0x20, 1, 0]), .awaitClose],
            [.readPacket, .write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), .endWriting],
            [.readPacket, .write(Array(repeating: 0x48, count: 100)), .awaitClose],
            [.readPacket, .write([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), .awaitClose],
            [.readPacket, .write([0x30, 5, 0, 1, 0x61, 0x62, 0x63]), .awaitClose],
            [.readPacket, .reset],
            [.reset],
        ] as [[ScriptedPeer.Step]])
    func `and closes, breaks off or sends garbage is a lost connection`(
        script: [ScriptedPeer.Step]
    ) throws {
        try with([script, [.readPacket, .write(ScriptedPeer.accepted), .awaitClose]]) { peer in
            let client = client()
            let error = #expect(throws: MQTTClientError.self) {
                try client.connect(to: peer.address, timeout: .seconds(10))
            }
            let isLoss = if case .connectionLost = error?.kind { true } else { false }
            #expect(isLoss, "\(String(describing: error))")
            // The same client can be connected again.
            try client.connect(to: peer.address, timeout: .seconds(5))
            #expect(client.isConnected)
            client.disconnect()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `and whose host's name leads nowhere is told from one that is down`() {
        let error = #expect(throws: MQTTClientError.self) {
            try client().connect(to: .tcp(host: "no-such-host.invalid"), timeout: .seconds(3))
        }
        switch error?.kind {
        case .cannotConnect(let reason): #expect(reason.contains("leads nowhere"))
        case .timeout(let what, _): #expect(what.contains("address"))
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test func `on a Unix socket that is not there is named`() {
        let error = #expect(throws: MQTTClientError.self) {
            try client().connect(to: .unix(path: "/tmp/none/broker.sock"), timeout: .seconds(1))
        }
        #expect(error?.kind == .cannotConnect(reason: "No such file or directory"))
    }

    @Test func `is found behind a name whose first address nobody listens at`() throws {
        // localhost may be ::1 first; the peer listens at 127.0.0.1 only.
        try with([[.readPacket, .write(ScriptedPeer.accepted), .awaitClose]]) { peer in
            let client = client()
            try client.connect(
                to: .tcp(host: "localhost", port: peer.port), timeout: .seconds(5))
            client.disconnect()
        }
    }
}

@Suite struct `A broker that fails later` {
    private let connected: [ScriptedPeer.Step] = [.readPacket, .write(ScriptedPeer.accepted)]

    @Test func `and sends CONNACK twice is cut off`() throws {
        try with([connected + [.write(ScriptedPeer.accepted), .awaitClose]]) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            try client.waitForDisconnect(timeout: .seconds(5))
            let error = #expect(throws: MQTTClientError.self) {
                try client.publish(press, timeout: .seconds(1))
            }
            #expect(error?.kind == .connectionLost(reason: "the broker sent a second CONNACK"))
            #expect(error?.fate == .notSent)
        }
    }

    @Test func `and swallows a PUBLISH leaves its fate unknown, and may be told again`() throws {
        try with([connected + [.awaitClose], connected + [.awaitClose]]) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            let error = #expect(throws: MQTTClientError.self) {
                try client.publish(acknowledged, timeout: soon)
            }
            #expect(error?.kind == .timeout(waitingFor: "PUBACK", after: soon))
            #expect(error?.fate == .unknown)
            #expect(!client.isConnected)
            // A clean session starts afresh: nothing is sent again behind the caller's back.
            try client.connect(to: peer.address, timeout: .seconds(5))
            try client.publish(press, timeout: .seconds(1))
            client.disconnect()
            peer.finish()
            #expect(peer.received[1].suffix(2) == [0xE0, 0])
            #expect(peer.received[1].count == peer.received[0].count)
        }
    }

    @Test func `gets the message again from a session that is kept, as the error says`() throws {
        let puback: [UInt8] = [0x40, 2, 0, 1]
        try with([
            connected + [.readPacket, .awaitClose],
            connected + [.readPacket, .write(puback), .awaitClose],
        ]) { peer in
            let client = client(keeps: true)
            try client.connect(to: peer.address, timeout: .seconds(5))
            let error = #expect(throws: MQTTClientError.self) {
                try client.publish(acknowledged, timeout: soon)
            }
            #expect(error?.fate == .unknownAndRepeated)
            try client.connect(to: peer.address, timeout: .seconds(5))
            #expect(try client.receive(atLeast: 0, timeout: soon) == [])
            client.disconnect()
            peer.finish()
            // DUP and QoS 1, the same packet id.
            #expect(peer.received[1].contains(0x3A))
        }
    }

    @Test func `and is gone before a QoS 0 message is written is noticed`() throws {
        try with([connected + [.readPacket]]) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            try client.publish(press, timeout: .seconds(1))
            peer.finish()
            let error = #expect(throws: MQTTClientError.self) {
                try client.publish(press, timeout: .seconds(1))
            }
            #expect(error?.fate == .notSent)
            #expect(!client.isConnected)
        }
    }

    @Test func `and reads nothing makes a large message surely not sent`() throws {
        try with([connected + [.hang]], receiveBuffer: 4_096) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            var large = press
            large.payload = Array(repeating: 7, count: 64 << 20)
            let error = #expect(throws: MQTTClientError.self) {
                try client.publish(large, timeout: soon)
            }
            #expect(error?.fate == .notSent)
            #expect(!client.isConnected)
        }
    }

    @Test func `and never answers SUBSCRIBE is given up in time`() throws {
        try with([connected + [.awaitClose]]) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            let error = #expect(throws: MQTTClientError.self) {
                try client.subscribe("cat-feeder/#", qos: .one, timeout: soon)
            }
            #expect(
                error?.kind == .timeout(waitingFor: "SUBACK for \"cat-feeder/#\"", after: soon))
            #expect(error?.fate == nil)
        }
    }

    @Test(arguments: [[0x80], [3], [], [0, 1]] as [[UInt8]])
    func `and refuses or garbles a subscription is an error`(codes: [UInt8]) throws {
        let suback: [UInt8] = [0x90, UInt8(2 + codes.count), 0, 1] + codes
        try with([connected + [.readPacket, .write(suback), .awaitClose]]) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            let error = #expect(throws: MQTTClientError.self) {
                try client.subscribe("a", qos: .one, timeout: .seconds(5))
            }
            #expect((error?.kind == .subscriptionRefused(filter: "a")) == (codes == [0x80]))
            #expect(client.isConnected == (codes == [0x80]))
        }
    }

    @Test func `in the middle of a packet loses nothing that came before it`() throws {
        let whole: [UInt8] = [0x30, 4, 0, 1, 0x61, 0x62]
        try with([connected + [.write(whole + whole + whole.dropLast())]]) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            let error = #expect(throws: MQTTClientError.self) {
                try client.receive(atLeast: 3, timeout: .seconds(5))
            }
            let isLoss = if case .connectionLost = error?.kind { true } else { false }
            #expect(isLoss, "\(String(describing: error))")
            let messages = try client.receive(atLeast: 1, timeout: soon)
            #expect(messages.map(\.payload) == [[0x62], [0x62]])
        }
    }

    @Test func `and half-closes behind unread messages is noticed by the next publish`() throws {
        let whole: [UInt8] = [0x30, 4, 0, 1, 0x61, 0x62]
        let many = Array(repeatElement(whole, count: 100).joined())
        try with([connected + [.write(many), .endWriting, .awaitClose]]) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            try client.waitForDisconnect(timeout: .seconds(5))
            #expect(throws: MQTTClientError.self) { try client.publish(press, timeout: soon) }
            #expect(try client.receive(atLeast: 100, timeout: soon).count == 100)
        }
    }

    @Test func `and sends nothing leaves the connection standing after a timeout`() throws {
        try with([connected + [.awaitClose]]) { peer in
            let client = client()
            try client.connect(to: peer.address, timeout: .seconds(5))
            let error = #expect(throws: MQTTClientError.self) {
                try client.receive(atLeast: 1, timeout: .zero)
            }
            let isTimeout = if case .timeout = error?.kind { true } else { false }
            #expect(isTimeout)
            #expect(client.isConnected)
            client.disconnect()
        }
    }
}
