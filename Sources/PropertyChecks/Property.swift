import PropertyTesting
import Testing

/// One property in one test: searched, made simple, reported.
struct Property<Value: Sendable>: Sendable {
    var gen: Gen<Value>
    var body: @Sendable (Value) async throws -> Void
    var test: Test
    var name: PropertyName
    var settings: PropertySettings
    var location: SourceLocation
    private let isolated: IsolatedCases

    init(
        gen: Gen<Value>, body: @escaping @Sendable (Value) async throws -> Void, test: Test,
        name: PropertyName, settings: PropertySettings, location: SourceLocation
    ) {
        self.gen = gen
        self.body = body
        self.test = test
        self.name = name
        self.settings = settings
        self.location = location
        isolated = IsolatedCases(of: name, patience: settings.patience ?? .seconds(60))
    }

    private var cases: Int { max(1, settings.cases ?? 200) }
    private var seed: UInt64 { settings.seed ?? 1 }
    private var saved: SavedCases { SavedCases(settings.database ?? .standard, name) }

    private var search: Search<Value> {
        if settings.isIsolated == true { return isolatedSearch }
        return Search(gen) { value, _ in await quietOutcome(of: value, in: test, body) }
    }

    /// Every case in a child process.
    private var isolatedSearch: Search<Value> {
        Search(gen) { _, choices in await isolated.outcome(of: choices) }
    }

    /// Runs the saved cases, then new ones, and reports the first that fails.
    func hold() async throws {
        let isFound = try await holdSaved()
        if isFound { return }
        let search = search
        let report = await search.run(seed: seed, cases: cases) { choices, failure in
            // What is not simple yet is kept all the same: the search may be cut off. Where it cannot be,
            // that is said once, at the end.
            _ = try? saved.save(choices, failing: failure)
        }
        if let error = report.error { throw error }
        guard let finding = report.finding else {
            if report.cases < cases { complainOfFilters(report) }
            return
        }
        let counts = report.invalid > 0 ? "\(report.invalid) draws made none" : "none was invalid"
        try await tell(finding, search, origin: "case \(report.cases) of seed \(seed), \(counts)")
    }

    /// Whether a saved case fails. One that passes is forgotten.
    private func holdSaved() async throws -> Bool {
        for entry in saved.all() {
            let text: CaseText
            do { text = try entry.content.get() } catch {
                warn("\(entry.path) is no saved case: \(error). Delete it, or mend it.")
                continue
            }
            // What ended a process must not end this one.
            let search = IsolatedCases.isEnding(text.failure) ? isolatedSearch : search
            let (_, finding) = await search.simplified(text.choices)
            do { try saved.forget(entry) } catch {
                warn("\(entry.path) was run again and cannot be deleted: \(error)")
            }
            if let finding {
                try await tell(finding, search, origin: "a saved case")
                return true
            }
        }
        return false
    }

    /// Says what was found, and runs the body with it for all to see.
    private func tell(
        _ finding: Search<Value>.Finding, _ search: Search<Value>, origin: String
    ) async throws {
        let path = keep(finding.choices, failing: finding.failure)
        let isEnding = IsolatedCases.isEnding(finding.failure)
        let freedom = isEnding ? Freedom() : await search.freedom(of: finding)
        let minimum = text(of: finding.value)
        let marked = FailureBlock.marked(minimum, others: freedom.alternatives.map { text(of: $0) })
        let block = FailureBlock(
            value: minimum, failure: await isolated.words(of: finding.failure),
            freedom: marked == minimum ? nil : (marked, freedom.isJoint), origin: origin,
            evaluations: finding.evaluations, isSimplest: finding.isFinished,
            others: finding.others.map(describe),
            saved: path, repeating: line(repeating: finding.choices, isEnding: isEnding))
        Issue.record(Comment(rawValue: block.text), sourceLocation: location)
        guard !isEnding else { return }
        try await runForAll(toSee: finding.value)
    }

    /// The body, unsuppressed.
    private func runForAll(toSee value: Value) async throws {
        guard await quietOutcome(of: value, in: test, body) == .passed else {
            return try await body(value)
        }
        Issue.record(
            """
            It fails one time and passes another: what it checks depends on more than the value \
            (a clock, randomness, the order of a set, what an earlier case left)
            """, sourceLocation: location)
    }

