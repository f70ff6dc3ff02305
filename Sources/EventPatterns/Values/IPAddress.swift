/// An IPv4 or IPv6 address, read from the forms that the service reads.
struct IPAddress: Hashable, Sendable {
    /// The address from the highest bit on; an IPv4 address fills the upper 32.
    let bits: UInt128
    /// Its length in bits, 32 or 128.
    let width: Int

    /// - Parameter text: four decimal numbers with dots, or hexadecimal groups with colons.
    init?(_ text: some Collection<UInt8>) {
        guard let address = IPAddress.version4(text) ?? IPAddress.version6(text) else { return nil }
        self = address
    }

    private init(bits: UInt128, width: Int) {
        self.bits = bits
        self.width = width
    }

    private init(version4 address: UInt32) {
        self.init(bits: UInt128(address) << 96, width: 32)
    }

    /// Whether the text has the characters of an address: only then the service tries to read one.
    static func hasForm(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        let isVersion4 =
            groups.count == 4
            && groups.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
        let isVersion6 =
            text.utf8.contains(0x3A)
            && text.utf8.allSatisfy { $0 == 0x3A || hexadecimal($0) != nil }
        return isVersion4 || isVersion6
    }

    private static func version4(_ text: some Collection<UInt8>) -> IPAddress? {
        // Leading zeros are allowed and mean nothing, up to this length of the whole.
        guard (7...15).contains(text.count) else { return nil }
        var address: UInt32 = 0
        var octets = 0
        var octet: UInt32?
        for byte in text {
            if byte == 0x2E {
                guard let value = octet else { return nil }
                address = address << 8 | value
                octets += 1
                octet = nil
            } else {
                guard (0x30...0x39).contains(byte) else { return nil }
                let value = (octet ?? 0) * 10 + UInt32(byte - 0x30)
                guard value <= 255 else { return nil }
                octet = value
            }
        }
        guard octets == 3, let value = octet else { return nil }
        return IPAddress(version4: address << 8 | value)
    }

    private static func version6(_ text: some Collection<UInt8>) -> IPAddress? {
        var head: [UInt32] = []
        var tail: [UInt32]?
        var group: UInt32?
        var wasColon = false
        for (place, byte) in text.enumerated() {
            if byte == 0x3A {
                if let value = group {
                    if tail == nil { head.append(value) } else { tail?.append(value) }
                    group = nil
                } else if wasColon {
                    guard tail == nil else { return nil }
                    tail = []
                } else if place > 0 {
                    return nil
                }
                wasColon = true
            } else {
                guard let digit = hexadecimal(byte) else { return nil }
                // A single colon must not come first.
                if wasColon, head.isEmpty, tail == nil { return nil }
                let value = (group ?? 0) << 4 | digit
                guard value <= 0xFFFF else { return nil }
                group = value
                wasColon = false
            }
        }
        if let value = group {
            if tail == nil { head.append(value) } else { tail?.append(value) }
        } else if !(wasColon && tail?.isEmpty == true) {
            return nil
        }
        let missing = 8 - head.count - (tail?.count ?? 0)
        guard tail == nil ? missing == 0 : missing > 0 else { return nil }
        let groups = head + Array(repeating: 0, count: missing) + (tail ?? [])
        let bits = groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
        // An IPv4 address in IPv6's clothes is that IPv4 address.
        if bits >> 32 == 0xFFFF { return IPAddress(version4: UInt32(truncatingIfNeeded: bits)) }
        return IPAddress(bits: bits, width: 128)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }
}

/// Addresses from one to another, or a single one.
///
/// The service compares addresses as hexadecimal digits from the left and stops as soon as the outcome
/// is sure, and never asks for their kind. So `::/0` contains IPv4 addresses, and an IPv4 range those
/// IPv6 addresses whose first 32 bits lie in it.
struct AddressRange: Hashable, Sendable {
    struct Malformed: Error {
        let reason: String
    }

    private let bottom: UInt128
    private let top: UInt128
    private let width: Int

    init(_ address: IPAddress) {
        bottom = address.bits
        top = address.bits
        width = address.width
    }

    /// - Parameter cidr: an address, `/` and how many of its bits count; the others are ignored.
    init(cidr: String) throws(Malformed) {
        var parts = cidr.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
        while parts.last?.isEmpty == true { parts.removeLast() }
        guard parts.count == 2 else { throw Malformed(reason: "Malformed CIDR, one '/' required") }
        guard let kept = Int32(String(parts[1]) ?? "") else {
            throw Malformed(reason: "Malformed CIDR, mask bits must be an integer")
        }
        guard kept >= 0 else {
            throw Malformed(reason: "Malformed CIDR, mask bits must not be negative")
        }
        guard let address = IPAddress(parts[0]) else {
            let text = String(parts[0]) ?? ""
            let form = IPAddress.hasForm(text) ? "Invalid" : "Nonstandard"
            throw Malformed(reason: "\(form) IP address: \(text)")
        }
        guard kept < address.width else {
            let version = address.width == 32 ? "IPv4" : "IPv6"
            throw Malformed(reason: "\(version) mask bits must be < \(address.width)")
        }
        let free = (UInt128.max >> UInt128(kept)) & AddressRange.bits(of: address.width)
        bottom = address.bits & ~free
        top = address.bits | free
        width = address.width
    }

    /// The bits that an address of this width has, the highest ones.
    private static func bits(of width: Int) -> UInt128 { UInt128.max << UInt128(128 - width) }

    func contains(_ address: IPAddress) -> Bool {
        if address.width >= width {
            let seen = address.bits & AddressRange.bits(of: width)
            return bottom <= seen && seen <= top
        }
        return bottom >> 96 < address.bits >> 96 && address.bits >> 96 < top >> 96
    }
}
