import EventModel
import Foundation
import Testing

extension Bench {
    /// A year of two cats: 2,377 events, the first of them a registration.
    static func withCats() throws -> Bench {
        let bench = try Bench()
        try bench.good(
            "simulate --scenario \(Shipped.twoCats) --years 1 --seed 42 --ledger cats")
        return bench
    }

    /// The report of a replay, as JSON.
    func replayed(
        _ options: String = "", _ more: [String] = [],
        at location: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        try json("replay --ledger cats --json \(options)", more, at: location)
    }

    /// Writes a shipped topology with some of its text replaced.
    func writeTopology(
        _ shipped: String = "deployed", replacing texts: KeyValuePairs<String, String>
    ) throws {
        let path = "\(Shipped.root)/Fixtures/topologies/\(shipped).yaml"
        var text = try String(contentsOfFile: path, encoding: .utf8)
        for (old, new) in texts {
            try #require(text.contains(old))
            text = text.replacing(old, with: new, maxReplacements: 1)
        }
        try write(text, to: "t.yaml")
    }

    /// `deployed` with one more target, written in braces, in front of the stores.
    func writeTopology(adding target: String) throws {
        try writeTopology(replacing: [
            "      - {id: bowl-totals": "      - \(target)\n      - {id: bowl-totals"
        ])
    }

    func lines(_ name: String) throws -> [JSONValue] {
        try read(name).split(separator: "\n").map { try JSONValue(parsing: $0) }
    }
}
