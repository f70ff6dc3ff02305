import EventModel
import PropertyChecks
import PropertyTesting
import Simulation
import Testing

@Suite struct `A timeline, for any elements` {
    /// Times that collide often, ties that do, and how far is taken out in between.
    private static let steps = zip(
        Gen.integer(in: -20...20), Gen<UInt64>.element(of: [0, 0, 1, .max]),
        Gen.integer(in: -25...25).optional
    ).list(of: 0...60)

    private struct Entry: Equatable {
        var time: Int
        var tie: UInt64
        var number: Int
    }

    @Test func `gives them as a sorted list would`() async throws {
        try await forAll(Self.steps) { steps in
            var timeline = Timeline<Int>()
            var list: [Entry] = []
            for (number, (time, tie, limit)) in steps.enumerated() {
                timeline.add(number, at: Timestamp(seconds: Int64(time)), tie: tie)
                let place = list.firstIndex { ($0.time, $0.tie) > (time, tie) } ?? list.count
                list.insert(Entry(time: time, tie: tie, number: number), at: place)
                #expect(timeline.pending.map(\.element) == list.map(\.number))
                guard let limit else { continue }
                while let (_, element) = timeline.take(by: Timestamp(seconds: Int64(limit))) {
                    #expect(element == list.removeFirst().number)
                }
                #expect(list.allSatisfy { $0.time > limit })
            }
            #expect(timeline.count == list.count)
        }
    }
}
