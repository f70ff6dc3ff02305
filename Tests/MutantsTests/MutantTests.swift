import Testing

@testable import Mutants

@Suite struct `A mutant` {
    @Test(arguments: Mutant.all.indices)
    func `is caught in time and reduced to its known minimum`(place: Int) async throws {
        let verdict = try await Mutant.all[place].verdict()
        #expect(verdict.complaint == nil)
    }

    /// What catches a mutant must not be what catches everything.
    @Test(arguments: Mutant.all.indices)
    func `is not found in the real part`(place: Int) async throws {
        let mutant = Mutant.all[place]
        let cases = (try await mutant.verdict()).capture?.cases ?? mutant.budget
        #expect(try await mutant.control(cases: cases) == nil)
    }

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
        #expect(real == "m survived 20 cases of bus: missing at the log")
        let other = try await verdict(Mutant.forgetsThirdRetry, within: 60, "put SINGLE")
        #expect(other?.contains("m was caught by bus: missing at the feeder, and should") == true)
        let silent: BusPart = { rules, _ in BusBench.real(rules, [:]) }
        let late = try await verdict(silent, within: 60, "put DOUBLE")
        #expect(late?.contains("was reduced to\n    put SINGLE\nand its known minimum is") == true)
    }

    @Test func `makes the same bytes on every run`() async throws {
        let mutants = Array(Mutant.all.prefix(4))
        #expect(try await MutantTable(mutants).json == MutantTable(mutants).json)
    }
}
