import EventModel
import Expectations
import Lab
import Ledger
import Projections
import Testing

@Suite struct `A window of a replay` {
    /// Presses whose order in time is not the ledger's.
    private func archive() throws -> Archive {
        try Archive(
            Sample.presses(50, seed: 57).enumerated().map { place, press in
                var event = press
                if place % 5 == 4 { event.time.microseconds -= 3_600_000_000 }
                return event
            })
    }

    private func actions(_ ran: Ran) -> [String] {
        ran.transcript.deliveries.filter { $0.contains("cat-feeder/action") }
    }

    @Test(
        arguments: [
            (nil, "head", 1...50), ("seq:1", "seq:1", 1...1), ("seq:50", "head", 50...50),
            ("seq:0", "seq:2", 1...2), ("id:press-7", "id:press-9", 7...9),
            ("50%", "100%", 26...50),
            ("seq:20", "40%", 20...20), ("0%", "2%", 1...1), ("id:press-50", "seq:50", 50...50),
        ] as [(String?, String, ClosedRange<Int>)])
    func `by sequence, id or share has both its ends`(
        from: String?, until: String, sequences: ClosedRange<Int>
    ) throws {
        let archive = try archive()
        let window = try archive.ledger.window(
            from: from.map { try PointInTime(text: $0, zone: nil) },
            until: PointInTime(text: until, zone: nil))
        let ran = try archive.run(archive.request(window: window))
        #expect(ran.report.isAccepted && ran.report.progress.events == sequences.count)
        #expect(ran.report.audit.received == sequences.count)
        let whole = try actions(archive.run(archive.request()))
        #expect(actions(ran) == Array(whole[sequences.lowerBound - 1..<sequences.upperBound]))
    }

    @Test(arguments: ["100%", "head", "seq:51"])
    func `that begins behind the head is empty`(from: String) throws {
        let archive = try archive()
        let window = try archive.ledger.window(
            from: PointInTime(text: from, zone: nil), until: .head)
        for model in [DeliveryModel.ordered, .rough(), .chaos(.init(seed: 3))] {
            let ran = try archive.run(archive.request(model, window: window))
            #expect(ran.report.isAccepted && ran.report.state == .completed)
            #expect(ran.report.progress.events == 0 && ran.report.audit.received == 0)
        }
    }

    /// Ends that events lie on, one microsecond to either side.
    @Test(arguments: [-1, 0, 1] as [Int64], [-1, 0, 1] as [Int64])
    func `by time has what happened then, both ends with it`(before: Int64, after: Int64) throws {
        let archive = try archive()
        let events = try archive.events()
        let times = events.map(\.time).sorted()
        let (from, until) = (
            Timestamp(microseconds: times[10].microseconds + before),
            Timestamp(microseconds: times[40].microseconds + after)
        )
        let window = try archive.ledger.window(from: .time(from), until: .time(until))
        let inside = events.indices.filter { (from...until).contains(events[$0].time) }
        #expect(inside.count == 31 - (before > 0 ? 1 : 0) - (after < 0 ? 1 : 0))
        let ran = try archive.run(archive.request(window: window))
        #expect(ran.report.isAccepted && ran.report.progress.events == inside.count)
        let whole = try actions(archive.run(archive.request()))
        #expect(actions(ran) == inside.map { whole[$0] })
        let shuffled = try archive.run(archive.request(.withoutLag, window: window))
        #expect(shuffled.report.isAccepted && shuffled.report.audit.received == inside.count)
    }

    @Test(arguments: ["seq:1", "seq:49", "50%", "head"])
    func `up to a point hydrates what hydrate hydrates`(until: String) throws {
        let archive = try archive()
        let point = try archive.ledger.resolve(PointInTime(text: until, zone: nil))
        let request = try archive.request(
            window: archive.ledger.window(from: nil, until: PointInTime(text: until, zone: nil)),
            targets: ["bowl-totals", "feeding-stats"])
        #expect(try archive.run(request).digests == archive.hydrated(last: point.last))
    }
}
