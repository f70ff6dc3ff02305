import Foundation
import MQTTBroker
import MosquittoClient
import Testing

private let patience = Duration.seconds(20)

/// Two authorities that do not know each other, and certificates of the first, made once.
private final class Certificates: Sendable {
    static let shared = Result { try Certificates() }

    let path: String
    private let script = """
        set -e
        authority() {
          openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
            -subj "/CN=$1" -keyout $1.key -out $1.pem
        }
        leaf() {
          openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
            -keyout $1.key -out $1.csr
          echo "subjectAltName=$3" > $1.ext
          openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -days 2 \
            -extfile $1.ext -out $1.pem
        }
        authority ours
        authority theirs
        leaf broker ours "DNS:localhost,IP:127.0.0.1"
        leaf elsewhere ours "DNS:broker.example"
        leaf thing ours "DNS:thing"
        leaf stranger theirs "DNS:stranger"
        openssl ec -aes128 -passout pass:secret -in thing.key -out locked.key
        """

    private init() throws {
        path = "/tmp/mc-tls-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        guard try Child(["/bin/sh", "-c", script], in: path).wait() else {
            throw Child.Failure(description: "openssl made no certificates in \(path)")
        }
        // What lives as long as the process is removed when it ends.
        Certificates.folder = strdup(path)
        atexit {
            guard let folder = Certificates.folder else { return }
            try? FileManager.default.removeItem(atPath: String(cString: folder))
        }
    }

    /// Written once, before `atexit` is called.
    nonisolated(unsafe) private static var folder: UnsafeMutablePointer<CChar>?

    func files(_ name: String?, trusting authority: String = "ours") -> TLSFiles {
        TLSFiles(
            trusted: "\(path)/\(authority).pem", certificate: name.map { "\(path)/\($0).pem" },
            key: name.map { "\(path)/\($0).key" })
    }

    func broker(_ name: String = "broker") throws -> RealBroker {
        try RealBroker(settings: [
            "cafile \(path)/ours.pem", "certfile \(path)/\(name).pem",
            "keyfile \(path)/\(name).key", "require_certificate true",
        ])
    }
}

private func client() -> MosquittoClient {
    MosquittoClient(clientID: "thing", keepAliveSeconds: 0)
}

@Suite struct `Over TLS` {
    private let certificates: Certificates
    init() throws { certificates = try Certificates.shared.get() }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `messages of every QoS and size come back`(host: String) throws {
        let broker = try certificates.broker()
        let client = client()
        try client.connect(
            to: .tls(host: host, port: broker.port), tls: certificates.files("thing"),
            timeout: patience)
        try client.subscribe("a", qos: .two, timeout: patience)
        for qos in QoS.allCases {
            for size in [0, 1, 20_000, 1 << 20] {
                let sent = Message(
                    topic: TopicName("a"), payload: Array(repeating: 9, count: size), qos: qos)
                try client.publish(sent, timeout: patience)
                #expect(try client.receive(atLeast: 1, timeout: patience) == [sent])
            }
        }
        for index in 0..<500 {
            let sent = Message(topic: TopicName("a"), payload: Array("\(index)".utf8), qos: .one)
            try client.publish(sent, timeout: patience)
        }
        #expect(try client.receive(atLeast: 500, timeout: patience).count == 500)
        client.disconnect()
    }

    @Test func `a broker of a foreign authority is not trusted`() throws {
        let broker = try certificates.broker()
        expectTLSFailure(saying: "certificate verify failed") {
            try client().connect(
                to: .tls(host: "localhost", port: broker.port),
                tls: certificates.files("thing", trusting: "theirs"), timeout: patience)
        }
        expectTLSFailure(saying: "certificate verify failed") {
            try client().connect(
                to: .tls(host: "localhost", port: broker.port), timeout: patience)
        }
    }

    @Test func `a broker whose certificate names another host is refused`() throws {
        let broker = try certificates.broker("elsewhere")
        expectTLSFailure(saying: "does not name the host") {
            try client().connect(
                to: .tls(host: "localhost", port: broker.port), tls: certificates.files("thing"),
                timeout: patience)
        }
    }

    @Test(arguments: [nil, "stranger"])
    func `without a certificate that the broker takes, there is no connection`(
        name: String?
    ) throws {
        let broker = try certificates.broker()
        let client = client()
        let error = #expect(throws: MQTTClientError.self) {
            try client.connect(
                to: .tls(host: "localhost", port: broker.port), tls: certificates.files(name),
                timeout: patience)
        }
        switch error?.kind {
        case .tls: break
        // The alert can be overtaken by the broker's reset.
        case .connectionLost(let reason): #expect(reason.contains("TLS handshake"))
        default: Issue.record("\(String(describing: error))")
        }
        // And the same object with the right one.
        try client.connect(
            to: .tls(host: "localhost", port: broker.port), tls: certificates.files("thing"),
            timeout: patience)
        client.disconnect()
    }

    @Test func `files that cannot serve are named`() throws {
        let path = certificates.path
        var files = certificates.files("thing")
        files.key = "\(path)/locked.key"
        let address = BrokerAddress.tls(host: "localhost", port: try certificates.broker().port)
        // OpenSSL must not ask the terminal for the pass phrase.
        expectTLSFailure(saying: "locked.key") {
            try client().connect(to: address, tls: files, timeout: patience)
        }
        files.key = "\(path)/broker.key"
        expectTLSFailure(saying: "key values mismatch") {
            try client().connect(to: address, tls: files, timeout: patience)
        }
        files.key = "\(path)/none.key"
        expectTLSFailure(saying: "none.key cannot be read: No such file") {
            try client().connect(to: address, tls: files, timeout: patience)
        }
        files.key = nil
        expectTLSFailure(saying: "private key is missing") {
            try client().connect(to: address, tls: files, timeout: patience)
        }
        files = TLSFiles(trusted: "\(path)/broker.key")
        expectTLSFailure(saying: "broker.key") {
            try client().connect(to: address, tls: files, timeout: patience)
        }
    }

    @Test(
        arguments: [
            [], [.read(5)], [.read(5), .reset], [.reset],
            [.read(5), .write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), .awaitClose],
            [.read(5), .write([0x15, 3, 3, 0, 2, 2]), .endWriting],
        ] as [[ScriptedPeer.Step]])
    func `a peer that breaks the handshake off is an error at once`(
        script: [ScriptedPeer.Step]
    ) throws {
        let peer = ScriptedPeer([script])
        defer { peer.end() }
        let start = ContinuousClock.now
        let error = #expect(throws: MQTTClientError.self) {
            try client().connect(
                to: .tls(host: "127.0.0.1", port: peer.port), tls: certificates.files(nil),
                timeout: patience)
        }
        switch error?.kind {
        case .tls, .connectionLost: break
        default: Issue.record("\(String(describing: error))")
        }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `a peer that says nothing in the handshake is given up, without spinning`() throws {
        let peer = ScriptedPeer([[.awaitClose]])
        defer { peer.end() }
        let cpu = threadTime()
        let error = #expect(throws: MQTTClientError.self) {
            try client().connect(
                to: .tls(host: "127.0.0.1", port: peer.port), tls: certificates.files(nil),
                timeout: .milliseconds(1_500))
        }
        let what = "The TLS handshake and CONNACK"
        #expect(error?.kind == .timeout(waitingFor: what, after: .milliseconds(1_500)))
        #expect(threadTime() - cpu < 0.75)
    }

    private func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func expectTLSFailure(saying text: String, _ body: () throws -> Void) {
        let error = #expect(throws: MQTTClientError.self) { try body() }
        guard case .tls(let reason) = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(text))
    }
}
