/// The events that a snapshot is of: 2^level neighbouring stretches that begin at a multiple of as many.
///
///     level 2:  ├──────────── 0 ────────────┤
///     level 1:  ├───── 0 ─────┼───── 1 ─────┤
///     level 0:  ├─ 0 ──┼─ 1 ──┼─ 2 ──┼─ 3 ──┤      stretches
///
/// Any part of history that begins and ends where stretches do is a few such ranges: the state at any
/// point is merged from the logarithm of the number of stretches.
struct SnapshotRange: Hashable, Sendable {
    /// How many events a stretch has.
    var stretch: Int
    var level: Int
    /// Its place among those of its level, from 0.
    var place: Int

    var count: Int { stretch << level }
    var first: Int { place * count + 1 }
    var last: Int { (place + 1) * count }
    var sequences: ClosedRange<Int> { first...last }

    /// Whether it is the later half of what the next level has.
    var isLaterHalf: Bool { place % 2 == 1 }
    var parent: SnapshotRange {
        SnapshotRange(stretch: stretch, level: level + 1, place: place / 2)
    }
    var earlier: SnapshotRange { SnapshotRange(stretch: stretch, level: level, place: place - 1) }

    /// The range of this level that begins at `first`; nil where none does.
    init?(stretch: Int, level: Int, first: Int) {
        guard stretch > 0, level >= 0, level < 40, first > 0, (first - 1) % (stretch << level) == 0
        else { return nil }
        self.init(stretch: stretch, level: level, place: (first - 1) / (stretch << level))
    }

    init(stretch: Int, level: Int, place: Int) {
        (self.stretch, self.level, self.place) = (stretch, level, place)
    }
}
