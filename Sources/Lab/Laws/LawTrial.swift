import EventModel
import Ledger
import Projections
import Simulation

/// One projection on one history: what the laws are tried with.
struct LawTrial {
    let type: any Projection.Type
    let generated: GeneratedHistory
    let ledger: EventLedger
    let settings: HydrationSettings
    let database: TimeZoneDatabase
    let devices: [String]
    let registrations: [(sequence: Int, time: Timestamp, registration: Registration)]
    /// All of the ledger.
    let history: History
    /// The ledger's last sequence.
    let last: Int

    init(
        _ type: any Projection.Type, _ generated: GeneratedHistory, _ ledger: EventLedger,
        settings: HydrationSettings, _ database: TimeZoneDatabase
    ) throws {
        self.type = type
        self.generated = generated
        self.ledger = ledger
        self.settings = settings
        self.database = database
        last = try ledger.headSequence()
        devices = try ledger.devices()
        registrations = try ledger.registrations(upTo: last)
        history = try History(
            devices: devices, registrations: registrations, settings: settings, database: database)
    }

    /// The history as it is known at a sequence.
    func history(upTo sequence: Int) throws -> History {
        try History(
            devices: devices, registrations: registrations.filter { $0.sequence <= sequence },
            settings: settings, database: database)
    }

    /// Numbers that depend on the history and the law alone.
    func draws(_ law: Law) -> RandomDraws {
        RandomStream(seed: generated.seed, domain: .lawCut).draws(
            slot: UInt64(generated.number), entity: RandomStream.entity("law-" + law.rawValue))
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
        let (history, known) = (other ?? history, known ?? history)
        let digests = (found.digest(history), expected.digest(known))
        let rows = try ProjectionTables(found, history)
            .firstDifference(from: ProjectionTables(expected, known))
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
            law: law, projection: type.name, seed: generated.seed, history: generated.number,
            events: last, sequence: cut, trial: trial, digests: digests, difference: difference)
    }
}
