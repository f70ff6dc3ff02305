import Testing

/// What a property is known by, from run to run: its test, the type of its values, and the name it was given.
struct PropertyName: Sendable {
    /// The test as Swift Testing writes it, without the place in the file.
    var test: String
    var property: String

    init(test: Test, values: String, given name: String?) {
        var words = "\(test.id)".split(separator: "/", omittingEmptySubsequences: false)
        // `Module.Suite/test()/File.swift:12:2`: lines move, names stay.
        if words.count > 1, words[words.count - 1].contains(".swift:") { words.removeLast() }
        self.test = words.joined(separator: "/")
        property = "\(self.test) \(values) \(name ?? "")"
    }

    /// Eight hexadecimal digits.
    var key: String { Self.digits(of: property) }

    /// What `swift test --filter` wants: a pattern in which whatever could mean something to it, or to a
    /// shell, is a dot.
    var filter: String {
        let plain = test.hasSuffix("()") ? String(test.dropLast(2)) : test
        return String(
            plain.map {
                $0.isASCII && ($0.isLetter || $0.isNumber || " ,_-".contains($0)) ? $0 : "."
            }
        )
    }

    /// Some letters of the test's name, for people who look into the folder.
    var slug: String {
        let name = test.split(separator: "/").last ?? ""
        let letters = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return String(letters.split(separator: "-").joined(separator: "-").prefix(48))
    }

    /// FNV-1a, folded.
    static func digits(of text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let folded = UInt32(truncatingIfNeeded: hash ^ hash >> 32)
        let digits = String(folded, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
