import Foundation
import PropertyChecks
import PropertyTesting
import Testing

@testable import Mutants

/// The bus as the tests hold it, and with `REPLAYLAB_CANARY=1` a broken one in its place: then this test
/// must fail, and does so in the way in which every test of the project would. `scripts/canary` looks.
@Suite struct `The canary` {
    private static let isMutated =
        ProcessInfo.processInfo.environment["REPLAYLAB_CANARY"] == "1"

    @Test(.property(cases: 200, database: CaseDatabase.none))
    func `a bus delivers each press once, or gives it up`() async throws {
        let part = Self.isMutated ? Mutant.forgetsThirdRetry : BusBench.real
        try await forAll(Oracles.buses.programs(of: 0...12)) { program in
            var bench = try BusBench(part)
            let puts = try await program.run(on: &bench)
            try Oracles.settle(&bench, puts)
        }
    }
}
