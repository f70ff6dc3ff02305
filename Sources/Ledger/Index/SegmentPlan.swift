/// Divides a range of sequences into what segments hold and what only rows do.
struct SegmentPlan {
    /// Those not yet passed, by number.
    private var segments: ArraySlice<Segment>

    /// To read a segment for fewer events than a part in so many costs more than their rows.
    private static let worth = 64

    /// - Parameter segments: by number, each of whole blocks. Where a file was tampered with they may
    ///   overlap or be out of order: then rows may take the place of some.
    init(segments: [Segment]) { self.segments = segments[...] }

    /// The first piece of `range`, and the segment that it lies in, wholly; nil where none does.
    /// Ranges must rise from call to call.
    mutating func next(_ range: ClosedRange<Int>) -> (ClosedRange<Int>, Segment?) {
        while let segment = segments.first, segment.last < range.lowerBound {
            segments.removeFirst()
        }
        var begin = range.upperBound
        for segment in segments {
            guard segment.first <= range.upperBound else { break }
            guard segment.last >= range.lowerBound else { continue }
            let piece = max(segment.first, range.lowerBound)...min(segment.last, range.upperBound)
            guard piece.count * SegmentPlan.worth >= segment.count else { continue }
            if piece.lowerBound == range.lowerBound { return (piece, segment) }
            begin = piece.lowerBound - 1
            break
        }
        return (range.lowerBound...begin, nil)
    }

    /// The segment is unsound: rows take its place.
    mutating func discard(_ segment: Segment) { segments.removeAll { $0 == segment } }
}
