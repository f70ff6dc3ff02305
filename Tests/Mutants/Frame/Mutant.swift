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
    /// Who must catch it, and how: `bus: missing`.
    package let caughtBy: String
    /// How many cases it may take until it is caught.
    package let budget: Int
    package let minimum: Minimum
    /// Runs at most so many cases, with the mutant or with the real part.
    let hunt: @Sendable (_ isMutated: Bool, _ cases: Int) async throws -> Capture?

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
        caughtBy = "\(oracle.name): \(cause)"
        self.budget = budget
        self.minimum = minimum
        hunt = { isMutated, cases in
            try await oracle.hunt(isMutated ? part : oracle.real, cases)
        }
    }

    /// Looks for it, as far as the budget goes.
    package func verdict() async throws -> Verdict {
        Verdict(mutant: self, capture: try await hunt(true, budget))
    }

    /// The same cases with the real part: nothing may be found.
    package func control(cases: Int) async throws -> Capture? { try await hunt(false, cases) }
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
    /// nil where it survived.
    package let capture: Capture?

    /// What is not as it should be; nil where all is.
    package var complaint: String? {
        guard let capture else {
            return "\(mutant.name) survived \(mutant.budget) cases of \(mutant.caughtBy)"
        }
        if capture.by != mutant.caughtBy {
            return "\(mutant.name) was caught by \(capture.by), and should be by \(mutant.caughtBy)"
        }
        guard capture.lines != mutant.minimum.lines else { return nil }
        return "\(mutant.name) was reduced to\n" + Verdict.list(capture.lines)
            + "\nand its known minimum is\n" + Verdict.list(mutant.minimum.lines)
    }

    static func list(_ lines: [String]) -> String {
        lines.map { "    " + $0 }.joined(separator: "\n")
    }
}
