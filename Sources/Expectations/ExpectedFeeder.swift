import EventModel

/// When a feeder tells its state, and what, worked out from the moments at which messages reach it.
///
/// A feed lasts twelve seconds. Whoever comes while it lasts is served at its end; whoever comes
/// later, at the next time round a loop of three seconds, which is counted from the end of the last
/// feed. A state that is news is told at the first time round at which no feed is under way. Who
/// comes at the very moment of a round that tells a state has missed that round.
struct ExpectedFeeder {
    private static let feed: Int64 = 12_000_000
    private static let period: Int64 = 3_000_000

    let settings: ExpectedTranscript.Feeder
    private let tellsStates: Bool
    private var hopper: Int
    private var told: Int?
    /// A time round the loop that has not been yet; the next ones are a period apart.
    private var round: Timestamp
    /// When the last message was done with; nil before the first.
    private var done: Timestamp?
    /// A state that is told before the message that waits for the same round is read.
    private var announced: (at: Timestamp, capacity: Int)?

    init(_ settings: ExpectedTranscript.Feeder, tellsStates: Bool, at boot: Timestamp) {
        self.settings = settings
        self.tellsStates = tellsStates
        hopper = settings.hopperGrams
        round = boot
    }

    /// The state that is told next, unless a message comes before.
    var nextState: Timestamp? { announced?.at ?? (hasNews ? round : nil) }

    /// The moment at which it comes to rest, all states told.
    var rest: Timestamp? { done }

    private var hasNews: Bool { tellsStates && told != capacity }

    /// Per cent of a full hopper.
    private var capacity: Int {
        settings.hopperGrams == 0 ? 0 : hopper * 100 / settings.hopperGrams
    }

    /// Tells the next state: its payload.
    mutating func tell() -> String {
        let capacity: Int
        if let announced {
            capacity = announced.capacity
            self.announced = nil
        } else {
            capacity = self.capacity
            round.microseconds += Self.period
        }
        told = capacity
        return "{\"food_capacity\":\(capacity)}"
    }

    /// A message has come, all states up to `now` told; no click, no feed.
    mutating func receive(_ click: ClickKind?, at now: Timestamp) {
        let begin: Timestamp
        if let done, now < done {
            begin = done
        } else {
            if now > round {
                let rounds = (now.microseconds - round.microseconds + Self.period - 1) / Self.period
                round.microseconds += rounds * Self.period
            }
            begin = round
            if hasNews, announced == nil {
                announced = (begin, capacity)
                told = capacity
            }
        }
        let end = Timestamp(microseconds: begin.microseconds + (click == nil ? 0 : Self.feed))
        for bowl in click?.bowls ?? [] {
            let portion = bowl == .left ? settings.leftGrams : settings.rightGrams
            if hopper < portion { hopper = settings.hopperGrams }
            hopper -= min(portion, hopper)
        }
        done = end
        round = Timestamp(microseconds: end.microseconds + Self.period)
    }
}
