import PropertyTesting

/// The problems of the Shrinking Challenge (github.com/jlink/shrinking-challenge), from their descriptions.
extension Problem {
    static let all = [
        bound5, largeUnion, reverse, calculator, heap, coupling, deletion, differenceZero,
        differenceSmall, differenceOne, distinct, lengthList, nestedLists,
    ]

    private static let integers = Gen.integer(in: -(1 << 31)...1 << 31)

    /// Sums of 16-bit numbers run over.
    static let bound5 = Problem(
        "bound5", Gen.integer(in: -32768...32767).list(of: 0...10).list(of: 5...5),
        fails: { lists in
            func sum(_ list: [Int]) -> Int16 { list.reduce(0) { $0 &+ Int16($1) } }
            guard lists.allSatisfy({ sum($0) < 256 }) else { return nil }
            return sum(lists.flatMap { $0 }) >= 5 * 256
        },
        isMinimal: { lists in
            lists.flatMap { $0 }.sorted() == [-32768, -1] && lists.allSatisfy { $0.count < 2 }
        })

    static let largeUnion = Problem(
        "large_union_list", integers.list(of: 0...20).list(of: 0...20),
        fails: { Set($0.flatMap { $0 }).count > 4 },
        isMinimal: { $0.count == 1 && $0[0].sorted() == [-2, -1, 0, 1, 2] })

    static let reverse = Problem(
        "reverse", integers.list(), fails: { $0 != $0.reversed() }, isMinimal: { $0 == [0, 1] })

    indirect enum Term: Sendable, CustomStringConvertible {
        case number(Int)
        case sum(Term, Term)
        case quotient(Term, Term)

        var description: String {
            switch self {
            case .number(let value): "\(value)"
            case .sum(let a, let b): "(\(a) + \(b))"
            case .quotient(let a, let b): "(\(a) / \(b))"
            }
        }

        /// nil for a division by zero.
        var value: Int? {
            switch self {
            case .number(let value): return value
            case .sum(let a, let b):
                guard let a = a.value, let b = b.value else { return nil }
                return a &+ b
            case .quotient(let a, let b):
                guard let a = a.value, let b = b.value, b != 0 else { return nil }
                return a / b
            }
        }

        var dividesByLiteralZero: Bool {
            switch self {
            case .number: false
            case .sum(let a, let b): a.dividesByLiteralZero || b.dividesByLiteralZero
            case .quotient(_, .number(0)): true
            case .quotient(let a, let b): a.dividesByLiteralZero || b.dividesByLiteralZero
            }
        }
    }

    static let calculator = Problem(
        "calculator",
        Gen<Term>.recursive(leaf: Gen.integer(in: -1000...1000).map { .number($0) }) { inner in
            Gen.oneOf([
                zip(inner, inner).map { .sum($0, $1) }, zip(inner, inner).map { .quotient($0, $1) },
            ])
        },
        fails: { $0.dividesByLiteralZero ? nil : $0.value == nil },
        isMinimal: { "\($0)" == "(0 / (0 + 0))" })

    indirect enum Heap: Sendable, CustomStringConvertible {
        case none
        case node(Int, Heap, Heap)

        var description: String {
            guard case .node(let value, let left, let right) = self else { return "-" }
            return "(\(value) \(left) \(right))"
        }

        var values: [Int] {
            guard case .node(let value, let left, let right) = self else { return [] }
            return [value] + left.values + right.values
        }

        func merged(_ other: Heap) -> Heap {
            guard case .node(let x, let a, let b) = self else { return other }
            guard case .node(let y, let c, let d) = other else { return self }
            return x <= y ? .node(x, b.merged(other), a) : .node(y, d.merged(self), c)
        }

        /// The one with the mistake: only the first is taken in order.
        var sortedWrongly: [Int] {
            guard case .node(let value, let left, let right) = self else { return [] }
            return [value] + left.merged(right).values
        }

        static func gen(from least: Int, depth: Int) -> Gen<Heap> {
            Gen<Heap>(label: 0x4EAF) { source in
                guard try source.chance(perMillion: depth > 0 ? 600_000 : 0), depth > 0 else {
                    return .none
                }
                let value = try source.integer(in: least...100, origin: least)
                return .node(
                    value, try gen(from: value, depth: depth - 1).draw(&source),
                    try gen(from: value, depth: depth - 1).draw(&source))
            }
        }
    }

    static let heap = Problem(
        "binheap", Heap.gen(from: 0, depth: 6),
        fails: { heap in heap.sortedWrongly != heap.values.sorted() },
        isMinimal: { $0.values.count == 4 && $0.values.sorted() == [0, 0, 0, 1] })

    static let coupling = Problem(
        "coupling", Gen.integer(in: 0...100).list(of: 0...20),
        fails: { list in
            guard list.allSatisfy({ $0 < list.count }) else { return nil }
            return list.indices.contains { list[$0] != $0 && list[list[$0]] == $0 }
        },
        isMinimal: { $0 == [1, 0] })

    static let deletion = Problem(
        "deletion",
        integers.list(of: 1...20).flatMap { list in
            Gen.integer(in: 0...list.count - 1).map { (list, list[$0]) }
        },
        fails: { list, value in
            var rest = list
            if let place = rest.firstIndex(of: value) { rest.remove(at: place) }
            return rest.contains(value)
        },
        isMinimal: { $0.0 == [0, 0] && $0.1 == 0 })

    private static let two = zip(Gen.integer(in: 0...1 << 31), Gen.integer(in: 0...1 << 31))

    static let differenceZero = Problem(
        "difference_zero", two, fails: { $0.0 >= 10 && $0.0 == $0.1 },
        isMinimal: { $0 == (10, 10) })
    static let differenceSmall = Problem(
        "difference_small", two, fails: { $0.0 >= 10 && (1...4).contains(abs($0.0 - $0.1)) },
        isMinimal: { $0 == (10, 6) })
    static let differenceOne = Problem(
        "difference_one", two, fails: { $0.0 >= 10 && abs($0.0 - $0.1) == 1 },
        isMinimal: { $0 == (10, 9) })

    static let distinct = Problem(
        "distinct", integers.list(), fails: { Set($0).count >= 3 },
        isMinimal: { [[-1, 0, 1], [0, 1, 2]].contains($0.sorted()) })

    static let lengthList = Problem(
        "lengthlist",
        Gen.integer(in: 1...100, origin: 1).flatMap {
            Gen.integer(in: 0...1000).list(of: $0...$0)
        },
        fails: { ($0.max() ?? 0) >= 900 }, isMinimal: { $0 == [900] })

    static let nestedLists = Problem(
        "nestedlists", integers.list(of: 0...20).list(of: 0...20),
        fails: { $0.reduce(0) { $0 + $1.count } > 10 },
        isMinimal: { $0 == [Array(repeating: 0, count: 11)] })
}
