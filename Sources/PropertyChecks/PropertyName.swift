import Synchronization
import Testing

/// What a property is known by, from run to run: its test, the type of its values, and the name it was given.
struct PropertyName: Sendable {
    /// The test as Swift Testing writes it, without the place in the file.
    var test: String
    var property: String
    private let isGiven: Bool

    init(test: Test, values: String, given name: String?) {
        var words = "\(test.id)".split(separator: "/", omittingEmptySubsequences: false)
        // `Module.Suite/test()/File.swift:12:2`: lines move, names stay.
        if words.count > 1, words[words.count - 1].contains(".swift:") { words.removeLast() }
        self.test = words.joined(separator: "/")
        isGiven = name != nil
        property = "\(self.test) \(values) \(name ?? "")"
    }

    /// Where each property stands that ran in this process.
    private static let places = Mutex<[String: SourceLocation]>([:])

    /// Makes sure that no other property goes by this name: their saved cases would be taken for each other's,
    /// and a child process would answer for the first that it comes to.
    func claim(at place: SourceLocation) throws {
        if !isGiven, Test.Case.current?.isParameterized == true {
            throw UnusableProperty(
                description: """
                    A property in a test with arguments needs a name of each argument's own: \
                    forAll(gen, named: "\\(argument)")
                    """)
        }
        let other = Self.places.withLock { places in
            defer { places[property] = place }
            return places[property]
        }
        if let other, other != place {
            throw UnusableProperty(
                description: """
                    This test has another property about values of the same type, at \
                    \(other.fileID):\(other.line): tell them apart with forAll(gen, named: "…")
                    """)
        }
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
