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
    /// Whether bad is only what fails as the whole ledger does; or else any failure.
    let keepsFailure: Bool
    /// How often the command was run.
    public private(set) var probes = 0
    /// How the whole ledger fails; nil before that was asked, and where it is good.
    public private(set) var failure: CommandFailure?
    /// How often it failed otherwise than the whole ledger does.
    public private(set) var otherFailures = 0
    /// Whether the command could not judge a ledger without events, which was then taken for good.
    public private(set) var isEmptyUnjudged = false

    public init(_ ledger: EventLedger, _ probe: CommandProbe, keepsFailure: Bool = false) {
        (self.ledger, self.probe, self.keepsFailure) = (ledger, probe, keepsFailure)
    }

    /// - Parameter progress: called before each probe with the bounds; throws to stop.
    /// - Throws: `CommandProbe.Stopped`, also where no ledger at all can be judged; `LedgerError`.
    public mutating func run(progress: (Int, Int) throws -> Void = { _, _ in }) throws -> Result {
        let last = try ledger.headSequence()
        switch try answer(last) {
        case .good: return .allGood
        case .skipped:
            throw CommandProbe.Stopped(
                description: "the command cannot judge the whole ledger (exit code 125):"
                    + " \(probe.command)")
        case .bad(let how):
            guard how.isMeant else {
                throw CommandProbe.Stopped(
                    description: "the command fails on the whole ledger with \(how), and its output"
                        + " has no \"\(probe.match ?? "")\": give --match a text of that output")
            }
            failure = how
        }
        try progress(0, last)
        switch try answer(0) {
        case .good: break
        case .skipped: isEmptyUnjudged = true
        case .bad(let empty):
            try checkRuns(empty)
            return .emptyBad
        }
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
        let answer = try probe.answer(ledger, count == 0 ? [] : [1...count])
        // The first is the whole ledger's, with which others are compared.
        guard let failure, case .bad(let how) = answer,
            !probe.isMeant(how, as: keepsFailure ? failure : nil)
        else { return answer }
        otherFailures += 1
        return .good
    }

    /// A shell says 126 and 127 of a command that it cannot run, which is bad of no ledger.
    private func checkRuns(_ empty: CommandFailure) throws {
        guard let code = failure?.code, code == empty.code, code == 126 || code == 127 else {
            return
        }
        throw CommandProbe.Stopped(
            description: "the command ends with exit code \(code) whatever the ledger: "
                + (code == 127 ? "there is no such command" : "it cannot be run")
                + (empty.line.isEmpty ? "" : " (\(empty.line))") + ": \(probe.command)")
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
