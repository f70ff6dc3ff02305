import PropertyChecks
import PropertyTesting
import Testing

@Suite struct `Generators` {
    @Test func `draw integers of every width within their bounds`() async throws {
        try await hold(Int8.self)
        try await hold(UInt8.self)
        try await hold(Int16.self)
        try await hold(UInt32.self)
        try await hold(Int64.self)
        try await hold(UInt64.self)
    }

    private func hold<Number: FixedWidthInteger & Sendable>(_: Number.Type) async throws {
        let ends = zip(Gen<Number>.integer(), Gen<Number>.integer())
            .map { min($0, $1)...max($0, $1) }
        let gen = ends.flatMap { bounds in
            Gen<Number>.integer(in: bounds).map { (bounds, $0) }
        }
        try await forAll(gen) { bounds, value in #expect(bounds.contains(value)) }
    }

    @Test func `reach both ends of UInt64`() {
        let values = draws(Gen<UInt64>.integer(), 2_000)
        #expect(values.contains(.max) && values.contains(0))
        #expect(values.contains { $0 > UInt64(Int.max) + 2 })
    }

    @Test func `count from the origin beyond Int, too`() async throws {
        let gen = Gen<UInt64>.integer(in: 7...UInt64.max, origin: 1 << 63 + 5)
        for (floor, found) in [(1 << 63 + 9, 1 << 63 + 9), (0, 1 << 63 + 5)] as [(UInt64, UInt64)] {
            let search = Search(gen) { value, _ in value >= floor ? .failed("it") : .passed }
            #expect(await search.run(seed: 1).finding?.value == found)
        }
    }

    @Test func `draw lists without an end in view`() {
        let lists = draws(Gen.integer(in: 0...9).list(of: 1...Int.max), 200)
        #expect(lists.count == 200 && lists.contains { $0.count > 5 })
    }

    @Test(arguments: [0...0, 3...3, 0...5, 2...40]) func `keep to the count of a list`(
        count: ClosedRange<Int>
    ) async throws {
        try await forAll(Gen.integer(in: 0...9).list(of: count), named: "\(count)") { list in
            #expect(count.contains(list.count))
        }
    }

    @Test func `make sets, unique lists and dictionaries of as many as are wanted`() async throws {
        let numbers = Gen.integer(in: 0...99)
        try await forAll(numbers.set(of: 3...20)) { #expect((3...20).contains($0.count)) }
        try await forAll(numbers.list(of: 3...20) { $0 % 50 }) { list in
            #expect(Set(list.map { $0 % 50 }).count == list.count && list.count >= 3)
        }
        try await forAll(numbers.dictionary(to: .bool, of: 1...9)) { dictionary in
            #expect((1...9).contains(dictionary.count))
        }
    }

    @Test func `find no set of more elements than there are`() throws {
        let gen = Gen.integer(in: 0...3).set(of: 5...9)
        for seed in 0..<20 {
            var choices = Choices(seed: UInt64(seed))
            #expect(throws: Choices.Invalid.refused) { try gen.draw(&choices) }
        }
    }

    @Test func `draw a weight of 0 never, and the others as often as they say`() {
        let values = draws(Gen<Int>.weighted([(3, .just(1)), (0, .just(2)), (1, .just(3))]), 4_000)
        #expect(!values.contains(2))
        #expect((2_700...3_300).contains(values.count { $0 == 1 }))
    }

    @Test func `draw texts with scalars that break programs`() {
        let scalars = Set(draws(Gen<String>.text(of: 0...30), 500).flatMap { $0.unicodeScalars })
        for scalar in ["\0", "\"", "\u{202E}", "\u{10FFFF}", "\u{D7FF}"] as [Unicode.Scalar] {
            #expect(scalars.contains(scalar))
        }
        #expect(draws(Gen<String>.ascii(), 200).allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
    }

    @Test func `draw the same for the same seed`() {
        let gen = zip(Gen<String>.text(), Gen<[UInt8]>.bytes(), Gen.integer(in: 0...9).optional)
        #expect(draws(gen, 100).map { "\($0)" } == draws(gen, 100).map { "\($0)" })
    }

    private func draws<Value>(_ gen: Gen<Value>, _ count: Int) -> [Value] {
        (0..<count).compactMap { seed in
            var choices = Choices(seed: UInt64(seed))
            return try? gen.draw(&choices)
        }
    }
}
