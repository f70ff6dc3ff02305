import Synchronization
import Testing

@testable import Mutants

@Suite struct `A mutant` {
    /// And what catches it must not be what catches everything.
    @Test(arguments: Mutant.all.indices)
    func `is caught in time and reduced to its known minimum, and the real part is not`(
        place: Int
    ) async throws {
        let mutant = Mutant.all[place]
        let verdict = try await mutant.verdict()
        #expect(verdict.complaint == nil)
        let cases = verdict.worst?.cases ?? mutant.budget
        let control = Control(oracle: mutant.oracle, seeds: mutant.seeds, cases: cases)
        guard !Self.passed.withLock({ $0.contains(control) }) else { return }
        let found = try await mutant.control(cases: cases)
        #expect(found == nil)
        if found == nil { Self.passed.withLock { _ = $0.insert(control) } }
    }

    /// What an oracle is given with the real part: the same for each mutant that it catches as late.
    private struct Control: Hashable {
        var oracle: String
        var seeds: ClosedRange<UInt64>
        var cases: Int
    }

    /// In which nothing was found.
    private static let passed = Mutex<Set<Control>>([])

    @Test func `has a name of its own, a budget and a reason`() {
        #expect(Set(Mutant.all.map(\.name)).count == Mutant.all.count)
        for mutant in Mutant.all {
            #expect(mutant.budget > 0 && !mutant.minimum.because.isEmpty, "\(mutant.name)")
        }
        #expect(Mutant.all.count >= 30)
        #expect(Set(Mutant.all.map(\.kind)) == Set(Mutant.Kind.allCases))
    }

    @Test func `that nobody catches, or that is not minimal, is a complaint`() async throws {
        func verdict(_ part: @escaping BusPart, within budget: Int, _ lines: String) async throws
            -> String?
        {
            let mutant = Mutant(
                "m", .bus, "", by: Oracles.bus, "missing at the log", within: budget,
                Minimum(lines, because: ""), part: part)
            return try await mutant.verdict().complaint
        }
        let real = try await verdict(BusBench.real, within: 20, "put SINGLE")
        #expect(real == "m survived 20 cases of bus: missing at the log (seed 1)")
        let other = try await verdict(Mutant.forgetsThirdRetry, within: 60, "put SINGLE")
        #expect(
            other?.contains("m was caught by bus: lost on the way to the feeder, and should")
                == true)
        let silent: BusPart = { rules, _ in BusBench.real(rules, [:]) }
        let late = try await verdict(silent, within: 60, "put DOUBLE")
        #expect(
            late?.contains("[\"put SINGLE\"], and its known minimum is [\"put DOUBLE\"]") == true)
    }

    @Test func `makes the same bytes on every run`() async throws {
        let mutants = Array(Mutant.all.prefix(4))
        #expect(try await MutantTable(mutants).json == MutantTable(mutants).json)
    }
}
