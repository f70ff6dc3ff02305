import Foundation
import Glibc
import MosquittoClient

/// Debian's mosquitto, on a free port and a Unix socket of its own, ended with this object.
final class RealBroker {
    let folder: TemporaryFolder
    let port: UInt16
    private let process: Child

    var tcp: BrokerAddress { .tcp(host: "127.0.0.1", port: port) }
    var unix: BrokerAddress { .unix(path: folder.path + "/broker.sock") }

    /// - Parameter settings: lines for the TCP listener.
    init(settings: [String] = [], in folder: TemporaryFolder? = nil) throws {
        let folder = try folder ?? TemporaryFolder()
        let program = "/usr/sbin/mosquitto"
        guard access(program, X_OK) == 0 else {
            throw Child.Failure(description: "\(program) is missing: apt-get install mosquitto")
        }
        var last = "it never started"
        // Between our finding a free port and its binding, another may take it.
        for _ in 0..<5 {
            let port = try RealBroker.freePort()
            let path = folder.path + "/broker.conf"
            let lines =
                [
                    "user \(NSUserName())", "persistence false", "max_queued_messages 0",
                    "per_listener_settings true", "log_dest file \(folder.path)/broker.log",
                    "listener \(port) 127.0.0.1", "allow_anonymous true",
                ] + settings + ["listener 0 \(folder.path)/broker.sock", "allow_anonymous true"]
            try (lines.joined(separator: "\n") + "\n")
                .write(toFile: path, atomically: false, encoding: .utf8)
            let process = try Child([program, "-c", path], in: folder.path)
            if RealBroker.awaitListening(folder.path + "/broker.sock", while: process) {
                self.folder = folder
                self.port = port
                self.process = process
                return
            }
            last = (try? String(contentsOfFile: folder.path + "/broker.log", encoding: .utf8)) ?? ""
        }
        throw Child.Failure(description: "mosquitto does not start: \(last)")
    }

    /// Ends it the hard way, as a power failure would.
    func kill() { process.end(by: SIGKILL) }

    private static func awaitListening(_ path: String, while process: Child) -> Bool {
        let limit = ContinuousClock.now + .seconds(20)
        // The Unix socket is the last listener to be opened.
        let probe = MosquittoClient(clientID: "probe", keepAliveSeconds: 0)
        while process.isRunning, ContinuousClock.now < limit {
            if (try? probe.connect(to: .unix(path: path), timeout: .seconds(2))) != nil {
                probe.disconnect()
                return true
            }
            usleep(5_000)
        }
        return false
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) | getsockname(descriptor, $0, &size)
            }
        }
        guard code == 0 else { throw Child.Failure(description: "no free port") }
        return UInt16(bigEndian: name.sin_port)
    }
}

/// A folder that goes with this object. Its path is short enough for a socket's.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/mc-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
