/// The memory that matching works in. Keep one for each thread and give it to every call, so that
/// nothing is allocated for an event; its contents mean nothing between calls.
public struct MatchScratch: Sendable {
    /// A value of a field.
    struct Value {
        let field: Int32
        /// The innermost array element that it lies in: a place in `elements`, or -1.
        let element: Int32
        /// The tests that it passed, in `passed`.
        let firstPassed: Int32
        let endPassed: Int32
    }

    /// An element of an array in which there is an object or an array.
    struct Element {
        let array: Int32
        let index: Int32
        /// The element that the array lies in, or -1.
        let parent: Int32
    }

    var values: [Value] = []
    var passed: [Int32] = []
    var elements: [Element] = []
    var arrayCount: Int32 = 0
    /// For each slot, the alternatives whose field has a value that passed.
    var got: [UInt64] = []
    /// For each field, whether it has values, and any inside an array's element.
    var isPresent: [Bool] = []
    var isInElement: [Bool] = []
    /// The alternatives that are left.
    var left: [UInt64] = []
    /// A string without its escapes.
    var plain: [UInt8] = []
    var agreement = ArrayAgreement()

    /// Empty room, which grows with the first events and is used again.
    public init() {}

    mutating func reset(slots: Int, fields: Int) {
        values.removeAll(keepingCapacity: true)
        passed.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
        arrayCount = 0
        MatchScratch.clear(&got, 0, slots)
        MatchScratch.clear(&isPresent, false, fields)
        MatchScratch.clear(&isInElement, false, fields)
    }

    @inline(__always)
    private static func clear<T>(_ array: inout [T], _ value: T, _ count: Int) {
        if array.count == count {
            for place in array.indices { array[place] = value }
        } else {
            array = Array(repeating: value, count: count)
        }
    }
}
