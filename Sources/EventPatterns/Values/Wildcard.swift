/// A text with `*` for any bytes. `\*` and `\\` stand for themselves.
struct Wildcard: Hashable, Sendable {
    struct Malformed: Error {
        let reason: String
    }

    /// What stands between the stars: the first at the value's beginning, the last at its end.
    let parts: [[UInt8]]

    /// - Parameter pattern: the text with its quotes; the service counts places with them.
    init(_ pattern: [UInt8]) throws(Malformed) {
        var parts: [[UInt8]] = [[]]
        var at = 0
        while at < pattern.count {
            let next = at + 1 < pattern.count ? pattern[at + 1] : 0
            switch pattern[at] {
            case 0x2A:
                if next == 0x2A {
                    throw Malformed(reason: "Consecutive wildcard characters at pos \(at)")
                }
                parts.append([])
            case 0x5C:
                guard next == 0x2A || next == 0x5C else {
                    throw Malformed(reason: "Invalid escape character at pos \(at)")
                }
                parts[parts.count - 1].append(next)
                at += 1
            default: parts[parts.count - 1].append(pattern[at])
            }
            at += 1
        }
        self.parts = parts
    }

    func matches(_ value: UnsafeRawBufferPointer) -> Bool {
        let first = parts[0]
        let last = parts[parts.count - 1]
        guard parts.count > 1 else {
            return first.count == value.count && has(first, at: 0, of: value)
        }
        guard first.count + last.count <= value.count, has(first, at: 0, of: value),
            has(last, at: value.count - last.count, of: value)
        else { return false }
        // The leftmost place for each part leaves the most room for those behind it.
        var at = first.count
        let end = value.count - last.count
        for part in parts[1..<parts.count - 1] {
            while !(at + part.count <= end && has(part, at: at, of: value)) {
                at += 1
                if at + part.count > end { return false }
            }
            at += part.count
        }
        return true
    }

    @inline(__always)
    private func has(_ part: [UInt8], at start: Int, of value: UnsafeRawBufferPointer) -> Bool {
        for place in part.indices where value[start + place] != part[place] { return false }
        return true
    }
}
