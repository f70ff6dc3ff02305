import EventModel
import Ledger
import Projections
import Simulation

/// One projection on one history: what the laws are tried with.
struct LawTrial {
    let type: any Projection.Type
    let generated: GeneratedHistory
    let parts: LawParts
    let settings: HydrationSettings
    let database: TimeZoneDatabase
    let tally: LawTally
    /// What a ledger holds of the history.
    let held: LawRecords
    /// All that is known at its end.
    let history: History
    let memory = LawMemory()

    init(_ check: LawCheck, _ generated: GeneratedHistory) throws {
        (type, parts, settings) = (check.type, check.parts, check.settings)
        (database, tally) = (check.database, check.tally)
        self.generated = generated
        held = LawRecords(generated.events)
        history = try held.history(settings: settings, database)
    }

    /// The last sequence.
    var last: Int { held.last }

    /// A fold before the first event.
    func blank() -> ProjectionFold { ProjectionFold.of(self.type) }

    /// The history as it is known at a sequence.
    func history(upTo sequence: Int) throws -> History {
        let count = held.registrations.prefix { $0.sequence <= sequence }.count
        if let known = memory.histories[count] { return known }
        let history = try held.history(upTo: sequence, settings: settings, database)
        memory.histories[count] = history
        return history
    }

    /// Numbers that depend on the history's address and the law alone.
    func draws(_ law: Law) -> RandomDraws {
        RandomStream(seed: generated.seed, domain: .lawCut).draws(
            slot: UInt64(bitPattern: Int64(generated.number)),
            entity: RandomStream.entity("law-" + law.rawValue))
    }

    /// Where to cut: at every sequence, 0 and the last included, or at 42 of a long history.
    func cuts(_ law: Law) -> [Int] {
        guard last > 70 else { return Array(0...last) }
        var draws = draws(law)
        return [0, last] + (0..<40).map { _ in Int(draws.below(UInt64(last + 1))) }
    }

    /// Throws where two folds that should have the same state have not.
    func compare(
        _ found: ProjectionFold, _ expected: ProjectionFold, _ law: Law, cut: Int? = nil,
        _ trial: @autoclosure () -> String, in other: History? = nil,
        expectedIn known: History? = nil
    ) throws {
        try compare(
            found, LawState(expected, known ?? history), law, cut: cut, trial(), in: other)
    }

    /// The same with a state that others are compared with, too.
    func compare(
        _ found: ProjectionFold, _ state: LawState, _ law: Law, cut: Int? = nil,
        _ trial: @autoclosure () -> String, in other: History? = nil
    ) throws {
        let (history, expected) = (other ?? history, state.fold)
        let digests = (found.digest(history), state.digest)
        let rows = try ProjectionTables(found, history).firstDifference(from: state.tables())
        if digests.0 == digests.1, rows == nil {
            if (found.events, found.input, found.latest)
                == (expected.events, expected.input, expected.latest)
            {
                return
            }
            throw violation(
                law, cut, trial(), nil,
                "\(found.events) events (\(found.input)) up to \(found.latest.shortText) were counted,"
                    + " and should be \(expected.events) (\(expected.input)) up to"
                    + " \(expected.latest.shortText)")
        }
        // Where rows differ and digests do not, it is the digest that cannot tell states apart.
        throw violation(
            digests.0 == digests.1 ? .digest : law, cut, trial(), digests,
            rows ?? "all rows are the same: what differs is what encode(to:) writes")
    }

    func violation(
        _ law: Law, _ cut: Int?, _ trial: String,
        _ digests: (found: SHA256Digest, expected: SHA256Digest)?, _ difference: String
    ) -> LawViolation {
        LawViolation(
            law: law, projection: type.name, history: generated, sequence: cut, trial: trial,
            digests: digests, difference: difference)
    }
}
