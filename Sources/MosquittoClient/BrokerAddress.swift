import Glibc

/// Where a broker listens.
///
/// Written `mqtt://host:port`, `mqtts://host:port` or `unix:/path`; the port may be left out (1883,
/// with TLS 8883), an IPv6 address stands in brackets: `mqtt://[::1]:1883`.
public enum BrokerAddress: Hashable, Sendable, CustomStringConvertible {
    case tcp(host: String, port: UInt16 = 1883)
    /// TLS; the broker's certificate must name the host.
    case tls(host: String, port: UInt16 = 8883)
    /// A Unix domain socket; the path has at most 107 bytes.
    case unix(path: String)

    /// The longest path of a Unix domain socket, in bytes: `sockaddr_un` holds 108 with the zero.
    public static let longestPath = 107

    /// Reads an address.
    ///
    /// - Throws: `BrokerAddressError`, which quotes the text and says what was expected.
    public init(parsing text: String) throws(BrokerAddressError) {
        func refusal(_ reason: String) -> BrokerAddressError {
            BrokerAddressError(text: text, reason: reason)
        }
        if text.hasPrefix("unix:") {
            self = .unix(path: String(text.dropFirst(5)))
        } else if text.hasPrefix("mqtt://") {
            let (host, port) = try BrokerAddress.split(text, after: "mqtt://")
            self = .tcp(host: host, port: port ?? 1883)
        } else if text.hasPrefix("mqtts://") {
            let (host, port) = try BrokerAddress.split(text, after: "mqtts://")
            self = .tls(host: host, port: port ?? 8883)
        } else {
            throw refusal("it begins with none of mqtt://, mqtts:// and unix:")
        }
        if let reason = flaw { throw refusal(reason) }
    }

    /// The text that `init(parsing:)` reads.
    public var description: String {
        switch self {
        case .tcp(let host, let port): "mqtt://\(BrokerAddress.bracketed(host)):\(port)"
        case .tls(let host, let port): "mqtts://\(BrokerAddress.bracketed(host)):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// Whether nothing that is sent there leaves this machine: 127.0.0.0/8, ::1, `localhost`, or a
    /// Unix domain socket. Any other name counts as far away, whatever it resolves to.
    public var isLoopback: Bool {
        switch self {
        case .unix: return true
        case .tcp(let host, _), .tls(let host, _):
            if ["localhost", "localhost."].contains(host.lowercased()) { return true }
            if let bytes = NumericHost.ipv4(host) { return bytes.first == 127 }
            guard let bytes = NumericHost.ipv6(host) else { return false }
            let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            return bytes == Array(repeating: 0, count: 15) + [1] || isMapped && bytes[12] == 127
        }
    }

    /// Why nothing can be reached there, or nil.
    ///
    /// Port 0 is one of them: libmosquitto would take the host for the path of a Unix socket.
    var flaw: String? {
        switch self {
        case .tcp(let host, let port), .tls(let host, let port):
            if host.isEmpty { return "a host is missing" }
            if host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
                return "the host holds a space or a control character"
            }
            return port == 0 ? "the port must be 1 to 65535" : nil
        case .unix(let path):
            if path.isEmpty { return "a path is missing after unix:" }
            if path.utf8.contains(0) { return "the path holds a zero byte" }
            let count = path.utf8.count
            guard count > BrokerAddress.longestPath else { return nil }
            return
                "the path has \(count) bytes, a socket's has at most \(BrokerAddress.longestPath)"
        }
    }

    private static func bracketed(_ host: String) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    }

    private static func split(
        _ text: String, after scheme: String
    ) throws(BrokerAddressError) -> (host: String, port: UInt16?) {
        func refusal(_ reason: String) -> BrokerAddressError {
            BrokerAddressError(text: text, reason: reason)
        }
        let rest = Array(text.utf8.dropFirst(scheme.utf8.count))
        if rest.contains(where: { [UInt8]("/?#@".utf8).contains($0) }) {
            throw refusal("only a host and a port may follow \(scheme): no user, no path")
        }
        let host: ArraySlice<UInt8>
        let tail: ArraySlice<UInt8>
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else {
                throw refusal("a ] is missing behind the IPv6 address")
            }
            host = rest[1..<end]
            tail = rest[(end + 1)...]
            if NumericHost.ipv6(String(decoding: host, as: UTF8.self)) == nil {
                throw refusal("between [ and ] an IPv6 address is expected")
            }
        } else {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            host = rest[..<end]
            tail = rest[end...]
            if tail.dropFirst().contains(UInt8(ascii: ":")) {
                throw refusal("an IPv6 address stands in brackets: \(scheme)[::1]:1883")
            }
        }
        let name = String(decoding: host, as: UTF8.self)
        guard let colon = tail.first else { return (name, nil) }
        let digits = tail.dropFirst()
        guard colon == UInt8(ascii: ":"), !digits.isEmpty,
            digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
        else { throw refusal("behind the host, :1 to :65535 is expected") }
        return (name, port)
    }
}

/// Why a text is no broker's address.
public struct BrokerAddressError: Error, Equatable, CustomStringConvertible {
    /// The text as it was given.
    public let text: String
    /// What is wrong with it, without a full stop.
    public let reason: String

    public var description: String {
        "\"\(text)\" is no address of a broker: \(reason). "
            + "Write mqtt://host:1883, mqtts://host:8883 or unix:/path/of/socket."
    }
}
