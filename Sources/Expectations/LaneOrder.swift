/// Whether messages come in the order of their places: those of each topic, and those of all.
struct LaneOrder {
    private var topics: [[UInt8]: Int64] = [:]
    private var all = Int64.min

    /// A message has come. One that may stand at several places is taken for the best of them.
    ///
    /// - Parameter aloneInTopic: whether other topics may have gone before.
    /// - Returns: whether it comes in order.
    mutating func take(
        _ place: ClosedRange<Int64>, of topic: [UInt8], aloneInTopic: Bool
    ) -> Bool {
        let last = topics[topic, default: .min]
        let isInOrder = place.upperBound >= last && (aloneInTopic || place.upperBound >= all)
        topics[topic] = max(last, place.lowerBound)
        all = max(all, place.lowerBound)
        return isInOrder
    }
}
