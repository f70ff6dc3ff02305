import EventModel
import Foundation
import GramsServed
import Projections
import Testing

@Suite struct `Grams served` {
    @Test func `are what went into both bowls`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "grams-served-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = folder + "/cats.ledger"
        _ = try mylab(
            "simulate", "--scenario", scenario, "--years", "1", "--seed", "42", "--ledger", ledger)
        let served = try JSONValue(
            parsing: mylab("hydrate", "--ledger", ledger, "--projection", "grams-served", "--json"))
        let all = try JSONValue(parsing: mylab("hydrate", "--ledger", ledger, "--json"))

        let feeders = rows(served, "grams-served", "feeders")
        let bowls = rows(all, "bowl-totals", "bowls")
        #expect(feeders == rows(all, "grams-served", "feeders"))
        #expect(feeders.map { $0["feeder"]?.string } == ["kitchen"])
        #expect(bowls.count == 2)
        #expect(feeders.map(grams) == [bowls.map(grams).reduce(0, +)])
    }

    @Test func `two parts merge into the whole`() {
        var (first, later) = (GramsServed(), GramsServed())
        first.grams[FeederIndex(0)] = 25
        later.grams[FeederIndex(0)] = 30
        later.grams[FeederIndex(1)] = 5
        first.merge(later)
        #expect(first.grams[FeederIndex(0)] == 55)
        #expect(first.grams[FeederIndex(1)] == 5)
    }

    @Test func `too large a portion is found and reduced to two events`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "small-portions-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = folder + "/cats.ledger"
        _ = try mylab(
            "simulate", "--scenario", scenario, "--years", "1", "--seed", "42", "--ledger", ledger)
        let reduced = try JSONValue(
            parsing: mylab(
                "reduce", "--ledger", ledger, "--invariant", "small-portions=50", "-o",
                folder + "/min.ledger", "--json"))
        // The registration, which says how large portions are, and one press of both bowls.
        guard case .array(let kept)? = reduced["kept"] else {
            Issue.record("nothing was kept")
            return
        }
        #expect(kept.count == 2)
    }

    private func rows(_ report: JSONValue, _ projection: String, _ table: String) -> [JSONValue] {
        guard case .array(let rows)? = report["projections"]?[projection]?["state"]?[table] else {
            return []
        }
        return rows
    }

    private func grams(_ row: JSONValue) -> Int {
        guard case .number(let text)? = row["grams"] else { return -1 }
        return Int(text) ?? -1
    }

    private var scenario: String {
        var root = URL(filePath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        return root.appending(path: "Fixtures/scenarios/two-cats-auckland.yaml").path
    }

    /// Runs the built `mylab`, which lies beside the test bundle.
    private func mylab(_ arguments: String...) throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(filePath: bundle).deletingLastPathComponent()
            .appending(path: "mylab")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }
}
