/// A part of the project with one thing wrong in it, on purpose: if nothing notices, the tests are worth
/// less than they seem.
///
///     what is wrong ─> oracle, at most `budget` cases ─> history ─> reduced ─> the known minimum?
package struct Mutant: Sendable {
    /// Which part it is a variant of.
    package enum Kind: String, CaseIterable, Sendable {
        case projection, store, point, reader, bus, broker, feeder, function, format, ledger
    }

    /// Lower-case words with hyphens.
    package let name: String
    package let kind: Kind
    /// What is wrong, in a sentence.
    package let sentence: String
    /// The name of who must catch it.
    package let oracle: String
    /// Who must catch it, and how: `bus: missing`.
    package let caughtBy: String
    /// How many cases it may take until it is caught.
    package let budget: Int
    package let minimum: Minimum
    /// Runs at most so many cases, with the mutant or with the real part.
    let hunt: @Sendable (_ isMutated: Bool, _ seed: UInt64, _ cases: Int) async throws -> Capture?
    /// Whatever they draw, it must be caught and reduced to the same.
    package let seeds: ClosedRange<UInt64>

    /// - Parameters:
    ///   - oracle: who must catch it.
    ///   - cause: what the oracle must say.
    ///   - part: the broken part.
    init<Part>(
        _ name: String, _ kind: Kind, _ sentence: String, by oracle: Oracle<Part>, _ cause: String,
        within budget: Int, _ minimum: Minimum, part: Part
    ) {
        self.name = name
        self.kind = kind
        self.sentence = sentence
        self.oracle = oracle.name
        caughtBy = "\(oracle.name): \(cause)"
        self.budget = budget
        self.minimum = minimum
        seeds = oracle.seeds
        hunt = { isMutated, seed, cases in
            try await oracle.hunt(isMutated ? part : oracle.real, seed, cases)
        }
    }

    /// Looks for it, as far as the budget goes, with each of the seeds.
    package func verdict() async throws -> Verdict {
        var captures: [Capture?] = []
        for seed in seeds { captures.append(try await hunt(true, seed, budget)) }
        return Verdict(mutant: self, captures: captures)
    }

    /// So many cases of the first seed with the real part: nothing may be found.
    package func control(cases: Int) async throws -> Capture? {
        try await hunt(false, seeds.lowerBound, cases)
    }
}

/// The smallest history that shows a mutant, and why no smaller one does.
package struct Minimum: Sendable {
    /// An event or a step a line.
    package let lines: [String]
    /// In a sentence.
    package let because: String

    init(_ lines: String..., because: String) {
        self.lines = lines
        self.because = because
    }
}

/// What caught a mutant, with the history that it was reduced to.
package struct Capture: Sendable, Equatable {
    /// Oracle and cause.
    package var by: String
    /// Cases until the first failure, and that one.
    package var cases: Int
    /// What it took to reduce it.
    package var evaluations: Int
    /// An event or a step a line.
    package var lines: [String]
}

/// What came of one mutant.
package struct Verdict: Sendable {
    package let mutant: Mutant
    /// Of each seed; nil where it survived.
    package let captures: [Capture?]

    /// What it was caught by, the most cases that it took, and what is left; nil where it survived a seed.
    package var worst: Capture? {
        let caught = captures.compactMap(\.self)
        guard caught.count == captures.count else { return nil }
        return caught.max { $0.cases < $1.cases }
    }

    /// What is not as it should be, of the first seed where something is not; nil where all is.
    package var complaint: String? {
        zip(mutant.seeds, captures).lazy.compactMap { seed, capture in
            complaint(capture).map { "\(mutant.name) \($0) (seed \(seed))" }
        }.first
    }

    private func complaint(_ capture: Capture?) -> String? {
        guard let capture else {
            return "survived \(mutant.budget) cases of \(mutant.caughtBy)"
        }
        if capture.by != mutant.caughtBy {
            return "was caught by \(capture.by), and should be by \(mutant.caughtBy)"
        }
        guard capture.lines != mutant.minimum.lines else { return nil }
        func list(_ lines: [String]) -> String {
            lines.map { "\"\($0)\"" }.joined(separator: ", ")
        }
        return "was reduced to [\(list(capture.lines))], and its known minimum is"
            + " [\(list(mutant.minimum.lines))]"
    }
}
