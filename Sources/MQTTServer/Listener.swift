/// Where a broker listens.
public enum Listener: Sendable, Equatable {
    /// Plain MQTT over TCP. Port 0 takes a free one.
    case tcp(host: String = "127.0.0.1", port: Int)
    /// MQTT over a Unix socket. The file is made, and removed at the end.
    case unix(path: String)
    /// MQTT over TLS. Needs the package trait `TLS`.
    case tls(host: String = "127.0.0.1", port: Int, TLSFiles)

    /// What a socket's address has room for on Linux: `sun_path` less its closing zero.
    public static let unixPathByteCountMax = 107
}

/// The PEM files of a broker that speaks TLS.
public struct TLSFiles: Sendable, Equatable {
    /// The broker's certificate, with those between it and its authority.
    public var certificate: String
    /// The certificate's private key.
    public var privateKey: String
    /// The authority that signs clients' certificates. With it, a client without a certificate or
    /// with one of another authority fails in the handshake; without it, clients show none.
    public var clientAuthority: String?

    /// Paths of PEM files; without an authority clients show no certificate.
    public init(certificate: String, privateKey: String, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.privateKey = privateKey
        self.clientAuthority = clientAuthority
    }
}

/// Where a broker listens, the free port filled in.
///
/// Its text is what clients take: `mqtt://127.0.0.1:1883`, `mqtts://[::1]:8883`, `unix:/run/b.sock`.
public enum ListeningAddress: Sendable, Equatable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unix(path: String)
    case tls(host: String, port: Int)

    public var description: String {
        func address(_ scheme: String, _ host: String, _ port: Int) -> String {
            let isV6 = host.utf8.contains(UInt8(ascii: ":"))
            return "\(scheme)://\(isV6 ? "[\(host)]" : host):\(port)"
        }
        return switch self {
        case .tcp(let host, let port): address("mqtt", host, port)
        case .unix(let path): "unix:\(path)"
        case .tls(let host, let port): address("mqtts", host, port)
        }
    }

    /// The port; nil for a Unix socket.
    public var port: Int? {
        switch self {
        case .tcp(_, let port), .tls(_, let port): port
        case .unix: nil
        }
    }
}
