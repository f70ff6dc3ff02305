import PropertyTesting

/// A way to find out that a part is wrong: the property, machine, law or campaign that the tests hold the
/// real part against, with that part as an argument.
struct Oracle<Part: Sendable>: Sendable {
    /// What it is called in the table.
    let name: String
    /// The part as it is shipped.
    let real: Part
    /// A mutant must be caught and reduced to the same with each: one where cases are dear.
    var seeds: ClosedRange<UInt64> = 1...3
    /// Runs at most so many cases with a part, and reduces the first that fails.
    let hunt: @Sendable (_ part: Part, _ seed: UInt64, _ cases: Int) async throws -> Capture?
}

/// The oracles: one for each part, for all mutants of it.
enum Oracles {}

/// What does not hold. The cause is the failure's identity: it holds no values of the case.
struct Breach: Error {
    let cause: String

    init(_ cause: String) { self.cause = cause }
}

/// Throws where something does not hold.
func require(_ holds: Bool, _ cause: String) throws(Breach) {
    if !holds { throw Breach(cause) }
}

extension Oracle {
    /// A property of drawn values.
    ///
    /// - Parameters:
    ///   - lines: a value as a history, an event or a step a line.
    ///   - holds: throws a `Breach` where it does not; any other error fails the hunt's case, too, under its
    ///     type's name.
    init<Value>(
        _ name: String, of real: Part, for gen: Gen<Value>,
        lines: @escaping @Sendable (Value) -> [String],
        holds: @escaping @Sendable (Value, Part) async throws -> Void
    ) {
        self.init(name: name, real: real) { part, seed, cases in
            let report = await Search(gen) { value, _ in
                do { try await holds(value, part) } catch let breach as Breach {
                    return .failed(breach.cause)
                } catch { return .failed("\(type(of: error))") }
                return .passed
            }.run(seed: seed, cases: cases)
            if let error = report.error { throw error }
            return report.finding.map {
                Capture(
                    by: "\(name): \($0.failure)", cases: report.cases,
                    evaluations: $0.evaluations, lines: lines($0.value))
            }
        }
    }

    /// A machine's programs: the invariant after each step, and what must hold at the end.
    init<Model, System>(
        _ name: String, of real: Part, machine: Machine<Model, System>, steps: Int,
        make: @escaping @Sendable (Part) throws -> System,
        end: @escaping @Sendable (inout System, Model) throws -> Void = { _, _ in }
    ) {
        self.init(
            name, of: real, for: machine.programs(of: 0...steps),
            lines: { program in
                program.description.split(separator: "\n").map { line in
                    // Without the step's number.
                    String(line.drop { $0 != " " }.dropFirst())
                }
            },
            holds: { program, part in
                var system = try make(part)
                let model = try await program.run(on: &system)
                try end(&system, model)
            })
    }
}
