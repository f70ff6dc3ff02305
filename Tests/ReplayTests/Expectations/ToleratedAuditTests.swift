import EventModel
import Expectations
import Simulation
import Testing

@Suite struct `The audit of a replay that may shuffle` {
    private static func audit(
        _ archive: Archive, _ stream: [Arrival], _ decisions: [RunDecision] = [],
        keepsMinutes: Bool = true, missedAfter: Timestamp? = nil,
        route: ExpectedRoute = Sample.route()
    ) throws -> AuditReport {
        var audit = ToleratedAudit(
            [route], .init(keepsMinutes: keepsMinutes, missedAfter: missedAfter))
        for decision in decisions { audit.decided(decision) }
        for arrival in stream { audit.received(arrival.key, at: arrival.at) }
        var source = try archive.source([route])
        return try audit.finish(&source)
    }

    private static func decision(
        _ sequence: Int, _ kind: RunDecision.Kind, at seconds: Int64 = 0
    ) -> RunDecision {
        RunDecision(
            sequence: sequence, target: "cat-feeder", kind: kind, at: Timestamp(seconds: seconds))
    }

    @Test(arguments: 0..<5)
    func `accepts any order inside a minute, and any order at all where minutes do not count`(
        run: Int
    ) throws {
        let seed = environmentSeed ?? 7
        let archive = try Archive(Sample.presses(200, seed: seed))
        var draws = RandomStream(seed: seed, domain: .deliveryOrder).draws(slot: UInt64(run))
        let shuffled = try archive.stream().map { ($0.minute, draws.next(), $0) }
        let inside = shuffled.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
        #expect(try Self.audit(archive, inside).isAccepted)
        let across = shuffled.sorted { $0.1 < $1.1 }.map(\.2)
        #expect(try Self.audit(archive, across, keepsMinutes: false).isAccepted)
        let report = try Self.audit(archive, across)
        #expect(report.outOfOrder.count > 50 && report.missing.count == 0)
    }

