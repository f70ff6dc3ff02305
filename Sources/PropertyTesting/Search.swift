/// Looks for a case in which a property does not hold, and makes it simple.
public struct Search<Value> {
    /// A case that fails, as simple as it gets.
    public struct Finding {
        public var value: Value
        /// What tells this failure from others.
        public var failure: String
        public var choices: [Int]
        /// Cases that were run to make it simple.
        public var evaluations: Int
        /// Whether there was nothing more to try; false where the search was cut off.
        public var isFinished: Bool
        /// The simplest cases met on the way that fail otherwise, by failure, in the order they were met.
        public var others: [(failure: String, choices: [Int])]
    }

    /// What a search did.
    public struct Report {
        public var finding: Finding?
        /// Cases in which the property was run before the first that failed, and that one.
        public var cases = 0
        /// Draws that made no case, up to there.
        public var invalid = 0
        /// What a generator threw: the search ended there.
        public var error: (any Error)?
    }

    let gen: Gen<Value>
    let check: (Value, [Int]) async -> Outcome

    /// - Parameter check: whether a value, made of these choices, is as it should be.
    public init(_ gen: Gen<Value>, check: @escaping (Value, [Int]) async -> Outcome) {
        self.gen = gen
        self.check = check
    }

    /// Draws until so many cases were run, ten times as often at most.
    ///
    /// The first case is the simplest of all; then they grow. A case that fails is made simple at once, and
    /// the search is over.
    ///
    /// - Parameter found: told of the first failing case before it is made simple.
    public func run(
        seed: UInt64, cases: Int = 1_000, found: ([Int], String) -> Void = { _, _ in }
    ) async -> Report {
        var seeds = SplitMix(state: seed)
        var report = Report()
        var draws = 0
        while report.cases < cases, draws / 10 < cases {
            // A test's time limit ends the search, and a case is not waited for that nobody wants.
            if Task.isCancelled {
                report.error = CancellationError()
                break
            }
            var choices = Choices(seed: seeds.next(), size: draws * 2)
            draws += 1
            let outcome: Outcome
            do { outcome = try await check(gen.draw(&choices), choices.taken.map(\.value)) } catch {
                outcome = .invalid
                guard error is Choices.Invalid else {
                    report.error = error
                    break
                }
            }
            if outcome == .invalid { report.invalid += 1 } else { report.cases += 1 }
            guard case .failed(let failure) = outcome else { continue }
            found(choices.taken.map(\.value), failure)
            report.finding = await simplest(from: choices, failure)
            break
        }
        return report
    }

    /// The simplest case that fails as this one does; nil where it does not fail, and the outcome.
    public func simplified(_ values: [Int]) async -> (outcome: Outcome, finding: Finding?) {
        var choices = Choices(replaying: values, isExtended: true)
        let outcome = await outcome(&choices)
        guard case .failed(let failure) = outcome else { return (outcome, nil) }
        return (outcome, await simplest(from: choices, failure))
    }

    /// The case of these choices, run as it is.
    public func once(_ values: [Int]) async -> (value: Value?, outcome: Outcome) {
        var choices = Choices(replaying: values, isExtended: true)
        guard let value = try? gen.draw(&choices) else { return (nil, .invalid) }
        return (value, await check(value, choices.taken.map(\.value)))
    }

    private func simplest(from first: Choices, _ failure: String) async -> Finding? {
        let shrinker = Shrinker(first, failing: failure) { values in
            var choices = Choices(replaying: values)
            guard let value = try? gen.draw(&choices) else { return (choices, nil) }
            let taken = choices.taken.map(\.value)
            return (choices, { await check(value, taken) })
        }
        await shrinker.shrink()
        let values = shrinker.choices.map(\.value)
        var last = Choices(replaying: values)
        guard let value = try? gen.draw(&last) else { return nil }
        return Finding(
            value: value, failure: failure, choices: values, evaluations: shrinker.evaluations,
            isFinished: !shrinker.isExhausted,
            others: shrinker.others)
    }

    private func outcome(_ choices: inout Choices) async -> Outcome {
        guard let value = try? gen.draw(&choices) else { return .invalid }
        return await check(value, choices.taken.map(\.value))
    }
}

extension Search.Finding: Sendable where Value: Sendable {}
extension Search.Report: Sendable where Value: Sendable {}
