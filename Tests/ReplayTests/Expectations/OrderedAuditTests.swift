import EventModel
import Expectations
import Simulation
import Testing

@Suite struct `The audit of an ordered replay` {
    private static func audit(
        _ archive: Archive, _ stream: [Arrival], upTo last: Int = .max
    ) throws -> AuditReport {
        var audit = OrderedAudit(try archive.source())
        for arrival in stream { try audit.received(arrival.key, at: arrival.at) }
        return try audit.finish(upTo: last)
    }

    @Test(arguments: [0, 1, 2, 300, 3_000])
    func `accepts each message once, in order, in time`(count: Int) throws {
        let archive = try Archive(count == 0 ? [] : Sample.presses(count, seed: 1))
        let report = try Self.audit(archive, archive.stream())
        #expect(report.isAccepted && report.words.isEmpty)
        #expect(report.expected == count && report.received == count)
    }

    private static func expected(_ damage: Damage, _ place: Int, _ stream: [Arrival]) -> String {
        let sequence = stream[place].sequence ?? 0
        return switch damage {
        case .dropped: "missing 1 (\(sequence))"
        case .doubled: "duplicated 1 (\(sequence))"
        case .altered, .readdressed, .truncated, .lengthened:
            "missing 1 (\(sequence)), unexpected 1 (-)"
        // The second came at the first one's moment, and the first after it.
        case .swapped: "out of order 2 (\(stream[place + 1].sequence ?? 0))"
        case .late: "out of order 1 (\(sequence))"
        case .invented: "unexpected 1 (-)"
        }
    }

    /// Damage is done where the message is the only one of its kind: whose copy it was, nobody could
    /// say otherwise.
    private static func places(_ stream: [Arrival]) -> [Int] {
        var counts: [MessageKey: Int] = [:]
        for arrival in stream { counts[arrival.key, default: 0] += 1 }
        return stream.indices.dropLast().filter {
            counts[stream[$0].key] == 1 && counts[stream[$0 + 1].key] == 1
        }
    }

    @Test(arguments: Damage.allCases)
    func `finds what was done to one message, and only that`(damage: Damage) throws {
        let seed = environmentSeed ?? 1
        let archive = try Archive(Sample.presses(300, seed: seed))
        let whole = try archive.stream()
        let places = Self.places(whole)
        #expect(places.count > 150 && places.count < 290)
        var draws = RandomStream(seed: seed, domain: .loss)
            .draws(entity: RandomStream.entity(damage.rawValue))
        for run in 0..<25 {
            let chosen = [0, places.count - 1, Int(draws.below(UInt64(places.count)))]
            let place = places[chosen[min(run, 2)]]
            var stream = whole
            damage.strike(&stream, at: place, &draws)
            let report = try Self.audit(archive, stream)
            #expect(!report.isAccepted)
            #expect(
                report.words == Self.expected(damage, place, whole),
                """
                \(damage.rawValue) at message \(place + 1)
                repeat: REPLAYLAB_SEED=\(seed) swift test --filter 'done to one message'
                """)
        }
    }

    @Test(arguments: 0..<30)
    func `never accepts two kinds of damage together`(run: Int) throws {
        let seed = environmentSeed ?? 2
        let archive = try Archive(Sample.presses(60, seed: seed &+ UInt64(run)))
        var stream = try archive.stream()
        var draws = RandomStream(seed: seed, domain: .loss).draws(slot: UInt64(run))
        for _ in 0..<2 {
            let damage = Damage.allCases[Int(draws.below(UInt64(Damage.allCases.count)))]
            damage.strike(&stream, at: Int(draws.below(UInt64(stream.count - 1))), &draws)
        }
        let report = try Self.audit(archive, stream)
        #expect(
            report.isAccepted == (try stream == archive.stream()),
            "repeat: REPLAYLAB_SEED=\(seed) swift test --filter 'two kinds of damage together'")
    }

    @Test func `counts a hole of many messages, and names its first`() throws {
        let archive = try Archive(Sample.presses(300, seed: 3))
        var stream = try archive.stream()
        stream.removeSubrange(100..<150)
        #expect(try Self.audit(archive, stream).words == "missing 50 (101)")
        #expect(try Self.audit(archive, []).words == "missing 300 (1)")
        #expect(
            try Self.audit(archive, Array(archive.stream().dropLast(7))).words == "missing 7 (294)")
    }

    @Test func `takes one of two equal messages for the one whose moment it has`() throws {
        let event = Sample.presses(1, seed: 1)[0]
        // A, B, A again in the same second.
        let clicks: [(String, Int64)] = [("SINGLE", 0), ("LONG", 100), ("SINGLE", 200)]
        let events = clicks.enumerated().map { place, click in
            Event(
                id: EventID("\(place)"), time: event.time,
                recorded: Timestamp(microseconds: event.time.microseconds + click.1),
                content: EventContent(
                    source: event.source, detailType: event.detailType, device: nil,
                    detail: "{\"click-type\": \"\(click.0)\"}"))
        }
        let archive = try Archive(events)
        let stream = try archive.stream()
        #expect(try Self.audit(archive, [stream[0], stream[2]]).words == "missing 1 (2)")
        #expect(
            try Self.audit(archive, [stream[0], stream[0], stream[1], stream[2]]).words
                == "duplicated 1 (1)")
    }

    @Test func `of a replay that was cancelled asks for what had been put`() throws {
        let archive = try Archive(Sample.presses(100, seed: 4))
        let stream = try archive.stream()
        #expect(try Self.audit(archive, Array(stream.prefix(40)), upTo: 40).isAccepted)
        #expect(
            try Self.audit(archive, Array(stream.prefix(39)), upTo: 40).words == "missing 1 (40)")
    }

    @Test func `knows a copy thousands of messages later, and a stranger`() throws {
        let archive = try Archive(Sample.presses(12_000, seed: 5))
        var stream = try archive.stream()
        let copy = Arrival(key: stream[7_990].key, at: stream[8_999].at)
        stream.insert(copy, at: 9_000)
        #expect(try Self.audit(archive, stream).words == "duplicated 1 (7991)")
    }
}