    @Test(arguments: Damage.allCases)
    func `finds what was done to one message, and only that`(damage: Damage) throws {
        let seed = environmentSeed ?? 8
        let archive = try Archive(Sample.presses(200, seed: seed))
        let whole = try archive.stream()
        var counts: [MessageKey: Int] = [:]
        for arrival in whole { counts[arrival.key, default: 0] += 1 }
        let places = whole.indices.dropLast().filter {
            counts[whole[$0].key] == 1 && counts[whole[$0 + 1].key] == 1
        }
        var draws = RandomStream(seed: seed, domain: .loss)
            .draws(entity: RandomStream.entity(damage.rawValue))
        for _ in 0..<25 {
            let place = places[Int(draws.below(UInt64(places.count)))]
            let sequence = whole[place].sequence ?? 0
            var stream = whole
            damage.strike(&stream, at: place, &draws)
            let isAcross = whole[place].minute != whole[place + 1].minute
            let expected =
                switch damage {
                case .dropped: "missing 1 (\(sequence))"
                case .doubled: "duplicated 1 (\(sequence))"
                case .altered, .readdressed, .truncated, .lengthened:
                    "missing 1 (\(sequence)), unexpected 1 (-)"
                case .swapped: isAcross ? "out of order 1 (\(sequence))" : ""
                case .late: ""
                case .invented: "unexpected 1 (-)"
                }
            let report = try Self.audit(archive, stream)
            #expect(
                report.words == expected && report.isAccepted == expected.isEmpty,
                """
                \(damage.rawValue) at message \(place + 1)
                repeat: REPLAYLAB_SEED=\(seed) swift test --filter 'done to one message'
                """)
        }
    }

    /// Sequence 2 of three: what the log says, how often its message comes, and the verdict.
    @Test(arguments: [
        ([RunDecision.Kind.duplicated], 2, ""), ([.duplicated], 1, "missing 1 (2)"),
        ([.duplicated], 3, "duplicated 1 (2)"), ([.duplicated, .duplicated], 3, ""),
        ([.failed(acted: true)], 2, ""), ([.failed(acted: true)], 1, "missing 1 (2)"),
        ([.failed(acted: false)], 1, ""), ([.failed(acted: false)], 2, "duplicated 1 (2)"),
        ([.lost], 0, ""), ([.lost], 1, "duplicated 1 (2)"), ([.lost, .duplicated], 1, ""),
        ([.missed], 0, ""), ([.missed], 1, "duplicated 1 (2)"),
        ([], 1, ""), ([], 0, "missing 1 (2)"), ([], 2, "duplicated 1 (2)"),
    ])
    func `allows what the log says, and no more`(
        kinds: [RunDecision.Kind], times: Int, words: String
    ) throws {
        let archive = try Archive(Sample.presses(3, seed: 12))
        let stream = try archive.stream()
        #expect(Set(stream.map(\.key)).count == 3)
        let arrivals = [stream[0]] + Array(repeating: stream[1], count: times) + [stream[2]]
        let report = try Self.audit(
            archive, arrivals, kinds.map { Self.decision(2, $0) }, missedAfter: .earliest)
        #expect(report.words == words && report.refused.isEmpty)
        #expect(report.isAccepted == words.isEmpty)
    }

    @Test func `refuses an event missed that the archive had had long enough`() throws {
        let archive = try Archive(Sample.presses(10, seed: 13))
        let stream = try archive.stream()
        let six = stream[5].at
        for (sequence, isAllowed) in [(5, false), (6, false), (7, true), (10, true)] {
            var arrivals = stream
            arrivals.remove(at: sequence - 1)
            let report = try Self.audit(
                archive, arrivals, [Self.decision(sequence, .missed)], missedAfter: six)
            #expect(report.words.isEmpty && report.isAccepted == isAllowed, "\(sequence)")
            #expect(report.refused.allSatisfy { $0.hasPrefix("sequence \(sequence): the archive") })
        }
        // A model without a lag misses nothing.
        let report = try Self.audit(
            archive, Array(stream.dropLast()), [Self.decision(10, .missed)], missedAfter: nil)
        #expect(report.refused.count == 1 && !report.isAccepted)
    }

    /// A target with 3 retries and an age: failures, the moment of the last, whether it may give up.
    @Test(arguments: [
        (4, 7, 86_400, true), (3, 7, 86_400, false), (1, 0, 86_400, false), (0, 0, 86_400, false),
        (3, 58, 60, true), (3, 3, 60, false), (1, 0, 60, false), (2, 59, 60, true),
    ])
    func `refuses to give up too early`(
        failures: Int, seconds: Int64, age: Int, isAllowed: Bool
    ) throws {
        let archive = try Archive(Sample.presses(3, seed: 12))
        let stream = try archive.stream()
        var decisions = (0..<failures).map {
            Self.decision(2, .failed(acted: false), at: $0 == 0 ? 0 : seconds)
        }
        decisions.append(Self.decision(2, .deadLettered, at: seconds))
        let report = try Self.audit(
            archive, [stream[0], stream[2]], decisions, route: Sample.route(retries: 3, age: age))
        #expect(report.words.isEmpty && report.isAccepted == isAllowed, "\(report.refused)")
        #expect(report.refused.allSatisfy { $0.hasPrefix("sequence 2: the bus gave up after") })
    }

    @Test func `is not fooled by what was decided for another target or another event`() throws {
        let archive = try Archive(Sample.presses(3, seed: 12))
        let stream = try archive.stream()
        var other = Self.decision(2, .lost)
        other.target = "stores"
        for decision in [other, Self.decision(3, .lost)] {
            let report = try Self.audit(archive, [stream[0], stream[2]], [decision])
            #expect(report.missing.first?.sequence == 2 && !report.isAccepted)
        }
    }
}
