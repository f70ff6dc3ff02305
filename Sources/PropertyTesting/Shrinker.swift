/// Finds the simplest choices that fail as a first case did.
///
/// Passes run in turn, cheap ones first, until none gets further. Each proposes other choices; whatever
/// fails in the same way and is simpler is gone on with.
final class Shrinker {
    /// What the generator takes of some choices, and the property for its value; nil where there is none.
    typealias Replay = ([Int]) -> (noted: Choices, check: (() async -> Outcome)?)

    private let replay: Replay
    private let identity: String
    private var best: Choices
    private var known: Set<[Int]> = []
    private var strangers: [(failure: String, choices: [Choice])] = []
    /// How often the property was asked.
    private(set) var evaluations = 0
    private let limit: Int
    /// Whether the last choices that were run made a case.
    private(set) var wasCase = true

    init(_ first: Choices, failing identity: String, limit: Int = 20_000, replay: @escaping Replay)
    {
        best = first
        self.identity = identity
        self.limit = limit
        self.replay = replay
        known.insert(first.taken.map(\.value))
    }

    /// The simplest cases met on the way that fail otherwise.
    var others: [(failure: String, choices: [Int])] {
        strangers.map { ($0.failure, $0.choices.map(\.value)) }
    }

    var choices: [Choice] { best.taken }
    var spans: [Choices.Span] { best.spans }
    /// Whether there is no more time: so many evaluations, or the test's own limit.
    var isExhausted: Bool { evaluations >= limit || Task.isCancelled }

    /// Takes over choices that are simpler and fail in the same way.
    @discardableResult
    func propose(_ script: [Choice]) async -> Bool {
        let values = script.map(\.value)
        guard !isExhausted, isSimpler(script, choices), known.insert(values).inserted else {
            return false
        }
        let (noted, check) = replay(values)
        wasCase = check != nil
        // Without a value, or with one that is known or no simpler, the property need not be asked.
        let taken = noted.taken.map(\.value)
        guard let check, isSimpler(noted.taken, choices),
            taken == values || known.insert(taken).inserted
        else { return false }
        evaluations += 1
        let outcome = await check()
        wasCase = outcome != .invalid
        note(outcome, noted.taken)
        guard outcome == .failed(identity) else { return false }
        best = noted
        return true
    }

    /// A failure never slips into another: that one is kept by itself.
    private func note(_ outcome: Outcome, _ choices: [Choice]) {
        guard case .failed(let failure) = outcome, failure != identity else { return }
        guard let place = strangers.firstIndex(where: { $0.failure == failure }) else {
            strangers.append((failure, choices))
            return
        }
        if isSimpler(choices, strangers[place].choices) { strangers[place].choices = choices }
    }

    func shrink() async {
        let passes: [() async -> Void] = [
            deleteSpans, simplifySpans, replaceByDescendants, lowerChoices, lowerAlike,
            sortSiblings, moveWeight, lowerTogether, deleteChoices, lowerAndDelete, deleteAndFlip,
            deleteSteps,
        ]
        var isMoving = true
        while isMoving, !isExhausted {
            isMoving = false
            for pass in passes {
                let before = choices
                await pass()
                if choices != before { isMoving = true }
            }
        }
    }

    /// The greatest `n` from 1 on for which `works`, supposing that it works for all below; 0 where not even
    /// 1 does. Asks about the logarithm of it.
    func greatest(_ works: (Int) async -> Bool) async -> Int {
        for n in 1...4 {
            guard await works(n) else { return n - 1 }
        }
        var low = 4
        var high = 8
        while await works(high) {
            low = high
            // In large steps: the bisection costs as much wherever it begins.
            guard high <= Int.max / 16 else { return low }
            high *= 16
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if await works(middle) { low = middle } else { high = middle }
        }
        return low
    }
}

extension [Choice] {
    func removing(_ range: Range<Int>) -> [Choice] {
        guard range.upperBound <= count else { return self }
        return Array(self[..<range.lowerBound] + self[range.upperBound...])
    }
}
