import Foundation

/// Which histories the environment asks the laws to be tried on: what a violation's last line sets.
///
///     REPLAYLAB_SEED=1                       the histories of another seed
///     REPLAYLAB_HISTORY=4                    one history alone
///     REPLAYLAB_EVENTS=3,17                  and of it these events alone
struct LawAddress {
    var seed: UInt64?
    var history: Int?
    var events: [Int]?

    /// - Throws: `LawAddressError` where a variable is there and is not what it should be.
    init(_ environment: [String: String]) throws(LawAddressError) {
        func value<T>(_ name: String, _ what: String, _ read: (String) -> T?)
            throws(LawAddressError)
            -> T?
        {
            guard let text = environment[name] else { return nil }
            guard let value = read(text) else {
                throw LawAddressError(description: "\(name) must be \(what), and is \"\(text)\"")
            }
            return value
        }
        seed = try value("REPLAYLAB_SEED", "a number from 0 on") { UInt64($0) }
        history = try value("REPLAYLAB_HISTORY", "a number") { Int($0) }
        events = try value("REPLAYLAB_EVENTS", "numbers with commas between them, such as 3,17") {
            let numbers = $0.split(separator: ",").map { Int($0) }
            return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
        }
        if events != nil, history == nil {
            throw LawAddressError(
                description:
                    "REPLAYLAB_EVENTS names events of one history: set REPLAYLAB_HISTORY, too")
        }
    }
}

/// Why there is no such history.
public struct LawAddressError: Error, CustomStringConvertible, Sendable {
    public let description: String
}
