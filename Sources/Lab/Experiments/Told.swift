import EventModel

/// What one message says of the press that it is for.
struct Told: Comparable {
    var time: String
    var word: String
    /// Only the mended function sends it.
    var id: String?

    init(_ payload: [UInt8]) throws {
        let message = try JSONValue(parsing: String(decoding: payload, as: UTF8.self))
        time = message["reportedTime"]?.string ?? ""
        word = message["event"]?.string ?? ""
        id = message["id"]?.string
    }

    /// By the time that was reported, then by the id; what has neither stays in its order, for
    /// Swift's sort is stable.
    static func < (a: Told, b: Told) -> Bool {
        a.time != b.time ? a.time < b.time : (a.id ?? "") < (b.id ?? "")
    }

    /// The click that a message asks for; nil where it is none.
    static func click(_ payload: [UInt8]) -> ClickKind? {
        (try? Told(payload)).flatMap { ClickKind(word: $0.word) }
    }
}

extension [Told] {
    /// How many pairs of messages stand in another order than the presses that they are for. Presses of
    /// one moment have no order, and presses that their messages do not tell apart are taken in theirs.
    ///
    /// - Parameter times: the times of the presses that a message may be for, in order, by its id where it
    ///   has one, else by its second and word; nil where it is left out.
    func wrongPairs(_ times: (String) -> [Int64]?) -> Int {
        var used: [String: Int] = [:]
        var sorted: [Int64] = []
        var wrong = 0
        for one in self {
            let key = one.id ?? "\(one.time) \(one.word)"
            let next = used[key, default: 0]
            guard let times = times(key), next < times.count else { continue }
            used[key] = next + 1
            var place = sorted.count
            while place > 0, sorted[place - 1] > times[next] { place -= 1 }
            wrong += sorted.count - place
            sorted.insert(times[next], at: place)
        }
        return wrong
    }
}
