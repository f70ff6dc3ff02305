import PropertyTesting

/// One of the published problems: what is generated, what does not hold, and the known minimum.
struct Problem: Sendable {
    var name: String
    /// Searches with a seed: whether the minimum was reached, what was, and how many evaluations it took.
    var search:
        @Sendable (UInt64) async -> (isMinimal: Bool, found: String, until: Int, evaluations: Int)?

    init<Value>(
        _ name: String, _ gen: Gen<Value>, fails: @escaping @Sendable (Value) -> Bool?,
        isMinimal: @escaping @Sendable (Value) -> Bool
    ) {
        self.name = name
        search = { seed in
            let finding = await Search(gen) { value, _ in
                switch fails(value) {
                case nil: .invalid
                case true?: .failed(name)
                case false?: .passed
                }
            }.run(seed: seed, cases: 10_000)
            guard let found = finding.finding else { return nil }
            return (
                isMinimal(found.value), "\(found.value)", finding.cases + finding.invalid,
                found.evaluations
            )
        }
    }
}

/// `shrinking [SEEDS [PROBLEM…]]`: a JSON object a line for each problem.
@main struct Shrinking {
    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        let seeds = words.first.flatMap { UInt64($0) } ?? 100
        let wanted = Set(words.dropFirst())
        for problem in Problem.all where wanted.isEmpty || wanted.contains(problem.name) {
            print(await problem.measure(seeds: max(1, seeds)))
        }
    }
}

extension Problem {
    /// How often the failure was found and its minimum reached, and the means of what that took.
    fileprivate func measure(seeds: UInt64) async -> String {
        var (minimal, evaluations, found, before) = (0, 0, 0, 0)
        for seed in 1...seeds {
            guard let result = await search(seed) else { continue }
            found += 1
            before += result.until
            evaluations += result.evaluations
            if result.isMinimal { minimal += 1 }
        }
        func mean(_ sum: Int) -> Double { Double(sum * 10 / max(1, found)) / 10 }
        return """
            {"problem": "\(name)", "seeds": \(seeds), "found": \(found), "minimal": \(minimal), \
            "before": \(mean(before)), "evaluations": \(mean(evaluations))}
            """
    }
}
