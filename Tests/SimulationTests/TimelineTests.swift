import EventModel
import Foundation
import Simulation
import Testing

@Suite struct `A timeline` {
    static let seed =
        ProcessInfo.processInfo.environment["REPLAYLAB_SEED"].flatMap { UInt64($0) } ?? 11

    @Test func `gives what falls due in order of time, and of one time as it was added`() {
        var timeline = Timeline<String>()
        timeline.add("late", at: Timestamp(seconds: 9))
        timeline.add("first", at: Timestamp(seconds: 3))
        timeline.add("second", at: Timestamp(seconds: 3))
        timeline.add("before 1970", at: Timestamp(seconds: -3))
        #expect(timeline.pending.map(\.element) == ["before 1970", "first", "second", "late"])
        var taken: [String] = []
        while let (_, element) = timeline.take() { taken.append(element) }
        #expect(taken == ["before 1970", "first", "second", "late"])
        #expect(timeline.isEmpty && timeline.next == nil)
    }

    @Test func `takes nothing out before its time, and the moment itself counts`() {
        var timeline = Timeline<Int>()
        timeline.add(1, at: Timestamp(microseconds: 5))
        #expect(timeline.next == Timestamp(microseconds: 5))
        #expect(timeline.take(by: Timestamp(microseconds: 4)) == nil)
        #expect(timeline.count == 1)
        #expect(timeline.take(by: Timestamp(microseconds: 5))?.element == 1)
        #expect(timeline.take(by: .latest) == nil)
    }

    @Test func `a drawn tie comes before the order of adding`() {
        var timeline = Timeline<Int>()
        let now = Timestamp(seconds: 1)
        for (element, tie) in [(1, 7), (2, 0), (3, 7), (4, UInt64.max)] {
            timeline.add(element, at: now, tie: tie)
        }
        #expect(timeline.pending.map(\.element) == [2, 1, 3, 4])
    }

    private struct Entry {
        var time: Int64
        var tie: UInt64
        var number: Int
    }

    /// Adds and takes at random; few distinct times and ties, so that all three keys decide.
    @Test(arguments: 0..<40)
    func `is a sorted list, whatever is added and taken in between`(run: Int) {
        var draws = RandomStream(seed: Self.seed, domain: .tieOrder).draws(slot: UInt64(run))
        var timeline = Timeline<Int>()
        var reference: [Entry] = []
        func differs(_ what: String) -> Comment {
            """
            \(what) after \(reference.count) waited, run \(run)
            repeat: REPLAYLAB_SEED=\(Self.seed) swift test --filter 'is a sorted list'
            """
        }
        for number in 0..<300 {
            if draws.below(5) < 3 {
                let entry = Entry(
                    time: Int64(draws.below(12)) - 6, tie: draws.below(3), number: number)
                timeline.add(number, at: Timestamp(microseconds: entry.time), tie: entry.tie)
                reference.append(entry)
                reference.sort { ($0.time, $0.tie, $0.number) < ($1.time, $1.tie, $1.number) }
            } else {
                let limit = Int64(draws.below(14)) - 7
                let expected = reference.first.flatMap { $0.time <= limit ? $0 : nil }
                let found = timeline.take(by: Timestamp(microseconds: limit))
                #expect(found?.element == expected?.number, differs("take(by: \(limit))"))
                #expect(found?.time.microseconds == expected?.time, differs("its time"))
                if expected != nil { reference.removeFirst() }
            }
            #expect(timeline.count == reference.count, differs("count"))
            #expect(timeline.next?.microseconds == reference.first?.time, differs("next"))
        }
        #expect(timeline.pending.map(\.element) == reference.map(\.number), differs("pending"))
        #expect(
            timeline.pending.map(\.time.microseconds) == reference.map(\.time),
            differs("pending times"))
    }
}
