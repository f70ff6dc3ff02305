/// Parquet's RLE and bit-packing hybrid, in which it writes levels and places in a dictionary.
///
///     run      count << 1        ─ the value, in whole bytes         eight or more equal ones
///     groups   groups << 1 | 1   ─ eight values a group, bit by bit  all others
///
/// Source: "Run Length Encoding / Bit-Packing Hybrid", Encodings.md of Apache Parquet.
enum HybridRuns {
    /// The values, each below 2^width. The last group is filled up with zeros.
    static func encode(_ values: [UInt32], width: Int) -> [UInt8] {
        var out: [UInt8] = []
        var groupsStart = 0
        var at = 0
        while at < values.count {
            let run = runLength(values, from: at)
            if run >= 8 {
                appendGroups(values[groupsStart..<at], width, to: &out)
                appendRun(values[at], run, width, to: &out)
                at += run
                groupsStart = at
            } else {
                // Groups that others follow must be whole.
                at = min(values.count, at + 8)
            }
        }
        appendGroups(values[groupsStart..<at], width, to: &out)
        return out
    }

    /// How many bits the numbers below `count` need; at least 1.
    static func width(of count: Int) -> Int {
        max(1, Int.bitWidth - max(0, count - 1).leadingZeroBitCount)
    }

    private static func runLength(_ values: [UInt32], from start: Int) -> Int {
        var end = start + 1
        while end < values.count, values[end] == values[start] { end += 1 }
        return end - start
    }

    private static func appendRun(
        _ value: UInt32, _ count: Int, _ width: Int, to out: inout [UInt8]
    ) {
        out.append(variable: UInt64(count) << 1)
        for place in 0..<(width + 7) / 8 {
            out.append(UInt8(truncatingIfNeeded: value >> UInt32(place * 8)))
        }
    }

    private static func appendGroups(
        _ values: ArraySlice<UInt32>, _ width: Int, to out: inout [UInt8]
    ) {
        guard !values.isEmpty else { return }
        let groups = (values.count + 7) / 8
        out.append(variable: UInt64(groups) << 1 | 1)
        let end = out.count + groups * width
        var bits: UInt64 = 0
        var count = 0
        for value in values {
            bits |= UInt64(value) << UInt64(count)
            count += width
            while count >= 8 {
                out.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                count -= 8
            }
        }
        if count > 0 { out.append(UInt8(truncatingIfNeeded: bits)) }
        while out.count < end { out.append(0) }
    }
}
