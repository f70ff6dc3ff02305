import CMosquitto
import Glibc
import MQTTBroker

/// One `struct mosquitto`, destroyed with this object; the box of its callbacks outlives it.
final class LibraryHandle {
    let pointer: OpaquePointer
    /// For which broker and with which files it was made: libmosquitto keeps its TLS context.
    let address: BrokerAddress
    let tls: TLSFiles?
    private let box: Unmanaged<Arrivals>

    /// Once a process, before anything else. SIGPIPE is ignored from here on, in the whole
    /// process: libmosquitto and OpenSSL write to sockets that a broker may have closed.
    private static let library: Int32 = {
        signal(SIGPIPE, SIG_IGN)
        return mosquitto_lib_init()
    }()

    /// - Throws: what libmosquitto would not take.
    init(
        clientID: String, cleanSession: Bool, will: Message?, arrivals: Arrivals,
        address: BrokerAddress, tls: TLSFiles?
    ) throws(MQTTClientError.Kind) {
        guard LibraryHandle.library == MOSQ_ERR_SUCCESS.code else {
            throw .rejected(reason: "libmosquitto does not start")
        }
        let box = Unmanaged.passRetained(arrivals)
        // Without an id libmosquitto wants NULL, not an empty text.
        let made =
            clientID.isEmpty
            ? mosquitto_new(nil, cleanSession, box.toOpaque())
            : mosquitto_new(clientID, cleanSession, box.toOpaque())
        guard let made else {
            let number = errno
            box.release()
            throw .rejected(reason: "libmosquitto refuses the client: \(SystemError.text(number))")
        }
        pointer = made
        self.box = box
        self.address = address
        self.tls = tls
        Arrivals.listen(to: made)
        try configure(will: will)
    }

    deinit {
        mosquitto_destroy(pointer)
        box.release()
    }

    /// The descriptor, or -1.
    var socket: Int32 { mosquitto_socket(pointer) }

    /// Bytes that TLS has decrypted and nobody has read: `poll` does not see them.
    var bufferedCount: Int32 { mosquitto_ssl_get(pointer).map { SSL_pending($0) } ?? 0 }

    private func configure(will: Message?) throws(MQTTClientError.Kind) {
        // Without it, a small packet waits up to 40 ms for the acknowledgement of the one before.
        mosquitto_int_option(pointer, MOSQ_OPT_TCP_NODELAY, 1)
        // 0: no limit. With one, libmosquitto queues in silence once it is reached.
        mosquitto_int_option(pointer, MOSQ_OPT_SEND_MAXIMUM, 0)
        if let will {
            let code = will.withCParts { topic, payload in
                mosquitto_will_set(
                    pointer, topic, Int32(payload.count), payload.baseAddress,
                    Int32(will.qos.rawValue), will.retain)
            }
            if code != MOSQ_ERR_SUCCESS.code {
                throw .rejected(reason: "the will: \(LibraryCode.text(code))")
            }
        }
        guard case .tls = address else { return }
        guard let trusted = tls?.trusted else {
            mosquitto_int_option(pointer, MOSQ_OPT_TLS_USE_OS_CERTS, 1)
            return
        }
        // A callback that knows no pass phrase: OpenSSL's own would ask on the terminal.
        let code = mosquitto_tls_set(pointer, trusted, nil, tls?.certificate, tls?.key) {
            _, _, _, _ in 0
        }
        if code != MOSQ_ERR_SUCCESS.code { throw .tls(reason: LibraryCode.text(code)) }
    }
}

extension mosq_err_t {
    /// As the functions return it.
    var code: Int32 { Int32(rawValue) }
}

/// What libmosquitto's return codes mean.
enum LibraryCode {
    /// - Parameter number: `errno`, where the code says that it tells.
    static func text(_ code: Int32, errno number: Int32 = 0) -> String {
        switch code {
        case MOSQ_ERR_CONN_LOST.code: "the broker closed it"
        case MOSQ_ERR_PROTOCOL.code, MOSQ_ERR_MALFORMED_PACKET.code, MOSQ_ERR_MALFORMED_UTF8.code:
            "the broker sent what is no MQTT 3.1.1"
        case MOSQ_ERR_KEEPALIVE.code: "the broker did not answer a PINGREQ"
        case MOSQ_ERR_CONN_REFUSED.code: "the broker sent a second CONNACK, a refusal"
        case MOSQ_ERR_ERRNO.code where number == 0: "the broker closed it in the middle of a packet"
        case MOSQ_ERR_ERRNO.code where number == EPROTO: "TLS failed"
        case MOSQ_ERR_ERRNO.code: SystemError.text(number)
        default: mosquitto_strerror(code).map { String(cString: $0) } ?? "code \(code)"
        }
    }
}

extension Message {
    /// Lends topic and payload to C. The topic must not hold a zero byte.
    func withCParts<Result>(
        _ body: (UnsafePointer<CChar>?, UnsafeRawBufferPointer) -> Result
    ) -> Result {
        (topic.bytes + [0]).withUnsafeBufferPointer { topic in
            topic.withMemoryRebound(to: CChar.self) { topic in
                payload.withUnsafeBytes { body(topic.baseAddress, $0) }
            }
        }
    }
}
