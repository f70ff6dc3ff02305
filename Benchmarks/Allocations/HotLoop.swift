import AllocationCount

/// What a process asked of the heap.
struct Allocations {
    var count: Int
    var bytes: Int

    /// Since the process began, on all threads.
    static var sinceBegin: Allocations {
        Allocations(count: Int(allocation_count()), bytes: Int(allocation_bytes()))
    }

    /// What `body` asks for, on whatever threads.
    static func of(_ body: () throws -> Void) rethrows -> Allocations {
        let begin = sinceBegin
        try body()
        let end = sinceBegin
        return Allocations(count: end.count - begin.count, bytes: end.bytes - begin.bytes)
    }
}

/// What a loop may allocate: so much a unit, and nothing an event beside it.
struct AllocationLaw {
    /// What is counted: `batch`, `event`, `message`.
    var unit: String
    /// Allocations a unit, at most.
    var most: Double
    /// Allocations beyond them, for state that grows by doubling: so many in all while the history
    /// doubles.
    var growth = 0
}

/// One run of a loop over a part of a history.
struct LoopRun {
    var events: Int
    /// How many of the law's units that was.
    var units: Int
    var allocations: Allocations
}

/// A loop of the product, run over two histories, of which one is twice the other.
struct HotLoop {
    var name: String
    var law: AllocationLaw
    /// Runs over N events, or over 2N, and counts the loop alone.
    var run: (_ doubled: Bool) throws -> LoopRun

    /// Counts the loop at N and at 2N. It has run before: what a process makes once, such as tables,
    /// caches and the metadata of types, is there then.
    func measure() throws -> LoopFinding {
        _ = try run(false)
        return LoopFinding(name: name, law: law, single: try run(false), doubled: try run(true))
    }
}

/// What was counted of a loop.
struct LoopFinding {
    var name: String
    var law: AllocationLaw
    var single: LoopRun
    var doubled: LoopRun

    /// What the second half of the events allocated beyond what the first had.
    var difference: Int { doubled.allocations.count - single.allocations.count }
    var units: Int { doubled.units - single.units }
    var perUnit: Double { Double(difference) / Double(max(1, units)) }
    /// How many allocations the second half may add.
    var limit: Int { Int(law.most * Double(units)) + law.growth }
    /// A run that was no longer than the other proves nothing.
    var holds: Bool {
        units > 0 && doubled.events > single.events && difference <= limit
    }
}
