/// What MQTT takes for a text, a topic name and a topic filter: sections 1.5.3 and 4.7. All on
/// bytes: Swift's characters would hide a `/` before a combining mark.
enum TopicSyntax {
    static let slash = UInt8(ascii: "/")
    static let plus = UInt8(ascii: "+")
    static let hash = UInt8(ascii: "#")
    static let dollar = UInt8(ascii: "$")

    /// Whether these bytes are well-formed UTF-8 without U+0000 (The Unicode Standard, table 3-7).
    static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        let count = bytes.count
        while at < count {
            let lead = bytes[at]
            if lead < 0x80 {
                guard lead != 0 else { return false }
                at += 1
                continue
            }
            let length: Int
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            switch lead {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, low) = (3, 0xA0)
            case 0xED: (length, high) = (3, 0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, low) = (4, 0x90)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, high) = (4, 0x8F)
            default: return false
            }
            guard count - at >= length, bytes[at + 1] >= low, bytes[at + 1] <= high else {
                return false
            }
            for place in at + 2..<max(at + 2, at + length) where bytes[place] & 0xC0 != 0x80 {
                return false
            }
            at += length
        }
        return true
    }

    /// Whether a text may be published to: at most 65,535 bytes, not empty, without wildcards.
    static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 65_535 else { return false }
        for byte in bytes where byte == plus || byte == hash { return false }
        return true
    }

    /// Whether a text may be subscribed to: `+` and `#` fill a whole level, `#` the last one.
    static func isFilter(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 65_535 else { return false }
        for at in bytes.indices where bytes[at] == plus || bytes[at] == hash {
            let startsLevel = at == 0 || bytes[at - 1] == slash
            let endsLevel = at + 1 == bytes.count || bytes[at + 1] == slash
            guard startsLevel, endsLevel else { return false }
            if bytes[at] == hash, at + 1 != bytes.count { return false }
        }
        return true
    }

    /// How many `/` there are.
    static func slashes(in bytes: [UInt8]) -> Int {
        bytes.reduce(0) { $1 == slash ? $0 + 1 : $0 }
    }
}
