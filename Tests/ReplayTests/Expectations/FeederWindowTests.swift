import EventModel
import Expectations
import Testing

/// What a feeder that acknowledges late is given: as much at once as its window holds, the rest in order,
/// each when another is acknowledged.
private struct Course {
    enum Step {
        case message(Arrival)
        case acknowledged(Timestamp)
    }

    var steps: [Step] = []

    /// A faithful broker and a feeder that needs `feed` seconds a message.
    init(_ stream: [Arrival], window: Int, feed: Int64) {
        var (waiting, given) = ([Arrival](), 0)
        var ends: [Timestamp] = []
        var busyUntil = Timestamp.earliest
        func give(_ one: Arrival, at now: Timestamp) {
            var one = one
            one.at = now
            steps.append(.message(one))
            let begin = max(now, busyUntil)
            busyUntil = Timestamp(microseconds: begin.microseconds + feed * 1_000_000)
            ends.append(busyUntil)
            given += 1
        }
        func acknowledge() {
            let now = ends.removeFirst()
            given -= 1
            steps.append(.acknowledged(now))
            if !waiting.isEmpty { give(waiting.removeFirst(), at: now) }
        }
        for one in stream {
            while let end = ends.first, end < one.at { acknowledge() }
            if given < window { give(one, at: one.at) } else { waiting.append(one) }
        }
        while !ends.isEmpty { acknowledge() }
    }

    /// The places of messages that came later than they were sent.
    func held(_ stream: [Arrival]) -> [Int] {
        steps.indices.filter { place in
            guard case .message(let one) = steps[place] else { return false }
            return stream.contains { $0.sequence == one.sequence && $0.at < one.at }
        }
    }

    mutating func swapMessages(_ a: Int, _ b: Int) {
        guard case .message(var first) = steps[a], case .message(var second) = steps[b] else {
            return
        }
        (first.key, second.key) = (second.key, first.key)
        (steps[a], steps[b]) = (.message(first), .message(second))
    }

    mutating func delay(_ place: Int, by microseconds: Int64) {
        guard case .message(var one) = steps[place] else { return }
        one.at.microseconds += microseconds
        steps[place] = .message(one)
    }
}

@Suite struct `What a feeder's window holds up` {
    private static let topic = Array("cat-feeder/action".utf8)
    private let archive: Archive
    private let stream: [Arrival]
    private let course: Course

    init() throws {
        archive = try Archive(Sample.presses(60, seed: 5))
        stream = try archive.stream([Sample.route(.mended)])
        course = Course(stream, window: 3, feed: 40)
    }

    private func report(_ course: Course, window: Int? = 3) throws -> AuditReport {
        let route = Sample.route(.mended)
        var audit = ToleratedAudit(
            [route],
            .init(
                keepsMinutes: false, missedAfter: nil, sendsAgain: false, lateness: 0,
                windows: window.map { [Self.topic: $0] } ?? [:]))
        for step in course.steps {
            switch step {
            case .message(let one): audit.received(one.key, at: one.at)
            case .acknowledged(let now): audit.acknowledged(Self.topic, at: now)
            }
        }
        var source = try archive.source([route])
        return try audit.finish(&source)
    }

    @Test func `may come as late as it must`() throws {
        let held = course.held(stream)
        #expect(held.count > 30 && held.count < 60)
        #expect(try report(course).isAccepted)
        // Nobody is excused where the feeder acknowledges at once, or where more fits.
        #expect(try report(course, window: nil).outOfOrder.count == held.count)
        #expect(try report(course, window: 4).outOfOrder.count > 0)
    }

    @Test func `may not be overtaken by a later message of its topic`() throws {
        var count = 0
        for (one, next) in zip(course.held(stream), course.held(stream).dropFirst()) {
            guard case .message(let first) = course.steps[one],
                case .message(let second) = course.steps[next],
                let sent = stream.first(where: { $0.sequence == second.sequence }),
                sent.at <= first.at
            else { continue }
            var swapped = course
            swapped.swapMessages(one, next)
            #expect(try report(swapped).words == "out of order 1 (\(first.sequence ?? 0))")
            count += 1
        }
        #expect(count > 20)
    }

    @Test func `may not come later than it must, nor earlier`() throws {
        for place in course.held(stream) {
            var late = course
            late.delay(place, by: 1)
            #expect(try report(late).outOfOrder.count >= 1)
            guard case .message(let one) = course.steps[place] else { continue }
            // Before the acknowledgement that made room for it.
            var early = course
            early.steps.swapAt(place, place - 1)
            let refused = try report(early).refused
            #expect(refused.count == 1 && !refused.isEmpty, "sequence \(one.sequence ?? 0)")
        }
    }

    @Test func `may not be lost, nor come twice`() throws {
        let place = try #require(course.held(stream).dropFirst(4).first)
        var lost = course
        lost.steps.remove(at: place)
        #expect(try report(lost).missing.count == 1)
        var twice = course
        twice.steps.insert(course.steps[place], at: place)
        #expect(try report(twice).duplicated.count == 1)
    }

    /// Presses of two devices, minute by minute, over windows of two; `.` is the first feeder's
    /// acknowledgement. Each digit is the place of a press in the list.
    @Test(
        arguments: [
            // 3 and 4 of the first feeder wait, and minutes pass for the second one.
            ("1 2 5 6 .3 .4 .7", 2, ""),
            // In its own topic a minute comes after the one before.
            ("1 2 5 6 .3 .7 .4", 2, "out of order 1 (4)"),
            // There was room: nothing held it up.
            ("1 2 5 6 .3 .4 .7", 9, "out of order 2 (3)"),
            ("1 2 .. 5 6 3 4 .7", 2, "out of order 2 (3)"),
        ])
    func `lets other topics go before`(order: String, window: Int, words: String) throws {
        let minutes: [(String, Int64)] = [
            ("b0", 0), ("b0", 0), ("b0", 0), ("b0", 0), ("b1", 1), ("b1", 2), ("b0", 2),
        ]
        let archive = try Archive(
            minutes.enumerated().map { place, press in
                let time = Timestamp(seconds: 1_709_276_400 + press.1 * 60 + Int64(place))
                return Event(
                    id: EventID("press-\(place)"), time: time, recorded: time,
                    content: EventContent(
                        source: FeederSystem.source, detailType: FeederSystem.detailType,
                        device: press.0,
                        detail: #"{"click-type": "LONG", "device-id": "\#(press.0)"}"#))
            })
        var route = Sample.route(.mended)
        route.topic = "${device}/action"
        let stream = try archive.stream([route])
        let topic = Array("b0/action".utf8)
        var audit = ToleratedAudit(
            [route],
            .init(
                keepsMinutes: true, missedAfter: nil, sendsAgain: false,
                windows: [topic: window, Array("b1/action".utf8): window]))
        var now = Timestamp(seconds: 1_800_000_000)
        for letter in order where letter != " " {
            guard let place = letter.wholeNumberValue else {
                // Each acknowledgement has a moment of its own.
                now.microseconds += 1
                audit.acknowledged(topic, at: now)
                continue
            }
            if stream[place - 1].key.topic != topic { now.microseconds += 1 }
            audit.received(stream[place - 1].key, at: now)
        }
        var source = try archive.source([route])
        let report = try audit.finish(&source)
        #expect(report.words == words && report.refused.isEmpty, "\(report.refused)")
    }
}
