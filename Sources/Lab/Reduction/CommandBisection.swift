import EventModel
import Ledger

/// Finds a place in a ledger where a command's answer turns from good to bad: one such place, if there
/// are several.
public struct CommandBisection {
    /// What was found.
    public enum Result: Sendable, Equatable {
        /// The first `good` events are good, and one more is bad.
        case transition(good: Int)
        /// The first `good` events are good, the first `bad` ones bad; what lies between cannot be judged.
        case skipped(good: Int, bad: Int)
        /// All events are good.
        case allGood
        /// No event at all is bad already.
        case emptyBad
    }

    let ledger: EventLedger
    let probe: CommandProbe
    /// How often the command was run.
    public private(set) var probes = 0

    public init(_ ledger: EventLedger, _ probe: CommandProbe) {
        (self.ledger, self.probe) = (ledger, probe)
    }

    /// - Parameter progress: called before each probe with the bounds; throws to stop.
    public mutating func run(progress: (Int, Int) throws -> Void = { _, _ in }) throws -> Result {
        let last = try ledger.headSequence()
        switch try answer(last) {
        case .good: return .allGood
        case .skipped:
            throw CommandProbe.Stopped(
                description: "the command cannot judge the whole ledger (exit code 125)")
        case .bad: break
        }
        guard try answer(0) != .bad else { return .emptyBad }
        var (good, bad) = (0, last)
        while bad - good > 1 {
            try progress(good, bad)
            var found = false
            for middle in CommandBisection.order(between: good, and: bad) {
                switch try answer(middle) {
                case .good: good = middle
                case .bad: bad = middle
                case .skipped:
                    try progress(good, bad)
                    continue
                }
                found = true
                break
            }
            if !found { return .skipped(good: good, bad: bad) }
        }
        return .transition(good: good)
    }

    private mutating func answer(_ count: Int) throws -> CommandProbe.Answer {
        probes += 1
        return try probe.answer(ledger, count == 0 ? [] : [1...count])
    }

    /// All places between two, from the middle outwards in growing strides, then those left out.
    static func order(between good: Int, and bad: Int) -> some Sequence<Int> {
        let middle = good + (bad - good) / 2
        var strides: [Int] = [middle]
        var known: Set<Int> = [middle]
        var distance = 1
        while distance < bad - good {
            for place in [middle - distance, middle + distance]
            where place > good && place < bad && known.insert(place).inserted {
                strides.append(place)
            }
            distance *= 2
        }
        let near = known
        return [
            AnySequence(strides), AnySequence((good + 1..<bad).lazy.filter { !near.contains($0) }),
        ]
        .lazy.joined()
    }
}
