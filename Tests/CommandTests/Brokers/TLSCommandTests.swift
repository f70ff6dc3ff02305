#if TLS
import BrokerDoubles
import Foundation
import MQTTServer
import Testing

/// Authorities and certificates of the test's own, made by openssl in its folder.
private struct Certificates {
    let folder: String

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func authority(_ name: String) throws {
        try openssl(["req", "-x509"] + key(name) + ["-days", "2", "-out", path("\(name).pem")])
    }

    func sign(_ name: String, by authority: String, _ extensions: String) throws {
        try openssl(["req"] + key(name) + ["-out", path("\(name).csr")])
        try extensions.write(
            toFile: path("\(name).ext"), atomically: false, encoding: .utf8)
        try openssl([
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("\(authority).pem"), "-CAkey",
            path("\(authority).key"), "-CAcreateserial", "-days", "2", "-extfile",
            path("\(name).ext"), "-out", path("\(name).pem"),
        ])
    }

    private func key(_ name: String) -> [String] {
        [
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/O=replaylab/CN=\(name)", "-keyout", path("\(name).key"),
        ]
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitForEnd()
        try #require(process.terminationStatus == 0, "openssl \(arguments)")
    }
}

/// A broker that wants certificates, and files that are right or wrong for it.
private final class Home {
    let bench: Bench
    let server = BrokerServer()
    let port: Int

    init(brokersCertificate: String) throws {
        bench = try Bench()
        try FileManager.default.createDirectory(
            atPath: bench.path("tls"), withIntermediateDirectories: true)
        let files = Certificates(folder: bench.path("tls"))
        for name in ["ours", "foreign"] { try files.authority(name) }
        try files.sign("broker", by: "ours", "subjectAltName=IP:127.0.0.1\n")
        try files.sign("elsewhere", by: "ours", "subjectAltName=DNS:elsewhere.example\n")
        try files.sign("thing", by: "ours", "extendedKeyUsage=clientAuth\n")
        try files.sign("stranger", by: "foreign", "extendedKeyUsage=clientAuth\n")
        let address = try server.listen(
            on: .tls(
                port: 0,
                TLSFiles(
                    certificate: files.path("\(brokersCertificate).pem"),
                    privateKey: files.path("\(brokersCertificate).key"),
                    clientAuthority: files.path("ours.pem"))))
        port = try #require(address.port)
        try bench.good(
            "simulate --scenario \(Shipped.twoCats) --years 1 --seed 7 --ledger cats.ledger")
    }

    deinit { server.shutDown() }

    func command(_ address: String, _ options: String) -> String {
        "replay --ledger cats.ledger --until seq:9 --target cat-feeder --broker-timeout 2"
            + " --mqtt \(address) \(options)"
    }
}

@Suite struct `replay, over TLS` {
    private static let thing = "--tls-cert tls/thing.pem --tls-key tls/thing.key"

    @Test func `completes where the certificates are right`() throws {
        let home = try Home(brokersCertificate: "broker")
        try home.bench.good(
            home.command("mqtts://127.0.0.1:\(home.port)", "--tls-ca tls/ours.pem \(Self.thing)"))
    }

    @Test(arguments: [
        ("broker", "mqtts", "--tls-ca tls/foreign.pem \(thing)", "certificate verify failed"),
        ("elsewhere", "mqtts", "--tls-ca tls/ours.pem \(thing)", "does not name the host"),
        ("broker", "mqtts", "--tls-ca tls/ours.pem", "TLS"),
        (
            "broker", "mqtts",
            "--tls-ca tls/ours.pem --tls-cert tls/stranger.pem --tls-key tls/stranger.key",
            "TLS"
        ),
        ("broker", "mqtts", "", "certificate verify failed"),
        ("broker", "mqtts", "--tls-ca tls/nothing.pem", "cannot be read"),
        ("broker", "mqtt", "", "what is no MQTT 3.1.1"),
    ])
    func `ends with 75 and says so where one is wrong`(
        certificate: String, scheme: String, options: String, words: String
    ) throws {
        let home = try Home(brokersCertificate: certificate)
        let begin = ContinuousClock.now
        let errors = try home.bench.bad(
            75, home.command("\(scheme)://127.0.0.1:\(home.port)", options))
        #expect(ContinuousClock.now - begin < .seconds(16))
        #expect(errors.contains(words), "\(errors)")
        #expect(errors.contains("nothing had been sent: run it again"), "\(errors)")
    }

    @Test func `ends with 75 where the broker speaks no TLS`() throws {
        let home = try Home(brokersCertificate: "broker")
        for fault in [BrokerFault.none, .neverAnswers] {
            let plain = try FaultyBroker(fault)
            let errors = try home.bench.bad(
                75, home.command("mqtts://127.0.0.1:\(plain.port)", "--tls-ca tls/ours.pem"))
            #expect(errors.contains("TLS"), "\(errors)")
        }
    }
}
#endif
