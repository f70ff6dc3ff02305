import PropertyTesting
import Testing

/// Start anywhere, end at the simplest.
@Suite struct `The simplest case` {
    /// What a search ends with, for each of a few seeds.
    private func simplest<Value>(
        _ gen: Gen<Value>, _ fails: @escaping (Value) -> Bool
    ) async -> Set<String> {
        var found: Set<String> = []
        for seed in 1...8 {
            let search = Search(gen) { value, _ in fails(value) ? .failed("it") : .passed }
            let finding = await search.run(seed: UInt64(seed), cases: 20_000).finding
            found.insert(finding.map { "\($0.value)" } ?? "none")
        }
        return found
    }

    @Test func `of integers is the nearest to the origin that fails`() async {
        let any = Gen<Int64>.integer()
        #expect(await simplest(any) { $0 >= 1_000 } == ["1000"])
        #expect(await simplest(any) { $0 <= -77 } == ["-77"])
        #expect(await simplest(Gen<UInt64>.integer()) { $0 > 1 << 63 } == ["9223372036854775809"])
        #expect(await simplest(Gen.integer(in: 0...99, origin: 50)) { $0 > 60 } == ["61"])
    }

    @Test func `of a list has no element too many`() async {
        let list = Gen.integer(in: -1_000...1_000).list()
        #expect(await simplest(list) { $0.contains { $0 > 100 } } == ["[101]"])
        #expect(await simplest(list) { $0.reduce(0, +) > 10 } == ["[11]"])
        #expect(await simplest(list) { $0.count > 3 } == ["[0, 0, 0, 0]"])
    }

    @Test func `of what depends on a value shrinks with it`() async {
        let gen = Gen.integer(in: 1...50).flatMap { count in
            Gen.integer(in: 0...count).list(of: count...count)
        }
        #expect(await simplest(gen) { $0.contains(3) } == ["[0, 0, 3]"])
    }

    @Test func `of texts, options and alternatives is the plainest`() async {
        #expect(await simplest(Gen<String>.text()) { $0.unicodeScalars.count > 1 } == ["aa"])
        #expect(await simplest(Gen<String>.text()) { $0.contains("\"") } == ["\""])
        #expect(await simplest(Gen.integer(in: 0...9).optional) { $0 != nil } == ["Optional(0)"])
        #expect(await simplest(Gen.element(of: ["a", "b", "c"])) { $0 != "a" } == ["b"])
        #expect(
            await simplest(Gen.integer(in: 0...9).set().map { $0.sorted() }) { $0.count > 1 } == [
                "[0, 1]"
            ])
    }

    @Test func `of nested values is not deeper than it must be`() async {
        let term = Gen<[Int]>.recursive(leaf: Gen.integer(in: 0...9).map { [$0] }) { inner in
            zip(inner, inner).map { $0 + $1 }
        }
        #expect(await simplest(term) { $0.contains(7) } == ["[7]"])
        #expect(await simplest(term) { $0.count > 2 } == ["[0, 0, 0]"])
    }

    @Test func `never slips into another failure, and keeps it`() async {
        let search = Search(Gen.integer(in: 0...1_000)) { value, _ in
            if value > 500 { return .failed("large") }
            return value > 10 ? .failed("middling") : .passed
        }
        var choices: [[Int]] = []
        for seed in 1...20 {
            guard let finding = await search.run(seed: UInt64(seed)).finding else { continue }
            #expect(finding.value == (finding.failure == "large" ? 501 : 11))
            choices += finding.others.map(\.choices)
        }
        #expect(!choices.isEmpty)
    }

    @Test func `says what may vary, and whether all at once`() async throws {
        let pair = zip(Gen.integer(in: 0...99), Gen.integer(in: 0...99), Gen.integer(in: 0...99))
        let search = Search(pair) { value, _ in value.1 >= 5 ? .failed("it") : .passed }
        let finding = try #require(await search.run(seed: 1).finding)
        let freedom = await search.freedom(of: finding)
        #expect(finding.value == (0, 5, 0))
        #expect(freedom.alternatives.count == 2 && freedom.isJoint)
        #expect(freedom.alternatives.allSatisfy { $0.1 == 5 })

        let either = Search(zip(Gen.integer(in: 0...99), Gen.integer(in: 0...99))) { value, _ in
            value.0 == 0 || value.1 == 0 ? .failed("it") : .passed
        }
        let zeros = try #require(await either.run(seed: 1).finding)
        let alone = await either.freedom(of: zeros)
        #expect(zeros.value == (0, 0) && alone.alternatives.count == 2 && !alone.isJoint)
    }

    @Test func `is not looked for any longer when the test is cancelled`() async {
        let ticks = Ticks()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await Search(Gen.integer(in: 0...9)) { _, _ in
                ticks.add()
                return .passed
            }.run(seed: 1)
        }
        #expect(await task.value.error is CancellationError && ticks.count == 0)
    }

    @Test func `is said not to be the simplest where the search was cut off`() async throws {
        let ticks = Ticks()
        let task = Task {
            await Search(Gen.integer(in: 0...1 << 40).list()) { list, _ in
                guard list.reduce(0, +) > 1_000 else { return .passed }
                if ticks.add() == 3 { withUnsafeCurrentTask { $0?.cancel() } }
                return .failed("it")
            }.run(seed: 1).finding
        }
        let finding = try #require(await task.value)
        #expect(!finding.isFinished && ticks.count == 3)
        #expect(
            await Search(Gen.integer(in: 0...9)) { _, _ in .failed("it") }
                .run(seed: 1).finding?.isFinished == true)
    }

    @Test func `is the same for the same seed`() async {
        let list = Gen<[UInt8]>.bytes()
        let search = Search(list) { bytes, _ in
            bytes.reduce(0) { $0 &+ $1 } == 77 ? .failed("it") : .passed
        }
        let (one, other) = (await search.run(seed: 9), await search.run(seed: 9))
        #expect(one.finding?.choices == other.finding?.choices && one.finding != nil)
        #expect(one.cases == other.cases)
    }

    @Test func `stops at what a generator throws`() async {
        struct Broken: Error {}
        let search = Search(Gen<Int> { _ in throw Broken() }) { _, _ in .passed }
        #expect(await search.run(seed: 1).error is Broken)
    }
}
