import EventModel
import Foundation
import Lab
import Ledger
import Projections
import Testing

@Suite struct `A hydration from snapshots` {
    @Test(arguments: [environmentSeed() ?? 1, 2, 3])
    func
        `comes to the same as one from events, at any sequence and time, for all feeders and for each`(
            seed: UInt64
        ) throws
    {
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: seed, in: folder)
            try bench.build(stretch: 100)
            let head = try bench.ledger.headSequence()
            var points = [1, 99, 100, 101, 250, 800, 1600, head].map {
                ResolvedPoint(last: $0, time: nil)
            }
            for sequence in stride(from: 3, to: head, by: 157) {
                let time = try bench.ledger.event(at: sequence).time
                points.append(ResolvedPoint(last: head, time: time))
                points.append(ResolvedPoint(last: sequence, time: time))
            }
            var spared = 0
            for point in points {
                let known = try bench.hydration(point).history.feeders
                for feeder in [nil, known[0], known[known.count / 2], known[known.count - 1]] {
                    let found = try bench.hydrate(point, feeder: feeder)
                    let expected = try bench.hydrate(point, feeder: feeder, usesSnapshots: false)
                    #expect(found.unsoundSnapshots.isEmpty && expected.spared.snapshots == 0)
                    #expect(
                        bench.results(found) == bench.results(expected),
                        "seed \(seed), \(point), \(feeder ?? "all")")
                    #expect(found.straddle == expected.straddle)
                    spared += found.spared.events
                }
            }
            #expect(spared > 0)
        }
    }

    @Test func `folds no more than a stretch, however long the ledger, where it cuts cleanly`()
        throws
    {
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: 1, in: folder)
            try bench.build(stretch: 100)
            for last in [99, 100, 777, 1501, 1999] {
                let found = try bench.hydrate(ResolvedPoint(last: last, time: nil))
                #expect(found.given == last % 100)
                #expect(found.spared.events == last - last % 100)
                // 15 stretches are 8 + 4 + 2 + 1 where merged states save bytes.
                #expect(found.spared.snapshots <= 2 * (last / 100))
            }
        }
    }

    @Test func `says over which sequences late reports straddle, and folds there`() throws {
        try withTemporaryFolder { folder in
            let presses = (0..<40).map { press(minute: $0, "one") }
            // The press of minute 12 arrives last but ten.
            var late = presses
            late.insert(late.remove(at: 12), at: 30)
            try GeneratedHistory.append(late, to: folder + "/l")
            let bench = try SnapshotBench(existing: folder + "/l")
            try bench.build(stretch: 4)
            let time = presses[20].time
            let found = try bench.hydrate(ResolvedPoint(last: 40, time: time))
            // Minute 20 stands at sequence 20, minute 12 at 31.
            #expect(found.straddle == 21...31)
            #expect(found.folds[0].events == 21)
            // The stretch of the late report is folded, and none of those between that are all later.
            #expect(found.given <= 4)
            let clean = try bench.hydrate(ResolvedPoint(last: 40, time: presses[5].time))
            #expect(clean.straddle == nil && clean.folds[0].events == 6)
        }
    }

    @Test func `does not let a clock that was far off make all the rest be folded`() throws {
        try withTemporaryFolder { folder in
            var presses = (0..<400).map { press(minute: $0, "one") }
            // One report from the future, early on; one from 1970, late.
            presses[10].time = Timestamp(seconds: 4_000_000_000)
            presses[350].time = Timestamp(seconds: 60)
            try GeneratedHistory.append(presses, to: folder + "/l")
            let bench = try SnapshotBench(existing: folder + "/l")
            try bench.build(stretch: 10)
            let point = ResolvedPoint(last: 400, time: presses[200].time)
            let found = try bench.hydrate(point)
            #expect(found.given <= 30)
            #expect(
                bench.results(found)
                    == bench.results(try bench.hydrate(point, usesSnapshots: false)))
        }
    }

    @Test func `keeps whole the state of a projection whose feeders depend on each other`() throws {
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: 4, in: folder, types: [First.self])
            try bench.build(stretch: 64)
            let point = ResolvedPoint(last: 1000, time: nil)
            let found = try bench.hydrate(point)
            #expect(found.spared.events == 960)
            #expect(
                bench.results(found)
                    == bench.results(try bench.hydrate(point, usesSnapshots: false)))
            let error = #expect(throws: FeederError.self) {
                try bench.hydrate(point, feeder: "default")
            }
            #expect(error == .dependent(projection: "tally"))
        }
    }

    @Test func `shares a long scan behind the last snapshot among its threads`() throws {
        try withTemporaryFolder { folder in
            let presses = (0..<300_000).map { press(minute: $0, "one") }
            try GeneratedHistory.append(
                Array(presses[..<1000]), to: folder + "/l", provenance: "{}", batch: 1000)
            try SnapshotBench(existing: folder + "/l").build(stretch: 1000)
            try GeneratedHistory.append(
                Array(presses[1000...]), to: folder + "/l", provenance: "{\"more\":1}",
                batch: 50_000)
            let bench = try SnapshotBench(existing: folder + "/l")
            let point = ResolvedPoint(last: 299_999, time: nil)
            var found = try bench.hydration(point)
            found.jobs = 3
            try found.run()
            #expect(found.spared.events == 1000 && found.given == 298_999)
            #expect(
                bench.results(found)
                    == bench.results(try bench.hydrate(point, usesSnapshots: false)))
        }
    }

    @Test func `serves a store, which is the same as one made from events`() throws {
        try withTemporaryFolder { folder in
            let bench = try SnapshotBench(seed: 5, in: folder)
            try bench.build(stretch: 64)
            let store = try HydrationStore(path: folder + "/s")
            for last in [700, 1500] {
                var hydration = try bench.hydration(ResolvedPoint(last: last, time: nil))
                _ = try store.hydrate(&hydration)
                #expect(hydration.spared.snapshots > 0)
                #expect(
                    try store.verify(
                        against: bench.ledger, projections: bench.types,
                        database: TimeZoneDatabase()
                    ).isEmpty)
            }
        }
    }

    private func press(minute: Int, _ device: String) -> Event {
        Event(
            id: EventID("\(device)-\(minute)"),
            time: Timestamp(seconds: 1_700_000_000 + Int64(minute) * 60),
            content: EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType, device: device,
                detail: "{\"click-type\": \"SINGLE\", \"device-id\": \"\(device)\"}"))
    }
}
