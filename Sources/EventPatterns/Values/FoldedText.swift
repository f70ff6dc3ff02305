/// A text that is looked for in either case, as event-ruler folds: character by character of the
/// pattern, each in its upper and its lower case. So `straße` finds `STRASSE`, and `strasse` does not
/// find `straße`. A character beyond U+FFFF becomes two question marks, as Java's halves of it do.
struct FoldedText: Hashable, Sendable {
    enum Anchor {
        case start, end, both
    }

    let anchor: Anchor
    /// The characters in lower case and in upper case, quotes of the JSON string included.
    private let lower: [[UInt8]]
    private let upper: [[UInt8]]

    init(_ text: String, at anchor: Anchor) {
        self.anchor = anchor
        var lower: [[UInt8]] = []
        var upper: [[UInt8]] = []
        func append(_ small: [UInt8], _ large: [UInt8]) {
            lower.append(small)
            upper.append(large)
        }
        if anchor != .end { append([0x22], [0x22]) }
        for scalar in text.unicodeScalars {
            if scalar.value > 0xFFFF {
                append([0x3F], [0x3F])
                append([0x3F], [0x3F])
            } else {
                append(
                    Array(scalar.properties.lowercaseMapping.utf8),
                    Array(scalar.properties.uppercaseMapping.utf8))
            }
        }
        if anchor != .start { append([0x22], [0x22]) }
        self.lower = lower
        self.upper = upper
    }

    func matches(_ value: UnsafeRawBufferPointer) -> Bool {
        anchor == .end ? matchesEnd(value) : matchesStart(value)
    }

    // No character's one case begins with its other case, so the first that fits is the only one.

    private func matchesStart(_ value: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        for place in lower.indices {
            if has(lower[place], at, value) {
                at += lower[place].count
            } else if has(upper[place], at, value) {
                at += upper[place].count
            } else {
                return false
            }
        }
        return anchor == .start || at == value.count
    }

    private func matchesEnd(_ value: UnsafeRawBufferPointer) -> Bool {
        var end = value.count
        for place in lower.indices.reversed() {
            if has(lower[place], end - lower[place].count, value) {
                end -= lower[place].count
            } else if has(upper[place], end - upper[place].count, value) {
                end -= upper[place].count
            } else {
                return false
            }
        }
        return true
    }

    @inline(__always)
    private func has(_ bytes: [UInt8], _ at: Int, _ value: UnsafeRawBufferPointer) -> Bool {
        guard at >= 0, at + bytes.count <= value.count else { return false }
        for place in bytes.indices where value[at + place] != bytes[place] { return false }
        return true
    }
}
