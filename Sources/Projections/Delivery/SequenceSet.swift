/// A set of sequences that nearly fills up from below: a mark, and what lies beyond it.
public struct SequenceSet: Sendable {
    /// All sequences up to this one are in the set.
    public private(set) var complete: Int
    private var beyond: Set<Int> = []

    /// - Parameter first: sequences before it count as had.
    public init(from first: Int = 1) { complete = first - 1 }

    /// - Returns: whether the sequence was new.
    @discardableResult
    public mutating func insert(_ sequence: Int) -> Bool {
        guard sequence > complete else { return false }
        if sequence == complete + 1, beyond.isEmpty {
            complete = sequence
            return true
        }
        guard beyond.insert(sequence).inserted else { return false }
        while beyond.remove(complete + 1) != nil { complete += 1 }
        return true
    }
}
