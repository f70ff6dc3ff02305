import EventModel
import Expectations
import Testing

@Suite struct `What an audit refuses, although the log says it` {
    private func audit(
        _ kinds: [RunDecision.Kind], times: Int, refused: Set<RunDecision.Kind> = [],
        sendsAgain: Bool = true, again: Int = 0, route: ExpectedRoute = Sample.route(retries: 0)
    ) throws -> AuditReport {
        let archive = try Archive(Sample.presses(3, seed: 12))
        let stream = try archive.stream()
        var audit = ToleratedAudit(
            [route],
            .init(
                keepsMinutes: true, missedAfter: .earliest, refused: refused,
                sendsAgain: sendsAgain))
        for (place, kind) in kinds.enumerated() {
            audit.decided(
                RunDecision(
                    sequence: 2, target: "cat-feeder", kind: kind,
                    at: Timestamp(seconds: Int64(place))))
        }
        for _ in 0..<again { audit.redelivered(stream[1].key) }
        for arrival in [stream[0]] + Array(repeating: stream[1], count: times) + [stream[2]] {
            audit.received(arrival.key, at: arrival.at)
        }
        var source = try archive.source([route])
        return try audit.finish(&source)
    }

    @Test(arguments: [
        ([RunDecision.Kind.lost], 0), ([.duplicated], 2), ([.failed(acted: true)], 2),
        ([.failed(acted: false), .deadLettered, .redriven], 1),
    ])
    func `is a fault that is off`(kinds: [RunDecision.Kind], times: Int) throws {
        let last = try #require(kinds.last)
        #expect(try audit(kinds, times: times).isAccepted)
        let report = try audit(kinds, times: times, refused: [last])
        #expect(report.words.isEmpty && report.refused.count == 1 && !report.isAccepted)
        #expect(report.refused.allSatisfy { $0.contains("sequence 2: ") }, "\(report.refused)")
    }

    @Test func `is a message sent again where no connection ended`() throws {
        #expect(try audit([], times: 2, again: 1).isAccepted)
        let report = try audit([], times: 2, sendsAgain: false, again: 1)
        #expect(report.words.isEmpty && report.refused.count == 1)
    }

    /// How late the second message comes, in seconds, what the log says of it, and the verdict.
    @Test(
        arguments: [
            (0, [], 0, true, ""), (-1, [], 0, true, "out of order 1 (2)"),
            (1, [], 0, true, "out of order 1 (2)"), (5, [], 5, true, ""),
            (6, [], 5, true, "out of order 1 (2)"), (6, [], 5, false, ""),
            (9_999, [failed], 5, true, ""), (-1, [failed], 5, false, "out of order 1 (2)"),
        ] as [(Int64, [RunDecision.Kind], Int64, Bool, String)])
    func `is a message before its time, and one that nothing made late`(
        seconds: Int64, kinds: [RunDecision.Kind], lateness: Int64, isConnected: Bool, words: String
    ) throws {
        let archive = try Archive(Sample.presses(3, seed: 12))
        let route = Sample.route()
        var audit = ToleratedAudit(
            [route],
            .init(
                keepsMinutes: false, missedAfter: nil, sendsAgain: !isConnected,
                lateness: lateness * 1_000_000))
        for kind in kinds {
            audit.decided(
                RunDecision(
                    sequence: 2, target: route.target, kind: kind, at: Timestamp(seconds: 0)))
        }
        for arrival in try archive.stream() {
            let late = arrival.sequence == 2 ? seconds * 1_000_000 : 0
            audit.received(
                arrival.key, at: Timestamp(microseconds: arrival.at.microseconds + late))
        }
        var source = try archive.source([route])
        #expect(try audit.finish(&source).words == words)
    }

    @Test func `is a message before the replay began`() throws {
        let archive = try Archive(Sample.presses(3, seed: 12))
        let (route, stream) = (Sample.route(), try archive.stream())
        for (begins, words) in [(stream[0].at, ""), (stream[1].at, "out of order 1 (1)")] {
            var audit = ToleratedAudit(
                [route], .init(keepsMinutes: false, missedAfter: nil, begins: begins))
            for arrival in stream { audit.received(arrival.key, at: arrival.at) }
            var source = try archive.source([route])
            #expect(try audit.finish(&source).words == words)
        }
    }

    private static let failed = RunDecision.Kind.failed(acted: false)

    /// What the log says of the event, how many messages come, deviations, refusals.
    @Test(arguments: [
        ([failed, .deadLettered, .redriven], 1, "", 0),
        ([failed, .deadLettered, .redriven], 0, "missing 1 (2)", 0),
        ([failed, .deadLettered, .redriven], 2, "duplicated 1 (2)", 0),
        ([failed, .deadLettered, .redriven, failed, .deadLettered], 0, "", 0),
        ([failed, .deadLettered, .redriven, failed, .deadLettered], 1, "duplicated 1 (2)", 0),
        ([failed, .deadLettered, .redriven, failed, .deadLettered, .redriven], 1, "", 0),
        // Given up anew without an attempt, and redriven out of no queue.
        ([failed, .deadLettered, .redriven, .deadLettered], 0, "", 1), ([.redriven], 2, "", 1),
        ([failed, .deadLettered, .redriven, .redriven], 2, "", 1),
    ])
    func `is a letter that never was, and one that was given up too early`(
        kinds: [RunDecision.Kind], times: Int, words: String, refusals: Int
    ) throws {
        let report = try audit(kinds, times: times)
        #expect(report.words == words && report.refused.count == refusals, "\(report.refused)")
    }
}
