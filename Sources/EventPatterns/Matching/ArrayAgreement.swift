/// Whether an alternative's fields can be satisfied by values that lie in the same element of every
/// array that they share.
///
/// It tries the fields in their order and goes back where it gets stuck. Only the elements of arrays
/// that fields further on lie in matter to them; with long arrays it remembers which of these led
/// nowhere, so that the work does not multiply from field to field.
struct ArrayAgreement {
    /// An element that has been chosen: an array and a place in it.
    private struct Choice: Hashable {
        let array: Int32
        let index: Int32
    }

    private struct DeadEnd: Hashable {
        let place: Int
        let choices: [Choice]
    }

    private let fields: [Int32]
    private let mayBeAbsent: [Bool]
    /// For each field, its values: the innermost element, and whether the value passes.
    private let values: [[(element: Int32, passes: Bool)]]
    private let elements: [MatchScratch.Element]
    private var chosen: [Choice] = []
    private var steps = 0
    private var deadEnds: Set<DeadEnd> = []

    /// From so many steps on, dead ends are remembered.
    private static let patience = 64

    init(_ rules: CompiledRules, _ alternative: Int, _ scratch: MatchScratch) {
        // Values outside of arrays agree with everything.
        fields = rules.fields[alternative].filter { scratch.isInElement[Int($0)] }
        elements = scratch.elements
        mayBeAbsent = fields.map { rules.members.mayBeAbsent($0, alternative) }
        values = fields.map { field in
            scratch.values.compactMap { value in
                guard value.field == field else { return nil }
                let passed = scratch.passed[Int(value.firstPassed)..<Int(value.endPassed)]
                return (value.element, passed.contains { rules.members.has($0, alternative) })
            }
        }
    }

    mutating func exists() -> Bool { continues(at: 0) }

    private mutating func continues(at place: Int) -> Bool {
        guard place < fields.count else { return true }
        steps += 1
        var deadEnd: DeadEnd?
        if steps > ArrayAgreement.patience {
            let arrays = arraysFrom[place]
            let key = DeadEnd(place: place, choices: chosen.filter { arrays.contains($0.array) })
            if deadEnds.contains(key) { return false }
            deadEnd = key
        }
        var isAbsent = true
        for value in values[place] {
            let before = chosen.count
            if choose(value.element) {
                isAbsent = false
                if value.passes, continues(at: place + 1) { return true }
            }
            chosen.removeLast(chosen.count - before)
        }
        if isAbsent, mayBeAbsent[place], continues(at: place + 1) { return true }
        if let deadEnd { deadEnds.insert(deadEnd) }
        return false
    }

    /// Chooses an element and those around it; false where another element of an array was chosen.
    private mutating func choose(_ innermost: Int32) -> Bool {
        var place = innermost
        while place >= 0 {
            let element = elements[Int(place)]
            if let other = chosen.first(where: { $0.array == element.array }) {
                if other.index != element.index { return false }
            } else {
                chosen.append(Choice(array: element.array, index: element.index))
            }
            place = element.parent
        }
        return true
    }

    /// For each field, the arrays in which it or a field behind it has values.
    private lazy var arraysFrom: [Set<Int32>] = {
        var all: Set<Int32> = []
        var arrays: [Set<Int32>] = []
        for values in values.reversed() {
            for value in values {
                var place = value.element
                while place >= 0 {
                    all.insert(elements[Int(place)].array)
                    place = elements[Int(place)].parent
                }
            }
            arrays.append(all)
        }
        return arrays.reversed()
    }()
}
