import EventModel
import Lab

/// Which broker a replay goes to.
enum LinkChoice {
    case memory

    init(_ text: String, allowsRealBroker: Bool) throws {
        guard text == "memory" else {
            throw UsageError(description: "--mqtt takes memory, wire or an address, not \(text)")
        }
        self = .memory
    }

    func configure(_ replay: Replay) throws {}
}
