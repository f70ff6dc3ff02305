import EventModel

/// A JSON path in the subset that EventBridge has at run time: `$`, `$.detail.click-type`,
/// `$.resources[0]`, `$['detail-type']`.
///
/// Dots take letters, digits, `-`, `_` and `/`; any other key stands in brackets and quotes.
/// Wildcards, filters, slices and `..` are refused.
struct JSONPath: Hashable, Sendable {
    let text: String
    private let steps: [Step]

    private enum Step: Hashable, Sendable {
        case member(String)
        case element(Int)
    }

    init(_ text: String) throws(InputError) {
        self.text = text
        var parser = Parser(text: text, rest: text.unicodeScalars[...])
        steps = try parser.steps()
    }

    /// Where the value stands in JSON that has been checked; nil where the event has none.
    ///
    /// Of members with one key the last one counts.
    func value(
        in bytes: UnsafeRawBufferPointer, at whole: Range<Int>
    ) throws(JSONError) -> Range<Int>? {
        var found = whole
        for step in steps {
            guard let next = try JSONPath.follow(step, in: bytes, from: found) else { return nil }
            found = next
        }
        return found
    }

    private static func follow(
        _ step: Step, in bytes: UnsafeRawBufferPointer, from range: Range<Int>
    ) throws(JSONError) -> Range<Int>? {
        var reader = JSONReader(bytes, at: range.lowerBound)
        var found: Range<Int>?
        switch (step, try reader.peekKind()) {
        case (.member(var name), .object):
            try reader.forEachMember { (reader, key) throws(JSONError) in
                let value = try reader.skipValue()
                if reader.string(at: key, is: &name) { found = value }
            }
        case (.element(let index), .array):
            var place = 0
            try reader.forEachElement { (reader) throws(JSONError) in
                let value = try reader.skipValue()
                if place == index { found = value }
                place += 1
            }
        default: break
        }
        return found
    }

    private struct Parser {
        let text: String
        var rest: String.UnicodeScalarView.SubSequence

        func fail(_ reason: String) -> InputError { .path(text, reason: reason) }

        mutating func steps() throws(InputError) -> [Step] {
            guard rest.popFirst() == "$" else { throw fail("it must begin with \"$\"") }
            var steps: [Step] = []
            while let next = rest.popFirst() {
                switch next {
                case ".": steps.append(.member(try name()))
                case "[": steps.append(try bracket())
                default: throw fail("\".\" or \"[\" was expected, not \"\(next)\"")
                }
            }
            return steps
        }

        private mutating func name() throws(InputError) -> String {
            if rest.first == "." { throw fail("\"..\" is not of the service's subset") }
            if rest.first == "*" { throw fail("wildcards are not modelled; name the key") }
            let name = String(rest.prefix { isPlain($0) })
            guard !name.isEmpty else { throw fail("a key was expected after \".\"") }
            rest = rest.dropFirst(name.unicodeScalars.count)
            if let next = rest.first, next != ".", next != "[" {
                throw fail(
                    "a key with \"\(next)\" stands in brackets and quotes, as in $['\(next)']")
            }
            return name
        }

        private func isPlain(_ scalar: UnicodeScalar) -> Bool {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", "/": true
            default: false
            }
        }

        private mutating func bracket() throws(InputError) -> Step {
            let step: Step
            switch rest.first {
            case "'", "\"": step = .member(try quoted())
            case "*": throw fail("wildcards are not modelled; give a number")
            default:
                let digits = String(rest.prefix { ("0"..."9").contains($0) })
                guard let index = Int(digits) else {
                    throw fail("a number from 0 or a key in quotes was expected after \"[\"")
                }
                rest = rest.dropFirst(digits.unicodeScalars.count)
                step = .element(index)
            }
            guard rest.popFirst() == "]" else { throw fail("a \"]\" is missing") }
            return step
        }

        private mutating func quoted() throws(InputError) -> String {
            let quote = rest.popFirst()
            var name = String.UnicodeScalarView()
            while let next = rest.popFirst() {
                if next == quote { return String(name) }
                guard next == "\\" else {
                    name.append(next)
                    continue
                }
                guard let escaped = rest.popFirst(), escaped == quote || escaped == "\\" else {
                    throw fail("after \"\\\" only the quote or \"\\\" may stand")
                }
                name.append(escaped)
            }
            throw fail("a closing quote is missing")
        }
    }
}
