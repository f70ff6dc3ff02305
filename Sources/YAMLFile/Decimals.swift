/// Numbers from text, exactly, without a floating-point number on the way.
public enum Decimals {
    /// A decimal number without sign or exponent, in units of 10^-decimals; nil for any other text,
    /// for more decimals, and for what has more than 12 digits.
    public static func units(_ text: String, decimals: Int) -> Int? {
        let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        guard parts.count <= 2, parts.count == 1 || !fraction.isEmpty, fraction.count <= decimals,
            !parts[0].isEmpty, parts[0].count <= 12
        else { return nil }
        var value = 0
        let padding = [UInt8](repeating: 0x30, count: decimals - fraction.count)
        for byte in Array(parts[0]) + fraction + padding {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// Seconds of `hh:mm` or `hh:mm:ss`; up to 24:00:00.
    public static func clock(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var seconds = 0
        for place in 0..<3 {
            let part = place < parts.count ? String(parts[place]) : "00"
            guard part.utf8.count == 2, let value = units(part, decimals: 0), value < 60
            else { return nil }
            seconds = seconds * 60 + value
        }
        return seconds <= 86_400 ? seconds : nil
    }

    /// Milliseconds of `1h30m`, `25m`, `90s`: whole numbers, units in this order, each once.
    public static func duration(_ text: String) -> Int64? {
        var rest = text[...]
        var total = 0
        var found = false
        for (unit, milliseconds) in [("h", 3_600_000), ("m", 60_000), ("s", 1000)] {
            guard let end = rest.firstIndex(of: Character(unit)) else { continue }
            guard let value = units(String(rest[..<end]), decimals: 0), value < 1_000_000 else {
                return nil
            }
            total += value * milliseconds
            found = true
            rest = rest[rest.index(after: end)...]
        }
        return found && rest.isEmpty ? Int64(total) : nil
    }
}
