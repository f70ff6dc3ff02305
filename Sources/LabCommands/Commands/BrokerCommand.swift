import ArgumentParser
import EventModel
import Foundation
import Lab
import MQTTBroker
import MQTTServer

struct BrokerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker",
        abstract: "Run the lab's MQTT broker for real clients.",
        discussion: """
            MQTT 3.1.1 over TCP, over a Unix socket, or over TLS with client certificates. Prints \
            where it listens, then runs until Ctrl-C or SIGTERM. With policies, clients may do what \
            their AWS IoT policies allow; without, anything. The profile aws-iot has the limits and \
            the differences from the standard that AWS IoT Core documents.

              replaylab broker --port 1883
              replaylab broker --port 0 --unix /tmp/broker.sock --transcript messages.jsonl
              replaylab broker --port 8883 --tls-cert broker.pem --tls-key broker.key \\
                  --client-ca ca.pem --policies policies.json --profile aws-iot
            """)

    @Option(
        help: ArgumentHelp(
            "The TCP port, 0 for a free one. 1883, or 8883 with TLS, if neither this nor --unix is given.",
            valueName: "port"))
    var port: Int?

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(
        help: ArgumentHelp("A Unix socket to listen on, too.", valueName: "file"),
        completion: .file())
    var unix: String?

    @Option(
        help: ArgumentHelp("The broker's certificate, in PEM.", valueName: "file"),
        completion: .file())
    var tlsCert: String?

    @Option(help: ArgumentHelp("Its private key, in PEM.", valueName: "file"), completion: .file())
    var tlsKey: String?

    @Option(
        name: .customLong("client-ca"),
        help: ArgumentHelp(
            "The authority that must have signed a client's certificate, in PEM.", valueName: "file"
        ), completion: .file())
    var clientAuthority: String?

    @Option(
        help: ArgumentHelp("Who may do what: AWS IoT policies, in JSON.", valueName: "file"),
        completion: .file())
    var policies: String?

    @Option(
        help:
            "How it behaves: \(BrokerSettings.Profile.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var profile: BrokerSettings.Profile = .strict

    @Flag(
        help: ArgumentHelp(
            "With aws-iot: take any number of messages a second, and any keep-alive."))
    var unthrottled = false

    @Option(
        help: ArgumentHelp(
            "Write every connection and message to this file, one JSON object a line.",
            valueName: "file"), completion: .file())
    var transcript: String?

    func validate() throws {
        if let port, !(0...65535).contains(port) {
            throw ValidationError("--port takes 0 to 65535, not \(port)")
        }
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together")
        }
        if unthrottled, profile != .awsIoT {
            throw ValidationError("--unthrottled lifts limits that only --profile aws-iot has")
        }
        if clientAuthority != nil, tlsCert == nil {
            throw ValidationError("--client-ca needs --tls-cert and --tls-key")
        }
    }

    func run() throws {
        Interrupts.catchSignals()
        raiseDescriptorLimit()
        let book = try policies.map { path in
            try checkReadable(path, "no policy file \(path)")
            do {
                return try PolicyBook(parsing: String(contentsOfFile: path, encoding: .utf8))
            } catch let error as PolicyError {
                Terminal.error("\(path): \(error)")
                throw ExitStatus.data
            }
        }
        let file = try transcript.map(TranscriptFile.init)
        var settings = BrokerSettings(profile: profile)
        if unthrottled {
            settings.publishesPerSecond = nil
            settings.storedPerSecond = nil
            settings.keepAliveRange = nil
        }
        let server = BrokerServer(
            settings: settings, policies: book,
            recordsTranscript: file != nil)
        defer { server.shutDown() }
        do {
            for listener in listeners {
                Terminal.print("listening on \(try server.listen(on: listener))")
            }
        } catch {
            Terminal.error("\(error)")
            throw error.kind.status
        }
        while !Interrupts.isRequested {
            try file?.append(server.takeTranscript())
            usleep(50_000)
        }
        server.shutDown()
        try file?.append(server.takeTranscript())
        // A service that is asked to end has done its work; Ctrl-C ends a command before its end.
        if Interrupts.signal != SIGTERM { throw Interruption() }
    }

    private var listeners: [Listener] {
        var listeners: [Listener] = []
        if let tlsCert, let tlsKey {
            let files = TLSFiles(
                certificate: tlsCert, privateKey: tlsKey, clientAuthority: clientAuthority)
            if let port = port ?? (unix == nil ? 8883 : nil) {
                listeners.append(.tls(host: host, port: port, files))
            }
        } else if let port = port ?? (unix == nil ? 1883 : nil) {
            listeners.append(.tcp(host: host, port: port))
        }
        if let unix { listeners.append(.unix(path: unix)) }
        return listeners
    }

    /// Every client is a descriptor; the usual soft limit of 1,024 is for programs that use select.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

extension BrokerSettings.Profile: ExpressibleByArgument {}

/// The file that a transcript goes to.
private final class TranscriptFile {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        try checkFolder(of: path)
        try refuseToReplace(path, besides: "", "--transcript")
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw MissingFile(
                description: "\(path) cannot be made: \(String(cString: strerror(errno)))",
                status: .cannotCreate)
        }
    }

    deinit { close(descriptor) }

    func append(_ lines: [UInt8]) throws {
        guard !lines.isEmpty else { return }
        guard lines.withUnsafeBytes({ Terminal.write($0, to: descriptor) }) else {
            throw MissingFile(
                description: "\(path) cannot be written: \(String(cString: strerror(errno)))",
                status: .inputOutput)
        }
    }
}

extension ServerError.Kind {
    /// How the command ends.
    fileprivate var status: ExitStatus {
        switch self {
        case .addressInUse: .temporary
        case .cannotListen, .badPath: .cannotCreate
        case .unreadableFile: .noInput
        case .badCertificate: .data
        case .noTLS: .usage
        case .shutDown: .software
        }
    }
}
