import Foundation
import MQTTServer
import Testing

@Suite struct `replaylab broker` {
    @Test func `says where it listens, serves, and ends well when a service is stopped`() throws {
        let folder = try Folder()
        let socket = folder.path("broker.sock")
        let broker = try BrokerProcess(["--port", "0", "--unix", socket], in: folder)
        let port = try broker.port()
        _ = try broker.child.line(after: "listening on unix:\(socket)")
        try RawClient(.tcp(host: "127.0.0.1", port: port)).hello("anyone")
        try RawClient(.unix(path: socket)).hello("somebody")
        let text = broker.stop()
        #expect(
            text == "listening on mqtt://127.0.0.1:\(port)\nlistening on unix:\(socket)\n")
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func `ends with 130 on Ctrl-C, and clients see the end`() throws {
        let folder = try Folder()
        let broker = try BrokerProcess(["--port", "0"], in: folder)
        let client = try RawClient(.tcp(host: "127.0.0.1", port: broker.port())).hello("anyone")
        broker.child.send(SIGINT)
        #expect(broker.child.wait().code == 128 + SIGINT)
        #expect(try client.receive() == nil)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `has written its transcript when it ends`(signal: Int32) throws {
        let folder = try Folder()
        let file = folder.path("messages.jsonl")
        let broker = try BrokerProcess(["--port", "0", "--transcript", file], in: folder)
        let client = try RawClient(.tcp(host: "127.0.0.1", port: broker.port())).hello("button")
        try client.subscribe("a")
        for number in 1...100 { try client.publish("a", "message \(number)") }
        for number in 1...100 { #expect(try client.text() == "message \(number)") }
        broker.child.send(signal)
        broker.child.wait()
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let objects = try lines.map {
            try #require(
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.count == 1 + 1 + 200 + 1)
        #expect(lines.count { $0.contains("message 100") } == 2)
        #expect(lines.last?.contains("SERVER_INITIATED_DISCONNECT") == true)
    }

    @Test func `says who has the port`() throws {
        let folder = try Folder()
        let first = try BrokerProcess(["--port", "0"], in: folder)
        let port = try first.port()
        let second = try BrokerProcess(["--port", "\(port)"], in: folder).child.wait()
        #expect(second.code == 75)
        #expect(second.text.contains("127.0.0.1:\(port): another program does"))
        first.stop()
    }

    @Test func `refuses what it cannot use, and says what to do`() throws {
        let folder = try Folder()
        let text = try folder.write("no policies", to: "text")
        let long = folder.path(String(repeating: "s", count: 120))
        for (line, code, words) in [
            ("--port 65536", 64, "--port takes 0 to 65535"),
            ("--port 0 --tls-cert c", 64, "go together"),
            ("--port 0 --client-ca c", 64, "--client-ca needs --tls-cert"),
            ("--port 0 --profile amazon", 64, "aws-iot"),
            ("--port 0 --host 192.0.2.1", 73, "192.0.2.1:0"),
            ("--unix \(long)", 73, "107"),
            ("--unix \(text)", 73, "is no socket"),
            ("--port 0 --policies \(folder.path("none"))", 66, "no policy file"),
            ("--port 0 --policies \(text)", 65, text),
            ("--port 0 --transcript \(folder.path("no/where"))", 73, "there is no folder"),
        ] {
            let arguments = line.split(separator: " ").map(String.init)
            let done = try BrokerProcess(arguments, in: folder).child.wait()
            #expect(done.code == code, "\(line): \(done.text)")
            #expect(done.text.contains(words), "\(line): \(done.text)")
        }
    }

    #if TLS
    @Test func `refuses certificates that are none`() throws {
        let folder = try Folder()
        let files = try Certificates(in: folder)
        let text = try folder.write("no certificate", to: "text")
        let (certificate, key) = (files.certificate("broker"), files.key("broker"))
        let missing = folder.path("missing.pem")
        for (line, code, words) in [
            ("--tls-cert \(missing) --tls-key \(key)", 66, "the certificate \(missing)"),
            ("--tls-cert \(certificate) --tls-key \(missing)", 66, "the private key \(missing)"),
            ("--tls-cert \(text) --tls-key \(key)", 65, "is not a certificate in PEM"),
            ("--tls-cert \(certificate) --tls-key \(text)", 65, "is not a private key in PEM"),
            ("--tls-cert \(folder.path) --tls-key \(key)", 66, "the certificate \(folder.path)"),
            (
                "--tls-cert \(certificate) --tls-key \(files.key("authority"))", 65,
                "do not go together"
            ),
            (
                "--tls-cert \(certificate) --tls-key \(key) --client-ca \(text)", 65,
                "the clients' authority \(text) is not"
            ),
        ] {
            let arguments = ["--port", "0"] + line.split(separator: " ").map(String.init)
            let done = try BrokerProcess(arguments, in: folder).child.wait()
            #expect(done.code == code, "\(line): \(done.text)")
            #expect(done.text.contains(words), "\(line): \(done.text)")
        }
    }
    #else
    @Test func `without the trait says how to get TLS`() throws {
        let folder = try Folder()
        let done = try BrokerProcess(
            ["--port", "0", "--tls-cert", "c", "--tls-key", "k"], in: folder
        ).child.wait()
        #expect(done.code == 64)
        #expect(done.text.contains("build with --traits TLS"))
    }
    #endif
}
