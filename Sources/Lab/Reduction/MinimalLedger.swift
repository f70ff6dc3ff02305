import EventModel
import Foundation
import Invariants
import Ledger

/// Writes what is left of a ledger as a ledger of its own, and holds the invariant against that.
public enum MinimalLedger {
    /// - Parameters:
    ///   - events: in order of the ledger that they come from.
    ///   - provenance: what the new ledger says of itself.
    /// - Throws: `LedgerError.cannotWrite` where there is something at `path`.
    public static func write(
        _ events: [Event], to path: String, provenance: Provenance
    ) throws {
        let writer = try LedgerWriter(path: path) { _ in provenance.text }
        try writer.append(events, expecting: 0, isComplete: true)
        try writer.close()
    }

    /// What the ledger of a reduction says of itself.
    public static func provenance(
        _ reduced: ReducedHistory, of ledger: EventLedger
    ) throws -> Provenance {
        let head = try ledger.head()
        return Provenance(
            "reduce",
            [
                "source": .string(head.root.hex), "sourceEvents": .int(head.sequence),
                "invariant": .string(reduced.invariant.description),
                "version": .int(reduced.invariant.type.version),
                "failure": .string(reduced.identity.description),
                "minimal": .bool(reduced.isMinimal),
                "sequences": .array(reduced.events.map { .int($0.sequence) }),
                "changed": .array(
                    reduced.events.filter { !$0.changes.isEmpty }.map { .string($0.event.id.text) }),
            ])
    }

    /// The first violation in a ledger, of one identity: read from the file, and nothing remembered.
    public static func violation(
        in path: String, _ reduced: ReducedHistory, database: TimeZoneDatabase
    ) throws -> Violation? {
        var pass = try InvariantPass(
            EventLedger(path: path), [reduced.invariant], settings: reduced.settings,
            database: database)
        pass.only = reduced.identity
        try pass.run()
        return pass.findings[0].violation
    }
}
