import EventModel
import Foundation
import MQTTBroker
import MQTTServer
import Testing

@Suite struct `The server` {
    static let noon = Timestamp(seconds: 1_700_000_000)

    @Test func `carries a message from a client to a subscriber`() throws {
        let server = BrokerServer()
        defer { server.shutDown() }
        let address = try server.listen(on: .tcp(port: 0))
        let feeder = try RawClient(address).hello("feeder")
        try feeder.subscribe("cat-feeder/+")
        let button = try RawClient(address).hello("button")
        try button.publish("cat-feeder/action", "SINGLE")
        #expect(try feeder.text() == "SINGLE")
    }

    @Test func `listens on TCP and on a Unix socket at once, and removes the socket at the end`()
        throws
    {
        let folder = try Folder()
        let path = folder.path("broker.sock")
        let server = BrokerServer()
        let unix = try server.listen(on: .unix(path: path))
        let tcp = try server.listen(on: .tcp(port: 0))
        #expect(unix.description == "unix:\(path)")
        let port = try #require(tcp.port)
        #expect(tcp.description == "mqtt://127.0.0.1:\(port)")
        let feeder = try RawClient(unix).hello("feeder")
        try feeder.subscribe("a")
        try RawClient(tcp).hello("button").publish("a", "through both")
        #expect(try feeder.text() == "through both")
        server.shutDown()
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try feeder.receive() == nil)
    }

    @Test func `refuses a Unix socket that another broker listens on, and takes one that is left`()
        throws
    {
        let folder = try Folder()
        let path = folder.path("broker.sock")
        let first = BrokerServer()
        try first.listen(on: .unix(path: path))
        let second = BrokerServer()
        defer { second.shutDown() }
        let error = #expect(throws: ServerError.self) { try second.listen(on: .unix(path: path)) }
        #expect(error?.kind == .addressInUse)
        // What is left of a broker that was killed: a socket file that nobody answers at.
        let left = folder.path("left.sock")
        try leaveSocket(at: left)
        let address = try second.listen(on: .unix(path: left))
        try RawClient(address).hello("anyone")
        first.shutDown()
    }

    @Test func `refuses a Unix socket's path that is too long, or where a file lies`() throws {
        let folder = try Folder()
        let server = BrokerServer()
        defer { server.shutDown() }
        let room = Listener.unixPathByteCountMax - folder.path("").utf8.count
        let longest = folder.path(String(repeating: "s", count: room))
        try RawClient(server.listen(on: .unix(path: longest))).hello("anyone")
        let file = try folder.write("precious", to: "file")
        for path in [longest + "s", "", file] {
            let error = #expect(throws: ServerError.self) {
                try server.listen(on: .unix(path: path))
            }
            #expect(error?.kind == .badPath)
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
    }

    @Test func `refuses a port in use, and an address that is not this machine's`() throws {
        let first = BrokerServer()
        defer { first.shutDown() }
        let port = try #require(try first.listen(on: .tcp(port: 0)).port)
        let second = BrokerServer()
        defer { second.shutDown() }
        for (listener, kind) in [
            (Listener.tcp(port: port), ServerError.Kind.addressInUse),
            (.tcp(host: "192.0.2.1", port: 0), .cannotListen),
            (.tcp(host: "no-such-host.invalid", port: 0), .cannotListen),
            (.tcp(port: 65536), .cannotListen), (.tcp(port: -1), .cannotListen),
        ] {
            let error = #expect(throws: ServerError.self) { try second.listen(on: listener) }
            #expect(error?.kind == kind)
        }
    }

    @Test func `can be shut down twice, and then refuses politely`() throws {
        let server = BrokerServer()
        server.shutDown()
        server.shutDown()
        let error = #expect(throws: ServerError.self) { try server.listen(on: .tcp(port: 0)) }
        #expect(error?.kind == .shutDown)
        #expect(throws: ServerError.self) { try server.withCore { _ in } }
        #expect(server.waitForConnection(of: "a", timeout: .zero) == false)
    }

    #if !TLS
    @Test func `without the trait says how to get TLS`() throws {
        let server = BrokerServer()
        defer { server.shutDown() }
        let files = TLSFiles(certificate: "c", privateKey: "k")
        let error = #expect(throws: ServerError.self) {
            try server.listen(on: .tls(port: 0, files))
        }
        #expect(error?.kind == .noTLS)
        #expect(error?.description.contains("--traits TLS") == true)
    }
    #endif

    /// A socket file that nobody listens at.
    private func leaveSocket(at path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { field in
            for (place, byte) in path.utf8.enumerated() { field[place] = byte }
        }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(code == 0)
    }
}
