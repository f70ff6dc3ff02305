/// How costly the wildcards of one field are: the most beginnings of them that one value can match.
///
/// The value `"aaa"` matches seven beginnings of `*a*a*a*`: `*`, `*a`, `*a*`, … A matcher of states is
/// in as many of them at once. As in event-ruler's `MachineComplexityEvaluator`, over the bytes of
/// strings with their quotes.
///
/// A value is in two phases. Up to a wildcard's first star each byte is given. Behind it no star that
/// was reached is left again, so the dearest value first passes every star that it can, of all
/// wildcards whose first parts go together, and then ends with the piece that most parts begin with.
struct WildcardComplexity {
    private let wildcards: [Wildcard]

    init(_ wildcards: [Wildcard]) { self.wildcards = wildcards }

    func exceeds(_ limit: Int) -> Bool { measure(upTo: limit + 1) > limit }

    /// The measure; any number from `limit` on where it reaches that.
    func measure(upTo limit: Int) -> Int {
        var most = 0
        for wildcard in wildcards {
            most = max(most, onTheWay(to: wildcard, limit))
            if most >= limit { return most }
            most = max(most, behindTheStars(with: wildcard, limit))
            if most >= limit { return most }
        }
        return most
    }

    /// The most beginnings that a beginning of the wildcard's first part matches.
    private func onTheWay(to wildcard: Wildcard, _ limit: Int) -> Int {
        var states = wildcards.map { Beginnings($0) }
        var most = 0
        for byte in wildcard.parts[0] {
            var count = 0
            for place in states.indices { count += states[place].take(byte) }
            most = max(most, count)
            if most >= limit { break }
        }
        return most
    }

    /// The most beginnings that a value matches which begins as the wildcard does, and has passed all
    /// the stars that it can.
    private func behindTheStars(with wildcard: Wildcard, _ limit: Int) -> Int {
        guard wildcard.parts.count > 1 else { return 0 }
        let others = wildcards.filter {
            $0.parts.count > 1 && wildcard.parts[0].starts(with: $0.parts[0])
        }
        let stars = others.reduce(0) { $0 + $1.parts.count - 1 }
        guard stars < limit else { return stars }
        let parts = others.flatMap { $0.parts.dropFirst() }
        var most = 0
        for part in parts {
            for end in 1...max(1, part.count) {
                var count = 0
                for other in parts { count += WildcardComplexity.overlaps(part[..<end], other) }
                most = max(most, count)
                if stars + most >= limit { return stars + most }
            }
        }
        return stars + most
    }

    /// How many beginnings of `part` stand at the end of `value`.
    private static func overlaps(_ value: ArraySlice<UInt8>, _ part: [UInt8]) -> Int {
        var count = 0
        for length in 1...max(1, min(value.count, part.count))
        where value.suffix(length).elementsEqual(part[..<min(length, part.count)]) {
            count += 1
        }
        return count
    }
}

/// The beginnings of one wildcard that a value matches, byte by byte.
private struct Beginnings {
    /// nil for a star.
    private let tokens: [UInt8?]
    /// Whether the first so many tokens match what was taken.
    private var matches: [Bool]

    init(_ wildcard: Wildcard) {
        var tokens: [UInt8?] = []
        for (place, part) in wildcard.parts.enumerated() {
            if place > 0 { tokens.append(nil) }
            for byte in part { tokens.append(byte) }
        }
        self.tokens = tokens
        matches = [true] + Array(repeating: false, count: tokens.count)
    }

    /// - Returns: how many match now, the empty one left out.
    mutating func take(_ byte: UInt8) -> Int {
        var next = Array(repeating: false, count: matches.count)
        var count = 0
        for (place, token) in tokens.enumerated() {
            // A star takes the byte, or nothing behind what takes it.
            next[place + 1] =
                token == nil
                ? matches[place] || matches[place + 1] || next[place]
                : matches[place] && token == byte
            if next[place + 1] { count += 1 }
        }
        matches = next
        return count
    }
}

extension ValueTest {
    /// The wildcards in it.
    var wildcards: [Wildcard] {
        switch self {
        case .wildcard(let wildcard): [wildcard]
        case .anythingBut(let tests): tests.flatMap(\.wildcards)
        default: []
        }
    }
}
