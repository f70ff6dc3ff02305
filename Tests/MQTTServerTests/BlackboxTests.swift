import Foundation
import Testing

/// Runs `conformance/mqtt_blackbox.py`, 95 cases of the standard, against the command line.
///
/// By hand, with a broker on port 1883: `python3 Tests/MQTTServerTests/conformance/mqtt_blackbox.py
/// 127.0.0.1 1883`.
@Suite struct `The black-box cases` {
    /// Most cases wait; a few brokers share them, so that the waits pass side by side.
    static let shards = 4

    @Test(arguments: 0..<shards)
    func `pass over TCP`(shard: Int) throws {
        let folder = try Folder()
        let broker = try BrokerProcess(["--port", "0"], in: folder)
        try run(shard, port: broker.port(), ["--pid", "\(broker.child.pid)"], in: folder)
        broker.stop()
    }

    @Test(arguments: 0..<shards)
    func `pass with the profile of AWS IoT`(shard: Int) throws {
        let folder = try Folder()
        let broker = try BrokerProcess(["--port", "0", "--profile", "aws-iot"], in: folder)
        try run(
            shard, port: broker.port(), ["--pid", "\(broker.child.pid)", "--profile", "aws"],
            in: folder)
        broker.stop()
    }

    @Test(arguments: 0..<shards)
    func `pass over a Unix socket`(shard: Int) throws {
        let folder = try Folder()
        let socket = folder.path("broker.sock")
        let broker = try BrokerProcess(["--unix", socket], in: folder)
        _ = try broker.child.line(after: "listening on unix:")
        try run(
            shard, port: 0, ["--pid", "\(broker.child.pid)", "--unix", socket], in: folder)
        broker.stop()
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    #if TLS
    @Test(arguments: 0..<shards)
    func `pass over TLS with client certificates`(shard: Int) throws {
        let folder = try Folder()
        let files = try Certificates(in: folder)
        try files.sign("client")
        let broker = try BrokerProcess(["--port", "0"] + files.brokerOptions, in: folder)
        try run(
            shard, port: broker.port("mqtts"),
            [
                "--pid", "\(broker.child.pid)", "--cafile", files.authority,
                "--cert", files.certificate("client"), "--key", files.key("client"),
            ], in: folder)
        broker.stop()
    }
    #endif

    /// Runs every `shards`th case.
    private func run(_ shard: Int, port: Int, _ options: [String], in folder: Folder) throws {
        let python = try Tools.program("python3")
        // The brokers share the machine with all the other tests: waits are taken generously.
        let command =
            [Tools.script("conformance/mqtt_blackbox.py"), "127.0.0.1", "\(port)", "--slack", "3"]
            + options
        let listed = try Child(python, command + ["--list"], in: folder).wait()
        try #require(listed.code == 0, "\(listed.text)")
        let names = listed.text.split(separator: "\n").compactMap { $0.split(separator: " ").first }
        let chosen = names.enumerated().filter { $0.offset % Self.shards == shard }.map(\.element)
        try #require(chosen.count > 15)
        let only = "^(\(chosen.joined(separator: "|")))$"
        let done = try Child(python, command + ["--only", only], in: folder).wait()
        let failures = done.text.split(separator: "\n").filter { !$0.hasPrefix("PASS ") }
        #expect(done.code == 0, "\(failures.joined(separator: "\n"))")
        #expect(
            failures.last == "\(chosen.count) passed, 0 failed", "\(failures)")
    }
}
