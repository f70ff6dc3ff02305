/// At how many points of a history states are looked at.
///
/// Writing a state's rows costs much more than folding an event, so a long history is not looked at
/// after each of its events: 64 looks at least, and as many as `budget` rows allow. A change that is
/// undone before the next look is not seen.
struct LookPlan {
    /// A look is made after each so many events; 1 sees everything.
    let every: Int
    private static let budget = 1_000_000
    private static let least = 64

    /// - Parameters:
    ///   - events: how many the history has.
    ///   - rows: how many a state has at the end. A state may have to be sorted out before it can be
    ///     written, which counts as a row for eight events.
    ///   - asked: what a person asked for.
    init(events: Int, rows: Int, asked: Int?) {
        let looks = LookPlan.budget / (rows + events / 8 + 32)
        every = asked ?? max(1, (events - 1) / max(LookPlan.least, looks) + 1)
    }

    /// The points after which it is looked, the end included.
    func stops(_ events: Int) -> [Int] {
        events == 0 ? [] : Array(stride(from: every, to: events, by: every)) + [events]
    }
}
