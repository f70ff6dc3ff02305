import EventModel
import MQTTBroker
import NIOCore
import NIOPosix
import Synchronization

/// A `BrokerCore` behind sockets: TCP, Unix sockets and TLS, for real MQTT clients.
///
///     let server = BrokerServer(settings: BrokerSettings())
///     let address = try server.listen(on: .tcp(port: 0))
///     print("listening on \(address)")
///     …
///     server.shutDown()
///
/// One thread of its own does all the work: what a client sends goes to the core in the callback
/// that read it, and what follows from it has been handed to the kernel before that returns. All
/// methods may be called from any other thread, and wait for that one; none from within `withCore`.
public final class BrokerServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop
    private let broker: NIOLoopBoundBox<BrokerLoop>
    private let watches = ClientWatches()
    private let lockStep = LockStep()
    private let ports = Mutex(Ports())

    /// What it listens on.
    private struct Ports {
        var isShutDown = false
        var channels: [any Channel] = []
        var files: [UnixSocketFile] = []
        /// What the core's end left to be drained.
        var transcript: [TranscriptRecord] = []
    }

    /// - Parameters:
    ///   - policies: who may do what; nil lets every client do anything.
    ///   - clock: a `VirtualClock` asks for settings with keep-alive off.
    public init(
        settings: BrokerSettings = BrokerSettings(), policies: PolicyBook? = nil,
        clock: any BrokerClock = SystemClock(), limits: ConnectionLimits = ConnectionLimits(),
        recordsTranscript: Bool = false
    ) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        self.eventLoop = eventLoop
        let (watches, lockStep) = (watches, lockStep)
        broker = .makeBoxSendingValue(
            BrokerLoop(
                settings: settings, policies: policies, clock: clock, limits: limits,
                watches: watches, lockStep: lockStep, eventLoop: eventLoop,
                recordsTranscript: recordsTranscript),
            eventLoop: eventLoop)
    }

    deinit { shutDown() }

    // MARK: Listening

    /// Listens on one more address, and returns it with its port filled in.
    @discardableResult
    public func listen(on listener: Listener) throws(ServerError) -> ListeningAddress {
        try ports.withLock { ports throws(ServerError) in
            guard !ports.isShutDown else {
                throw ServerError(.shutDown, "the broker has been shut down; make a new one")
            }
            switch listener {
            case .tcp(let host, let port):
                let channel = try bind(host, port) { _ in .plain }
                ports.channels.append(channel)
                return .tcp(host: host, port: channel.localAddress?.port ?? port)
            case .tls(let host, let port, let files):
                let channel = try bind(host, port, transport: try Self.tlsTransport(files))
                ports.channels.append(channel)
                return .tls(host: host, port: channel.localAddress?.port ?? port)
            case .unix(let path):
                try UnixSocketFile.prepare(path)
                let channel = try listening("unix:\(path)") {
                    // The library's own way takes shorter paths only.
                    let address = SocketAddress(UnixSocketFile.address(of: path))
                    return try bootstrap { _ in .plain }.bind(to: address).wait()
                }
                ports.channels.append(channel)
                if let file = UnixSocketFile(bound: path) { ports.files.append(file) }
                return .unix(path: path)
            }
        }
    }

    /// Makes what stands before the handler in a new connection's pipeline, and says how its client
    /// is named.
    typealias MakeTransport = @Sendable (any Channel) throws -> ConnectionHandler.Transport

    private func bind(
        _ host: String, _ port: Int, transport: @escaping MakeTransport
    ) throws(ServerError) -> any Channel {
        guard (0...65535).contains(port) else {
            throw ServerError(.cannotListen, "\(port) is no port; ports are 0 to 65535")
        }
        return try listening("\(host):\(port)") {
            let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
            return try bootstrap(transport)
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                .bind(to: address).wait()
        }
    }

    private func bootstrap(_ transport: @escaping MakeTransport) -> ServerBootstrap {
        let broker = broker
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // All who wait are taken in at once, before any of them is heard: of two that claim one
            // client id, the one that came later wins.
            .serverChannelOption(.maxMessagesPerRead, value: 1024)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 1 << 15, high: 1 << 17)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let transport = try transport(channel)
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(broker: broker.value, transport: transport))
                }
            }
    }

    /// Says in our words why one cannot listen.
    private func listening(
        _ place: String, _ bind: () throws -> any Channel
    ) throws(ServerError) -> any Channel {
        do {
            return try bind()
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            guard error.errnoCode == EADDRINUSE else {
                throw ServerError(
                    .cannotListen,
                    "cannot listen on \(place): \(reason); name an address of this machine that"
                        + " you may listen on")
            }
            throw ServerError(
                .addressInUse,
                "cannot listen on \(place): another program does; stop it, or take port 0 for a"
                    + " free one")
        } catch {
            throw ServerError(
                .cannotListen,
                "cannot listen on \(place): there is no such address; name one of this machine's"
                    + " (\(error))")
        }
    }

    // MARK: The core

    /// Runs `body` with the core, between two packets, and carries out what follows from it.
    ///
    /// Time is what the clock says: `core.advance(to:)` brings deadlines about.
    public func withCore<Result: Sendable>(
        _ body: @escaping @Sendable (inout BrokerCore) -> Result
    ) throws(ServerError) -> Result {
        let broker = broker
        return try blocking {
            let broker = broker.value
            let result = body(&broker.core)
            broker.settle()
            return result
        }
    }

    /// QoS 0 messages that clients which read too slowly have not got.
    public var droppedPublishCount: Int {
        get throws(ServerError) {
            let broker = broker
            return try blocking { broker.value.droppedPublishCount }
        }
    }

    /// What has happened since the last call, as lines of JSON; after `shutDown` what was left.
    ///
    /// Empty unless the server records a transcript.
    public func takeTranscript() -> [UInt8] {
        let broker = broker
        let records =
            (try? blocking { broker.value.core.takeTranscript() })
            ?? ports.withLock { ports in
                defer { ports.transcript = [] }
                return ports.transcript
            }
        var lines: [UInt8] = []
        var writer = TranscriptWriter()
        for record in records { writer.write(record, to: &lines) }
        return lines
    }

    // MARK: Waiting

    /// A view of one client, for who looks often: made once, it costs an atomic load a look.
    public func view(of client: String) -> ClientView { ClientView(client, watches) }

    /// Waits until the core has taken in `count` PUBLISH packets of the client's connection, and
    /// what followed from them has been handed to the kernel; false after `timeout`.
    ///
    /// The count begins anew with every connection.
    public func waitForPublishes(
        from client: String, count: Int, timeout: Duration
    ) -> Bool {
        watches.wait(for: client, timeout: timeout) { $0.publishCount >= UInt64(max(0, count)) }
    }

    /// Waits until the broker has accepted a CONNECT of the client, and it is connected.
    public func waitForConnection(of client: String, timeout: Duration) -> Bool {
        watches.wait(for: client, timeout: timeout) { $0.isConnected }
    }

    /// Waits until the client has no connection, its end taken in: its will is published.
    public func waitForDisconnection(of client: String, timeout: Duration) -> Bool {
        watches.wait(for: client, timeout: timeout) { !$0.isConnected }
    }

    /// Says that a client in this process has sent a PUBLISH packet.
    ///
    /// A hint for speed alone, from clients that send the next packet as soon as they know that the
    /// last one was taken in: the loop stays awake for them, some microseconds after each packet.
    public func announcePublish() { lockStep.announce() }

    // MARK: The end

    /// Ends every connection, stops listening, removes socket files and ends the thread. The core
    /// can no longer be asked: drain its transcript before. A second call does nothing.
    public func shutDown() {
        let held = ports.withLock { ports -> Ports? in
            guard !ports.isShutDown else { return nil }
            defer { ports = Ports(isShutDown: true) }
            return ports
        }
        guard let held else { return }
        // A listener that fails to close is closed all the same.
        for channel in held.channels { try? channel.close().wait() }
        for file in held.files { file.remove() }
        let broker = broker
        let rest = try? eventLoop.submit {
            broker.value.shutDown()
            return broker.value.core.takeTranscript()
        }.wait()
        try? group.syncShutdownGracefully()
        ports.withLock { $0.transcript = rest ?? [] }
    }

    /// Runs `body` on the loop and waits for it.
    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable () -> Result
    ) throws(ServerError) -> Result {
        // Asked under the lock: after its end the loop would never answer.
        let answer = ports.withLock { $0.isShutDown ? nil : eventLoop.submit(body) }
        guard let result = try? answer?.wait() else {
            throw ServerError(.shutDown, "the broker has been shut down; make a new one")
        }
        return result
    }
}
