import PropertyTesting

/// One of the published problems: what is generated, what does not hold, and the known minimum.
struct Problem: Sendable {
    var name: String
    /// Searches with a seed: whether the minimum was reached, what was, and how many evaluations it took.
    var search: @Sendable (UInt64) async -> (isMinimal: Bool, found: String, until: Int, evaluations: Int)?

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
            return (isMinimal(found.value), "\(found.value)", finding.cases + finding.invalid, found.evaluations)
        }
    }
}

@main struct Shrinking {
    static func main() async {
        let seeds = 100
        for problem in Problem.all {
            var (minimal, evaluations, found, until) = (0, 0, 0, 0)
            var other = ""
            for seed in 1...UInt64(seeds) {
                guard let result = await problem.search(seed) else { continue }
                found += 1
                until += result.until
                evaluations += result.evaluations
                if result.isMinimal { minimal += 1 } else { other = result.found }
            }
            let name = problem.name.padded(20)
            print("\(name) found \(found)  minimal \(minimal)  mean evaluations"
                + " until \(until / max(1, found)) after \(evaluations / max(1, found))  \(other.prefix(100))")
        }
    }
}

extension String {
    func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
