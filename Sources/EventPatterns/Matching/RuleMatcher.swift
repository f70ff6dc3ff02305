import EventModel

/// Finds the rules that an event matches; compiled once from their patterns, used for any number of
/// events, from any thread.
///
/// The way of an event:
///
///     bytes ── EventWalk ──> values of fields ── FieldTests ──> tests passed
///           ── bit sets ──> alternatives all of whose fields passed
///           ── ArrayAgreement ──> those whose values lie in the same array elements
///
/// The cost is one walk over the bytes, a few look-ups for every value that any rule reads, and for
/// each field one word for every 64 rules.
public struct RuleMatcher: Sendable {
    private let compiled: CompiledRules

    /// - Parameter patterns: matches are told by their places here.
    public init(_ patterns: [EventPattern]) {
        var compiler = RuleCompiler()
        for (rule, pattern) in patterns.enumerated() { compiler.add(pattern, rule: rule) }
        compiled = compiler.finish()
    }

    /// The rules that the event matches.
    ///
    /// - Parameter event: one JSON object, UTF-8.
    /// - Returns: the places of their patterns, ascending.
    /// - Throws: where and why the event is no JSON object.
    public func matches(_ event: UnsafeRawBufferPointer) throws(JSONError) -> [Int] {
        var scratch = MatchScratch()
        var found: [Int] = []
        try matches(event, into: &found, scratch: &scratch)
        return found
    }

    /// The same for a text.
    public func matches(_ event: String) throws(JSONError) -> [Int] {
        let result = Array(event.utf8).withUnsafeBytes { bytes in
            Result { () throws(JSONError) -> [Int] in try matches(bytes) }
        }
        return try result.get()
    }

    /// The same without allocating anything: `found` is replaced by the rules that match.
    public func matches(
        _ event: UnsafeRawBufferPointer, into found: inout [Int], scratch: inout MatchScratch
    ) throws(JSONError) {
        found.removeAll(keepingCapacity: true)
        scratch.reset(slots: compiled.members.slots.count, fields: compiled.tests.count)
        var walk = EventWalk(event, compiled)
        try walk.run(&scratch)
        findCandidates(&scratch)
        collect(&scratch, into: &found)
    }

    /// Leaves the alternatives each of whose fields has a value that passes, or may be absent.
    private func findCandidates(_ scratch: inout MatchScratch) {
        let count = compiled.rules.count
        let words = (count + 63) / 64
        scratch.left.removeAll(keepingCapacity: true)
        for word in 0..<words {
            let isLast = word == words - 1 && count % 64 != 0
            scratch.left.append(isLast ? RuleMembers.bit(count) - 1 : .max)
        }
        for (place, slot) in compiled.members.slots.enumerated() {
            let field = Int(slot.field)
            var got = scratch.got[place]
            // A field may be absent from the elements that the other fields have chosen.
            if !scratch.isPresent[field] || scratch.isInElement[field] { got |= slot.absent }
            scratch.left[Int(slot.word)] &= ~slot.needs | got
        }
    }

    private func collect(_ scratch: inout MatchScratch, into found: inout [Int]) {
        let hasElements = !scratch.elements.isEmpty
        // Taken out meanwhile, since it reads the rest.
        var agreement = ArrayAgreement()
        swap(&agreement, &scratch.agreement)
        defer { swap(&agreement, &scratch.agreement) }
        for word in scratch.left.indices {
            var left = scratch.left[word]
            while left != 0 {
                let alternative = word * 64 + left.trailingZeroBitCount
                left &= left - 1
                let rule = Int(compiled.rules[alternative])
                if found.last == rule { continue }
                if hasElements, needsAgreement(alternative, scratch),
                    !agreement.exists(compiled, alternative, scratch)
                {
                    continue
                }
                found.append(rule)
            }
        }
    }

    /// Whether the bits do not tell: two fields have values in array elements, or one such field may
    /// be absent.
    private func needsAgreement(_ alternative: Int, _ scratch: borrowing MatchScratch) -> Bool {
        var count = 0
        for field in compiled.fields[alternative] where scratch.isInElement[Int(field)] {
            count += 1
            if count == 2 || compiled.members.mayBeAbsent(field, alternative) { return true }
        }
        return false
    }
}
