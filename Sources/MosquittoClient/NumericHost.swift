import Glibc

/// Hosts that are written as addresses, so that nobody need be asked for them.
enum NumericHost {
    /// The 4 bytes of a dotted IPv4 address. The short and octal forms of `inet_aton` are none.
    static func ipv4(_ host: String) -> [UInt8]? { bytes(host, AF_INET, count: 4) }

    /// The 16 bytes of an IPv6 address, without a zone.
    static func ipv6(_ host: String) -> [UInt8]? { bytes(host, AF_INET6, count: 16) }

    private static func bytes(_ host: String, _ family: Int32, count: Int) -> [UInt8]? {
        // A zero would end the C string early: "127.0.0.1\0.example".
        guard !host.utf8.contains(0) else { return nil }
        var result = [UInt8](repeating: 0, count: count)
        return inet_pton(family, host, &result) == 1 ? result : nil
    }
}
