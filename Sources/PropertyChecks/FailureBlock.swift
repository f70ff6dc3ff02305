import PropertyTesting

/// What is said about a property that does not hold, in one block.
struct FailureBlock {
    var value: String
    var failure: String
    /// The value with «any» where it may vary, and whether all of those may at once; nil where nothing may.
    var freedom: (text: String, isJoint: Bool)?
    /// Where it came from, in a few words.
    var origin: String
    var evaluations: Int
    /// Whether there was nothing left to make simpler.
    var isSimplest = true
    /// Failures of another kind met on the way, a line each.
    var others: [String] = []
    var saved: String?
    var repeating: String

    var text: String {
        var lines = ["Does not hold for " + indented(value)]
        if let freedom {
            lines.append("  varies:   " + indented(freedom.text))
            let how = freedom.isJoint ? "all of them at once" : "one of them at a time"
            lines.append(
                "            where «any» stands, all other values tried fail as well, \(how)")
        }
        lines.append("  fails at: \(failure)")
        lines.append("  found in: \(origin), \(evaluations) evaluations to make it simple")
        if !isSimplest {
            lines.append(
                "            and cut off there: repeat the test to go on from the saved case")
        }
        lines += others.map { "  and also: \(indented($0))" }
        if let saved { lines.append("  saved as: \(saved)") }
        lines.append("  repeat:   \(repeating)")
        return lines.joined(separator: "\n")
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ")
    }

    /// The minimum with «any» wherever one of the others differs.
    static func marked(_ minimum: String, others: [String]) -> String {
        let letters = Array(minimum)
        var isFree = Array(repeating: false, count: letters.count)
        for other in others {
            guard let range = differing(letters, Array(other)) else { continue }
            for place in range { isFree[place] = true }
        }
        var text = ""
        for (place, letter) in letters.enumerated() {
            if !isFree[place] {
                text.append(letter)
            } else if place == 0 || !isFree[place - 1] {
                text += "«any»"
            }
        }
        return text
    }

    /// The words of `one` in which `other` differs.
    private static func differing(_ one: [Character], _ other: [Character]) -> Range<Int>? {
        guard one != other, !one.isEmpty else { return nil }
        var begin = 0
        while begin < min(one.count, other.count), one[begin] == other[begin] { begin += 1 }
        var (end, otherEnd) = (one.count, other.count)
        while end > begin, otherEnd > begin, one[end - 1] == other[otherEnd - 1] {
            end -= 1
            otherEnd -= 1
        }
        func isWord(_ letter: Character) -> Bool {
            letter.isLetter || letter.isNumber || "-_.+:\\".contains(letter)
        }
        while begin > 0, isWord(one[begin - 1]) { begin -= 1 }
        while end < one.count, isWord(one[end]) { end += 1 }
        return begin < end ? begin..<end : nil
    }
}

/// A value as its reader wants it: of a text, the quoted form, in which nothing is invisible.
func text<Value>(of value: Value) -> String {
    if value is String || value is Character || value is Unicode.Scalar {
        return String(reflecting: value)
    }
    // Of a set the order is another in each process.
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .set || mirror.displayStyle == .dictionary {
        let parts = mirror.children.map { child in
            let pair = Mirror(reflecting: child.value).children.map(\.value)
            return mirror.displayStyle == .set || pair.count != 2
                ? text(of: child.value) : "\(text(of: pair[0])): \(text(of: pair[1]))"
        }
        if parts.isEmpty { return mirror.displayStyle == .set ? "[]" : "[:]" }
        return "[\(parts.sorted().joined(separator: ", "))]"
    }
    return String(describing: value)
}
