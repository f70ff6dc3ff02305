import EventModel
import Expectations
import Simulation
import Testing

/// A message on its way, and when.
struct Arrival: Equatable {
    var key: MessageKey
    var at: Timestamp
    /// The event that it comes from; nil where it was invented.
    var sequence: Int?
    var minute: Int64 = 0
}

/// What a broken path does to one message.
enum Damage: String, CaseIterable, CustomTestStringConvertible {
    case dropped, doubled, altered, swapped, readdressed, late, invented, truncated, lengthened
    var testDescription: String { rawValue }

    /// Does it to the message at `place`.
    func strike(_ stream: inout [Arrival], at place: Int, _ draws: inout RandomDraws) {
        switch self {
        case .dropped: stream.remove(at: place)
        case .doubled: stream.insert(stream[place], at: place + 1)
        case .altered:
            let byte = Int(draws.below(UInt64(stream[place].key.payload.count)))
            stream[place].key.payload[byte] ^= UInt8(1 + draws.below(255))
        case .swapped:
            // Arrivals have the moments that they had: only the messages change places.
            (stream[place].key, stream[place + 1].key) = (stream[place + 1].key, stream[place].key)
        case .readdressed: stream[place].key.topic.append(0x73)
        case .late: stream[place].at.microseconds += 1_000_000
        case .invented:
            var key = stream[place].key
            key.payload = Array(#"{"event": "LONG", "reportedTime": "2001-01-01T00:00:00Z"}"#.utf8)
            stream.insert(Arrival(key: key, at: stream[place].at), at: place)
        case .truncated: stream[place].key.payload.removeLast()
        case .lengthened: stream[place].key.payload.append(0x20)
        }
    }
}

extension Archive {
    func source(_ routes: [ExpectedRoute] = [Sample.route()]) throws -> ExpectedSource {
        ExpectedSource(
            ledger, ReplayWindow(last: try ledger.headSequence()),
            Expectation(routes: routes, replayName: "r", registrations: []))
    }

    /// All messages as they should arrive, in order of the ledger.
    func stream(_ routes: [ExpectedRoute] = [Sample.route()]) throws -> [Arrival] {
        var source = try source(routes)
        var messages: [ExpectedMessage] = []
        while try source.next(into: &messages) {}
        return messages.map {
            Arrival(key: $0.key, at: $0.at, sequence: $0.sequence, minute: $0.minute)
        }
    }
}

extension AuditReport {
    /// `missing 1 (12), duplicated 2 (3)`: each kind with its count and its first sequence.
    var words: String {
        deviations.filter { $0.1.count > 0 }.map { name, one in
            "\(name) \(one.count) (\(one.first?.sequence.map(String.init) ?? "-"))"
        }
        .joined(separator: ", ")
    }
}
