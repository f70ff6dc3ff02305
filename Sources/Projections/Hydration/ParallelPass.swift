import EventModel
import Foundation
import Ledger
import Synchronization

/// One pass over a ledger in neighbouring parts, which are folded apart and merged in order.
///
///     1 ─ part 0 ─│─ part 1 ─│─ part 2 ─ last      a thread and a connection each
///     └─ the hydration's folds ← merge ← merge     by the caller, in order
///
/// Registrations count by sequence in every part, so a part needs nothing of those before it.
final class ParallelPass {
    let parts: [FoldPart]
    private let hydration: Hydration
    private let folds: [ProjectionFold]
    private let begin: Int

    init(_ hydration: Hydration, _ folds: [ProjectionFold], _ range: ClosedRange<Int>) {
        self.hydration = hydration
        self.folds = folds
        begin = range.lowerBound
        parts = ParallelPass.divide(range, into: hydration.jobs).enumerated().map { place, range in
            FoldPart(
                range, hydration,
                folds: place == 0 ? folds : folds.map { $0.blank() })
        }
    }

    /// Neighbouring ranges of about one length. Where there is much of it they meet where segments do.
    static func divide(_ range: ClosedRange<Int>, into jobs: Int) -> [ClosedRange<Int>] {
        let jobs = min(max(1, jobs), range.count)
        let share = range.count / jobs
        let unit = share > 4 * ReplayIndex.segmentSize ? ReplayIndex.segmentSize : 1
        var ranges: [ClosedRange<Int>] = []
        var begin = range.lowerBound
        for job in 1...jobs {
            let end =
                job == jobs
                ? range.upperBound : (range.lowerBound + share * job - 1) / unit * unit
            ranges.append(begin...max(begin, end))
            begin = max(begin, end) + 1
        }
        return ranges
    }

    func run(progress: (Int) throws -> Void) throws {
        let tally = PassTally()
        for part in parts.dropFirst() {
            let thread = Thread { part.run(tally, nil) { tally.news.signal() } }
            thread.stackSize = 4 << 20
            thread.start()
        }
        var failure: (any Error)?
        func report() {
            guard failure == nil else { return }
            do {
                try progress(begin + tally.folded.load(ordering: .relaxed) - 1)
            } catch {
                failure = error
                tally.isStopped.store(true, ordering: .relaxed)
            }
        }
        parts[0].run(tally, hydration.ledger, each: report)
        while tally.finished.load(ordering: .acquiring) < parts.count {
            tally.news.wait()
            report()
        }
        if let failure { throw failure }
        for part in parts { if let failure = part.failure { throw failure } }
        for part in parts.dropFirst() {
            for (fold, later) in zip(folds, part.pass.folds) {
                fold.merge(later)
                try fold.check()
            }
        }
    }
}

/// How far the threads of a pass have come.
final class PassTally: Sendable {
    /// Sequences that were folded, or passed over.
    let folded = Atomic(0)
    /// Parts that are done, or failed.
    let finished = Atomic(0)
    /// Whether to give up.
    let isStopped = Atomic(false)
    /// Rings after each batch of a part.
    let news = DispatchSemaphore(value: 0)
}

/// One part of a pass.
///
/// Unchecked: its thread alone touches it until `PassTally.finished` counts it, its maker alone after.
final class FoldPart: @unchecked Sendable {
    let pass: HistoryFold
    private(set) var count = 0
    private(set) var unsound: [SegmentFault] = []
    private(set) var straddle = Straddle()
    private(set) var failure: (any Error)?
    private let range: ClosedRange<Int>
    private let hydration: Hydration

    /// Another part failed, or the caller's progress threw: theirs is the error.
    private struct Stopped: Error {}

    init(_ range: ClosedRange<Int>, _ hydration: Hydration, folds: [ProjectionFold]) {
        self.range = range
        self.hydration = hydration
        pass = HistoryFold(hydration.history, folds, only: hydration.only)
    }

    /// Folds the part, on the caller's thread.
    ///
    /// - Parameters:
    ///   - ledger: where to read; nil for a connection of its own.
    ///   - each: called after each batch.
    func run(_ tally: PassTally, _ ledger: EventLedger?, each: () -> Void) {
        do {
            try fold(ledger ?? EventLedger(path: hydration.ledger.path), tally, each)
        } catch is Stopped {
        } catch {
            failure = error
            tally.isStopped.store(true, ordering: .relaxed)
        }
        tally.finished.add(1, ordering: .acquiringAndReleasing)
        tally.news.signal()
    }

    private func fold(_ ledger: EventLedger, _ tally: PassTally, _ each: () -> Void) throws {
        var reached = range.lowerBound - 1
        try pass.fold(range, ledger, hydration) {
            unsound.append($0)
        } each: { lent in
            count += lent.count
            straddle.take(lent)
            tally.folded.add(lent.upperBound - reached, ordering: .relaxed)
            reached = lent.upperBound
            each()
            if tally.isStopped.load(ordering: .relaxed) { throw Stopped() }
        } leftOut: {
            straddle.leaveOut(from: $0)
        }
    }
}

extension HistoryFold {
    /// Folds a range of a ledger, as far as it happened by the hydration's point.
    ///
    /// - Parameters:
    ///   - unsound: told of each segment of the index that rows took the place of.
    ///   - each: called after each batch with its sequences; throws to stop.
    ///   - leftOut: called for each hole with the first event that does not count.
    func fold(
        _ range: ClosedRange<Int>, _ ledger: EventLedger, _ hydration: Hydration,
        unsound: (SegmentFault) -> Void, each: (ClosedRange<Int>) throws -> Void,
        leftOut: (Int) -> Void
    ) throws {
        var reached = range.lowerBound - 1
        try ledger.scanSegments(
            range, until: hydration.point.time, from: hydration.source, unsound: unsound
        ) { first, records, facts, lookup in
            if first > reached + 1 { leftOut(reached + 1) }
            var start = 0
            while start < records.count {
                let end = start + min(hydration.batch, records.count - start)
                let isWhole = start == 0 && end == records.count
                try take(
                    first: first + start, records.extracting(start..<end), isWhole ? facts : nil,
                    lookup)
                reached = first + end - 1
                try each(first + start...reached)
                start = end
            }
        }
        if reached < range.upperBound { leftOut(reached + 1) }
    }
}
