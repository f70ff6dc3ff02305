import CMosquitto
import Glibc
import MQTTBroker

extension MosquittoClient {
    /// Connects and waits for CONNACK.
    ///
    /// A client can be connected again after any failure. A name is looked up within `timeout`,
    /// too; with TLS libmosquitto asks the system's resolver a second time, without a limit.
    ///
    /// - Parameters:
    ///   - tls: for a `.tls` address only; nil trusts the system's certificates.
    ///   - timeout: for all of it: name, TCP, TLS, CONNACK.
    public func connect(
        to address: BrokerAddress, tls: TLSFiles? = nil, timeout: Duration
    ) throws(MQTTClientError) {
        if isConnected { throw failure(.rejected(reason: "it is connected: disconnect first")) }
        broker = address
        loss = nil
        if let kind = flaw(address: address, tls: tls) { throw failure(kind) }
        let deadline = Deadline(after: timeout)
        do throws(MQTTClientError.Kind) {
            try prepareHandle(for: address, tls: tls)
            try open(try routes(to: address, deadline, timeout), deadline, timeout)
        } catch {
            cut()
            loss = nil
            throw failure(error)
        }
    }

    /// What makes a connection impossible before anything is tried.
    private func flaw(address: BrokerAddress, tls: TLSFiles?) -> MQTTClientError.Kind? {
        if let reason = address.flaw { return .rejected(reason: "\(address): \(reason)") }
        if tls != nil && !address.isTLS {
            return .rejected(reason: "TLS files need an address that begins mqtts://")
        }
        if let reason = tls?.flaw { return .tls(reason: reason) }
        if keepAliveSeconds != 0 && !(5...65_535).contains(keepAliveSeconds) {
            return .rejected(
                reason: "a keep-alive of \(keepAliveSeconds) s: 0 or 5 to 65535 is expected")
        }
        if clientID.isEmpty && !cleanSession {
            return .rejected(reason: "a session that is kept needs a client id")
        }
        if clientID.utf8.contains(0) || clientID.utf8.count > 65_535 {
            return .rejected(reason: "a client id has at most 65535 bytes, and no zero byte")
        }
        if let reason = will?.flaw { return .rejected(reason: "the will: \(reason)") }
        if let will, will.payload.count > 65_535 {
            return .rejected(reason: "a will's payload has at most 65535 bytes")
        }
        return nil
    }

    /// A new handle, or the old one where it holds a session of the same broker.
    private func prepareHandle(
        for address: BrokerAddress, tls: TLSFiles?
    ) throws(MQTTClientError.Kind) {
        if let handle, handle.address == address, handle.tls == tls { return }
        handle = nil
        handle = try LibraryHandle(
            clientID: clientID, cleanSession: cleanSession, will: will, arrivals: arrivals,
            address: address, tls: tls)
    }

    private func routes(
        to address: BrokerAddress, _ deadline: Deadline, _ timeout: Duration
    ) throws(MQTTClientError.Kind) -> [Route] {
        do throws(ResolutionFailure) {
            return try Route.all(to: address, deadline: deadline)
        } catch {
            switch error {
            case .unknown(let text):
                throw .cannotConnect(reason: "the host's name leads nowhere: \(text)")
            case .timeout:
                throw .timeout(waitingFor: "An address for the host's name", after: timeout)
            }
        }
    }

    /// Tries the routes in turn; the last one's failure counts.
    private func open(
        _ routes: [Route], _ deadline: Deadline, _ timeout: Duration
    ) throws(MQTTClientError.Kind) {
        var unreachable = MQTTClientError.Kind.cannotConnect(reason: "the host has no address")
        for route in routes {
            do throws(MQTTClientError.Kind) {
                try reach(route, deadline, timeout)
            } catch {
                guard case .cannotConnect = error else { throw error }
                unreachable = error
                continue
            }
            return try awaitConnectAcknowledgement(deadline, timeout)
        }
        throw unreachable
    }

