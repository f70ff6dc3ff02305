import Testing

@testable import shrinking

@Suite struct `The Shrinking Challenge` {
    @Test(arguments: Problem.all.map(\.name)) func `ends at the known minimum`(name: String)
        async throws
    {
        let problem = try #require(Problem.all.first { $0.name == name })
        for seed in 1...5 as ClosedRange<UInt64> {
            let result = try #require(await problem.search(seed), "seed \(seed)")
            #expect(result.isMinimal, "seed \(seed): \(result.found)")
        }
    }
}
