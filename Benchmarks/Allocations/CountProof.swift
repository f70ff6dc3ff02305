import Foundation

/// Why no count of this process says anything.
struct CountProofError: Error, CustomStringConvertible {
    let description: String
}

/// Proves, in the very process that counts, that allocations are counted, and that the check of a
/// loop can fail.
enum CountProof {
    private final class Node { var next: Node? }

    /// - Throws: `CountProofError` naming what was not counted.
    static func run() throws {
        let size = CommandLine.arguments.count + 99
        try expect("an object of Swift's") { keep(Node()) }
        try expect("an array of Swift's") { keep(Array(repeating: size, count: size)) }
        try expect("memory from UnsafeMutableRawPointer.allocate") {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            keep(memory)
            memory.deallocate()
        }
        try expect("memory that is aligned to 4096 bytes") {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
            keep(memory)
            memory.deallocate()
        }
        try expect("a string that the C library copies") {
            let copy = strdup("a copy")
            keep(copy)
            free(copy)
        }
        try expect("an object of another thread's") {
            let done = DispatchSemaphore(value: 0)
            let thread = Thread {
                for _ in 0..<1000 { keep(Node()) }
                done.signal()
            }
            thread.start()
            done.wait()
        } atLeast: {
            1000
        }
        try refuteControl()
    }

    private static func expect(
        _ what: String, _ body: () -> Void, atLeast least: () -> Int = { 1 }
    ) throws {
        let counted = Allocations.of(body).count
        guard counted >= least() else {
            throw CountProofError(
                description: "\(what) was allocated, and \(counted) of \(least()) allocations were"
                    + " counted; allocations are counted with glibc alone, where no other library"
                    + " is loaded in front of this program's malloc (see LD_PRELOAD)")
        }
    }

    /// A loop that allocates once an event has to break the law of one that must not.
    private static func refuteControl() throws {
        let control = HotLoop(name: "control", law: AllocationLaw(unit: "event", most: 0)) {
            doubled in
            let events = doubled ? 2000 : 1000
            return LoopRun(
                events: events, units: events,
                allocations: Allocations.of { for _ in 0..<events { keep(Node()) } })
        }
        guard try !control.measure().holds else {
            throw CountProofError(
                description: "a loop that allocates once an event passed; the check proves nothing")
        }
    }

    /// Takes something that the compiler must not leave out.
    @inline(never) @_optimize(none) private static func keep<T>(_ value: T) {}
}
