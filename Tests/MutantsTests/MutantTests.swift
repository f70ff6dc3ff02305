import Mutants
import Testing

@Suite struct `A mutant` {
    @Test(arguments: Mutant.all.indices)
    func `is caught in time and reduced to its known minimum`(place: Int) async throws {
        let verdict = try await Mutant.all[place].verdict()
        #expect(verdict.complaint == nil)
    }
}