    /// The TCP connection, or that of the Unix domain socket.
    private func reach(
        _ route: Route, _ deadline: Deadline, _ timeout: Duration
    ) throws(MQTTClientError.Kind) {
        guard let handle else { throw .notConnected }
        arrivals.connectCodes.removeAll()
        arrivals.complaints.removeAll()
        arrivals.subscribed = nil
        Arrivals.collectComplaints(true, of: handle.pointer)
        mosquitto_string_option(handle.pointer, MOSQ_OPT_BIND_ADDRESS, route.bind)
        let code = mosquitto_connect_async(
            handle.pointer, route.host, Int32(route.port), Int32(keepAliveSeconds))
        let number = errno
        guard code == MOSQ_ERR_SUCCESS.code else {
            // EPROTO comes from libmosquitto's TLS only: somebody was reached.
            if code == MOSQ_ERR_TLS.code || number == EPROTO { throw .tls(reason: complaint) }
            // On a busy machine the connection stands, and has fallen, before the call returns.
            if code == MOSQ_ERR_CONN_LOST.code, let kind = hangUp(ECONNRESET) { throw kind }
            // With TLS the handshake begins here.
            if handle.address.isTLS, let kind = hangUp(number) { throw kind }
            throw .cannotConnect(
                reason: code == MOSQ_ERR_ERRNO.code
                    ? SystemError.text(number) : LibraryCode.text(code, errno: number))
        }
        var entry = pollfd(fd: handle.socket, events: Int16(POLLOUT), revents: 0)
        while true {
            let count = poll(&entry, 1, deadline.remainingMilliseconds(atMost: 60_000))
            if count > 0 { break }
            if count < 0 && errno != EINTR { throw .cannotConnect(reason: SystemError.text(errno)) }
            if deadline.hasPassed { throw .timeout(waitingFor: "A TCP connection", after: timeout) }
        }
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        if getsockopt(handle.socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 { error = errno }
        if error != 0 { throw hangUp(error) ?? .cannotConnect(reason: SystemError.text(error)) }
    }

    /// What it means that somebody was there and hung up at once; nil where nobody was.
    private func hangUp(_ number: Int32) -> MQTTClientError.Kind? {
        guard number == EPIPE || number == ECONNRESET else { return nil }
        guard handle?.address.isTLS == true else {
            return .connectionLost(reason: "before CONNACK: \(SystemError.text(number))")
        }
        return .tls(
            reason: "the broker closed the connection in the handshake; it may want a certificate,"
                + " or not trust ours")
    }

    private func awaitConnectAcknowledgement(
        _ deadline: Deadline, _ timeout: Duration
    ) throws(MQTTClientError.Kind) {
        guard let handle else { throw .notConnected }
        let isTLS = handle.address.isTLS
        do throws(Interruption) {
            // The CONNECT packet waits in the queue, behind the TLS handshake.
            try pump(until: deadline) { !arrivals.connectCodes.isEmpty }
        } catch {
            if let code = arrivals.connectCodes.first, code != 0 { throw refusal(code) }
            switch error {
            case .timeout:
                let what = isTLS ? "The TLS handshake and CONNACK" : "CONNACK"
                throw .timeout(waitingFor: what, after: timeout)
            case .lost where isTLS && !arrivals.complaints.isEmpty: throw .tls(reason: complaint)
            case .lost:
                let place =
                    !arrivals.connectCodes.isEmpty
                    ? "right after CONNACK"
                    : isTLS ? "in the TLS handshake or before CONNACK" : "before CONNACK"
                throw .connectionLost(reason: "\(place): \(loss ?? "it is closed")")
            }
        }
        if let code = arrivals.connectCodes.first, code != 0 { throw refusal(code) }
        arrivals.connectCodes.removeAll()
        arrivals.complaints.removeAll()
        Arrivals.collectComplaints(false, of: handle.pointer)
        isConnected = true
    }

    private func refusal(_ code: Int32) -> MQTTClientError.Kind {
        .refused(code: UInt8(truncatingIfNeeded: code))
    }

    /// The log's lines as one reason.
    private var complaint: String {
        var lines: [String] = []
        for line in arrivals.complaints {
            let text =
                line.hasPrefix("Error: host name verification failed")
                ? "the broker's certificate does not name the host of the address" : line
            if !lines.contains(text) { lines.append(text) }
        }
        return lines.isEmpty ? "OpenSSL says no more" : lines.joined(separator: "; ")
    }
}
