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
