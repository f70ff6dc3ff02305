import EventModel
import Scenario
import Simulation

/// The version of the program, as `--version` says it and provenances keep it.
public enum Program {
    /// As semantic versioning spells it.
    public static let version = "0.1.0"
}

/// What a run was made of, as the ledger keeps it: one JSON object, equal text for equal runs.
public struct Provenance: Sendable, Equatable {
    /// In the order in which they are written.
    public var members: [JSONValue.Member]

    /// The provenance of a run of a command, by this version of the program.
    public init(_ command: String, _ members: KeyValuePairs<String, JSONValue>) {
        self.members = [
            .init("command", .string(command)), .init("program", .string(Program.version)),
        ]
        self.members += members.map { JSONValue.Member($0, $1) }
    }

    /// Reads a ledger's provenance; nil where the text is no JSON object.
    public init?(text: String) {
        guard case .object(let members)? = try? JSONValue(parsing: text) else { return nil }
        self.members = members
    }

    /// As the ledger keeps it.
    public var text: String { JSONValue.object(members).text() }

    /// The value of a member; nil where there is none.
    public subscript(key: String) -> JSONValue? { JSONValue.object(members)[key] }

    /// This provenance without one member.
    func without(_ key: String) -> Provenance {
        var other = self
        other.members.removeAll { $0.key == key }
        return other
    }

    /// The provenance of a simulation. The years are not in it: a longer run goes on where a
    /// shorter one ended, with the same events.
    public static func simulation(
        _ scenario: ScenarioFile, seed: UInt64, start: Timestamp.Day, zones: TimeZoneDatabase
    ) -> Provenance {
        Provenance(
            "simulate",
            [
                "scenario": .string(scenario.name), "scenarioSHA256": .string(scenario.hash.hex),
                "seed": .number(String(seed)), "start": .string(start.description),
                "streamMap": .int(RandomDomain.streamMapVersion), "tzdata": .string(zones.version),
            ])
    }
}
