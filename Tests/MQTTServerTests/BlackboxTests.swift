import Foundation
import Testing

/// Runs `conformance/mqtt_blackbox.py`, 95 cases of the standard, against the command line.
///
/// By hand, with a broker on port 1883: `python3 Tests/MQTTServerTests/conformance/mqtt_blackbox.py
/// 127.0.0.1 1883`.
@Suite struct `The black-box cases` {
    /// Most cases wait; brokers share them, so that the waits pass side by side.
    static let shards = 6

    @Test func `pass over TCP`() throws {
        let folder = try Folder()
        try run(in: folder) { _ in
            let broker = try BrokerProcess(["--port", "0"], in: folder)
            return (broker, try broker.port(), [])
        }
    }

    @Test func `pass with the profile of AWS IoT`() throws {
        let folder = try Folder()
        try run(["--profile", "aws"], in: folder) { _ in
            let broker = try BrokerProcess(
                ["--port", "0", "--profile", "aws-iot", "--unthrottled"], in: folder)
            return (broker, try broker.port(), [])
        }
    }

    @Test func `pass over a Unix socket`() throws {
        let folder = try Folder()
        try run(in: folder) { shard in
            let socket = folder.path("\(shard).sock")
            let broker = try BrokerProcess(["--unix", socket], in: folder)
            _ = try broker.child.line(after: "listening on unix:")
            return (broker, 0, ["--unix", socket])
        }
    }

    #if TLS
    @Test func `pass over TLS with client certificates`() throws {
        let folder = try Folder()
        let files = try Certificates(in: folder)
        try files.sign("client")
        let options = [
            "--cafile", files.authority, "--cert", files.certificate("client"), "--key",
            files.key("client"),
        ]
        try run(options, in: folder) { _ in
            let broker = try BrokerProcess(["--port", "0"] + files.brokerOptions, in: folder)
            return (broker, try broker.port("mqtts"), [])
        }
    }
    #endif

    /// Runs all cases, each broker with its part of them, all at the same time.
    private func run(
        _ options: [String] = [], in folder: Folder,
        start: (Int) throws -> (broker: BrokerProcess, port: Int, options: [String])
    ) throws {
        let python = try Tools.program("python3")
        let script = Tools.script("conformance/mqtt_blackbox.py")
        let listed = try Child(
            python, [script, "127.0.0.1", "0", "--list"] + options, in: folder
        ).wait()
        try #require(listed.code == 0, "\(listed.text)")
        let names = listed.text.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        try #require(names.count > 85)
        let shards = try (0..<Self.shards).map { shard in
            let chosen = names.enumerated().filter { $0.offset % Self.shards == shard }
            let only = "^(\(chosen.map(\.element).joined(separator: "|")))$"
            let (broker, port, more) = try start(shard)
            // The brokers share the machine with all the other tests: waits are taken generously.
            let child = try Child(
                python,
                [
                    script, "127.0.0.1", "\(port)", "--slack", "3", "--only", only, "--pid",
                    "\(broker.child.pid)",
                ] + options + more, in: folder)
            return (broker: broker, child: child, count: chosen.count)
        }
        for shard in shards {
            let done = shard.child.wait()
            let failures = done.text.split(separator: "\n").filter { !$0.hasPrefix("PASS ") }
            #expect(failures == ["\(shard.count) passed, 0 failed"])
            #expect(done.code == 0)
            shard.broker.stop()
        }
    }
}
