/// Whether an alternative's fields can be satisfied by values that lie in the same element of every
/// array that they share.
///
/// It tries the fields in their order and goes back where it gets stuck. Only the elements of arrays
/// that fields further on lie in matter to them; with long arrays it remembers which of these led
/// nowhere, so that the work does not multiply from field to field.
///
/// A value that is used again: its arrays keep their memory from one alternative to the next.
struct ArrayAgreement: Sendable {
    /// An element that has been chosen: an array and a place in it.
    private struct Choice: Hashable {
        let array: Int32
        let index: Int32
    }

    private struct DeadEnd: Hashable {
        let place: Int
        let choices: [Choice]
    }

    /// A field that has values in array elements.
    private struct Field {
        let mayBeAbsent: Bool
        /// Its values, in `values`.
        let begin: Int
        let end: Int
    }

    /// The innermost element that a value lies in, and whether it passes.
    private struct Value {
        let element: Int32
        let passes: Bool
    }

    private var fields: [Field] = []
    private var values: [Value] = []
    private var chosen: [Choice] = []
    private var steps = 0
    private var deadEnds: Set<DeadEnd> = []
    /// For each field, the arrays in which it or a field behind it has values, once they are asked for.
    private var arraysFrom: [Set<Int32>] = []

    /// From so many steps on, dead ends are remembered.
    private static let patience = 64

    mutating func exists(
        _ rules: CompiledRules, _ alternative: Int, _ scratch: borrowing MatchScratch
    ) -> Bool {
        fields.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        chosen.removeAll(keepingCapacity: true)
        steps = 0
        if !deadEnds.isEmpty { deadEnds = [] }
        if !arraysFrom.isEmpty { arraysFrom = [] }
        // Values outside of arrays agree with everything.
        for field in rules.fields[alternative] where scratch.isInElement[Int(field)] {
            let begin = values.count
            for value in scratch.values where value.field == field {
                let passed = scratch.passed[Int(value.firstPassed)..<Int(value.endPassed)]
                values.append(
                    Value(
                        element: value.element,
                        passes: passed.contains { rules.members.has($0, alternative) }))
            }
            fields.append(
                Field(
                    mayBeAbsent: rules.members.mayBeAbsent(field, alternative), begin: begin,
                    end: values.count))
        }
        return continues(at: 0, scratch)
    }

    private mutating func continues(
        at place: Int, _ scratch: borrowing MatchScratch
    ) -> Bool {
        guard place < fields.count else { return true }
        steps += 1
        var deadEnd: DeadEnd?
        if steps > ArrayAgreement.patience {
            if arraysFrom.isEmpty { findArrays(scratch) }
            let arrays = arraysFrom[place]
            let key = DeadEnd(place: place, choices: chosen.filter { arrays.contains($0.array) })
            if deadEnds.contains(key) { return false }
            deadEnd = key
        }
        let field = fields[place]
        var isAbsent = true
        for at in field.begin..<field.end {
            let before = chosen.count
            if choose(values[at].element, scratch) {
                isAbsent = false
                if values[at].passes, continues(at: place + 1, scratch) { return true }
            }
            chosen.removeLast(chosen.count - before)
        }
        if isAbsent, field.mayBeAbsent, continues(at: place + 1, scratch) { return true }
        if let deadEnd { deadEnds.insert(deadEnd) }
        return false
    }

    /// Chooses an element and those around it; false where another element of an array was chosen.
    private mutating func choose(
        _ innermost: Int32, _ scratch: borrowing MatchScratch
    ) -> Bool {
        var place = innermost
        while place >= 0 {
            let element = scratch.elements[Int(place)]
            if let other = chosen.first(where: { $0.array == element.array }) {
                if other.index != element.index { return false }
            } else {
                chosen.append(Choice(array: element.array, index: element.index))
            }
            place = element.parent
        }
        return true
    }

    private mutating func findArrays(_ scratch: borrowing MatchScratch) {
        var all: Set<Int32> = []
        for field in fields.reversed() {
            for value in values[field.begin..<field.end] {
                var place = value.element
                while place >= 0 {
                    all.insert(scratch.elements[Int(place)].array)
                    place = scratch.elements[Int(place)].parent
                }
            }
            arraysFrom.append(all)
        }
        arraysFrom.reverse()
    }
}