    /// A failure of another kind, which is kept for the next run.
    private func describe(_ other: (failure: String, choices: [Int])) -> String {
        var choices = Choices(replaying: other.choices)
        let value = (try? gen.draw(&choices)).map { text(of: $0) } ?? "a value"
        let path = keep(other.choices, failing: other.failure)
        return "\(value) fails otherwise, at \(other.failure)"
            + (path == nil ? "" : "; saved, and runs first next time")
    }

    private func keep(_ choices: [Int], failing failure: String) -> String? {
        do { return try saved.save(choices, failing: failure) } catch {
            warn("The failing case cannot be saved: \(error)")
            return nil
        }
    }

    private func warn(_ text: String) {
        Issue.record(Comment(rawValue: text), severity: .warning, sourceLocation: location)
    }

    private func complainOfFilters(_ report: Search<Value>.Report) {
        Issue.record(
            """
            It held in \(report.cases) cases, and \(cases) were wanted: \(report.invalid) of \
            \(report.cases + report.invalid) draws made no case. Draw what is wanted instead of \
            filtering it out.
            """, sourceLocation: location)
    }
}

extension Property {
    /// The command that runs this one case, in any process.
    private func line(repeating choices: [Int], isEnding: Bool) -> String {
        let text = CaseText.text(choices)
        let how =
            text.utf8.count <= 20_000
            ? "PROPERTY_CASE='\(name.key):\(text)'"
            : "PROPERTY_SEED=\(seed) PROPERTY_CASES=\(cases)"
        // A saved case that ends the process is isolated even where the test is not.
        let isIsolated = settings.isIsolated == true || isEnding
        let isolated = isIsolated ? "PROPERTY_ISOLATED=1 " : ""
        return "\(isolated)\(how) swift test --filter '\(name.filter)'"
    }

    /// The choices that `PROPERTY_CASE` wants; nil where it means another property.
    func choices(of wanted: String) throws -> [Int]? {
        let parts = wanted.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let choices = CaseText.choices(String(parts[1])) else {
            throw BadEnvironment(
                "PROPERTY_CASE", wanted,
                expected: "KEY:NUMBERS as the last line of a failure has it")
        }
        guard parts[0] == name.key else {
            // One argument's case is not the others': nothing to wonder at there.
            if Test.Case.current?.isParameterized != true {
                warn(
                    """
                    Not run: PROPERTY_CASE is of another property (\(parts[0])), and this is \
                    \(name.key), '\(name.property)'
                    """)
            }
            return nil
        }
        return choices
    }

    /// Runs one case and says what it is; it is neither simplified nor saved.
    func repeatCase(_ choices: [Int]) async throws {
        let (value, outcome) = await search.once(choices)
        guard let value, outcome != .invalid else {
            Issue.record(
                "PROPERTY_CASE makes no case any more: the generator has changed since",
                sourceLocation: location)
            return
        }
        guard case .failed(let failure) = outcome else { return }
        let block = FailureBlock(
            value: text(of: value), failure: await isolated.words(of: failure),
            origin: "PROPERTY_CASE", evaluations: 0,
            repeating: line(repeating: choices, isEnding: IsolatedCases.isEnding(failure)))
        Issue.record(Comment(rawValue: block.text), sourceLocation: location)
        guard !IsolatedCases.isEnding(failure) else { return }
        try await runForAll(toSee: value)
    }

    /// Answers for the case in hand, line by line, until the parent has no more; then the process ends.
    func serve(_ link: WorkerLink) async {
        link.answer("ready")
        while let line = link.nextLine() {
            guard let values = CaseText.choices(line) else { break }
            var choices = Choices(replaying: values)
            guard let value = try? gen.draw(&choices) else {
                link.answer("invalid")
                continue
            }
            switch await quietOutcome(of: value, in: test, body) {
            case .passed: link.answer("passed")
            case .invalid: link.answer("invalid")
            case .failed(let failure): link.answer("failed \(failure)")
            }
        }
        link.end()
    }
}
