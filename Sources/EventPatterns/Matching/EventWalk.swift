import EventModel

/// One way over an event's bytes: checks them as JSON, hands the values that rules read to their
/// tests, and skips the rest.
///
/// It reads plain text itself; strings with escapes or beyond ASCII, and the words for what is wrong,
/// are `JSONReader`'s.
struct EventWalk {
    let bytes: UnsafeRawBufferPointer
    let count: Int
    private let rules: CompiledRules
    /// The byte that is read next.
    var at = 0

    init(_ bytes: UnsafeRawBufferPointer, _ rules: CompiledRules) {
        self.bytes = bytes
        count = bytes.count
        self.rules = rules
    }

    /// Reads the whole event into `scratch`.
    mutating func run(_ scratch: inout MatchScratch) throws(JSONError) {
        guard peek() == 0x7B else {
            throw malformed("an event is a JSON object, from { to }")
        }
        try walkObject(0, element: -1, depth: 0, &scratch)
        guard peek() == 0 && at >= count else {
            throw JSONError(offset: at, reason: "there is text after the JSON value")
        }
    }

    private mutating func walkObject(
        _ node: Int, element: Int32, depth: Int, _ scratch: inout MatchScratch
    ) throws(JSONError) {
        try open(depth)
        if peek() == 0x7D {
            at += 1
            return
        }
        while true {
            let start = try beginName()
            let isPlain = try scanString()
            let end = at
            try skipColon()
            let child =
                isPlain
                ? step(node, start + 1, end - 1)
                : step(node, escaped: start..<end)
            if child < 0 {
                try skipValue(depth: depth + 1)
            } else {
                try walkValue(child, element: element, depth: depth + 1, &scratch)
            }
            if try closes(0x7D) { return }
        }
    }

    private mutating func walkArray(
        _ node: Int, element: Int32, depth: Int, _ scratch: inout MatchScratch
    ) throws(JSONError) {
        try open(depth)
        let array = scratch.arrayCount
        scratch.arrayCount += 1
        if peek() == 0x5D {
            at += 1
            return
        }
        var index: Int32 = 0
        while true {
            let byte = peek()
            var inner = element
            if byte == 0x7B || byte == 0x5B {
                inner = Int32(scratch.elements.count)
                scratch.elements.append(
                    MatchScratch.Element(array: array, index: index, parent: element))
            }
            try walkValue(node, element: inner, depth: depth + 1, &scratch)
            index += 1
            if try closes(0x5D) { return }
        }
    }

    private mutating func walkValue(
        _ node: Int, element: Int32, depth: Int, _ scratch: inout MatchScratch
    ) throws(JSONError) {
        let byte = peek()
        if byte == 0x7B { return try walkObject(node, element: element, depth: depth, &scratch) }
        if byte == 0x5B { return try walkArray(node, element: element, depth: depth, &scratch) }
        let start = at
        let field = Int(rules.trie.field(of: node))
        if byte == 0x22 {
            let isPlain = try scanString()
            guard field >= 0 else { return }
            if isPlain {
                let value = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
                record(value, .string, field, element, &scratch)
            } else {
                resolve(start..<at, &scratch)
                let plain = scratch.plain
                plain.withUnsafeBytes { record($0, .string, field, element, &scratch) }
            }
            return
        }
        let kind = try skipScalar(byte)
        guard field >= 0 else { return }
        record(
            UnsafeRawBufferPointer(rebasing: bytes[start..<at]), kind, field, element, &scratch)
    }

    /// Holds a value against its field's tests and notes which it passes.
    private func record(
        _ value: UnsafeRawBufferPointer, _ kind: JSONKind, _ field: Int, _ element: Int32,
        _ scratch: inout MatchScratch
    ) {
        let first = Int32(scratch.passed.count)
        scratch.isPresent[field] = true
        if element >= 0 { scratch.isInElement[field] = true }
        rules.tests[field].evaluate(value, kind) { test in
            scratch.passed.append(test)
            rules.members.add(test, to: &scratch.got)
        }
        scratch.values.append(
            MatchScratch.Value(
                field: Int32(field), element: element, firstPassed: first,
                endPassed: Int32(scratch.passed.count)))
    }

    /// Puts the string at `range` into the scratch, its quotes kept, its escapes resolved.
    private func resolve(_ range: Range<Int>, _ scratch: inout MatchScratch) {
        scratch.plain.removeAll(keepingCapacity: true)
        scratch.plain.append(0x22)
        scratch.plain += JSONReader(bytes).text(ofString: range).utf8
        scratch.plain.append(0x22)
    }

    /// The node behind a name without escapes; -1 where no rule goes that way.
    @inline(__always)
    private func step(_ node: Int, _ start: Int, _ end: Int) -> Int {
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        let child = rules.trie.child(of: node, name)
        if child >= 0 { return child }
        return name.contains(0x2E) ? stepByStep(node, name) : -1
    }

    private func step(_ node: Int, escaped range: Range<Int>) -> Int {
        Array(JSONReader(bytes).text(ofString: range).utf8).withUnsafeBytes { stepByStep(node, $0) }
    }

    /// The node behind a name of which each dot ends a step.
    private func stepByStep(_ node: Int, _ name: UnsafeRawBufferPointer) -> Int {
        var node = node
        for step in name.split(separator: 0x2E, omittingEmptySubsequences: false) {
            node = rules.trie.child(of: node, UnsafeRawBufferPointer(rebasing: step))
            if node < 0 { return -1 }
        }
        return node
    }
}
