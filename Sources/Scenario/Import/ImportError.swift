/// Where a byte stands in an input: line and column count from 1, the column in bytes.
public struct TextPlace: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (a: TextPlace, b: TextPlace) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }

    public var description: String { "\(line):\(column)" }
}

/// Why an input cannot be imported: `orders.jsonl:7:12: reason`.
public struct ImportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path, or `standard input`.
    public var input: String
    /// Where the problem stands; nil where it is the file as a whole.
    public var place: TextPlace?
    /// What was wrong, what was expected and what to do.
    public var reason: String

    public init(input: String, place: TextPlace? = nil, reason: String) {
        self.input = input
        self.place = place
        self.reason = reason
    }

    /// The line, from 1.
    public var line: Int? { place?.line }
    /// The column in bytes, from 1.
    public var column: Int? { place?.column }

    public var description: String {
        guard let place else { return "\(input): \(reason)" }
        return "\(input):\(place): \(reason)"
    }
}

/// Why one value is no event, and at which byte of the scanner's text.
struct BadValue: Error {
    let offset: Int
    let reason: String
}
