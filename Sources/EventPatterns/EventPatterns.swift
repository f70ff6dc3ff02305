import EventModel
public struct PatternError: Error { public var description: String }
public struct EventPattern: Sendable {
    public let text: String
    public init(parsing text: String) throws(PatternError) { self.text = text }
    public var topLevelFields: [String] { ["source"] }
}
public struct RuleMatcher {
    public init(_ patterns: [EventPattern]) {}
    public func matches(_ event: UnsafeRawBufferPointer) throws(JSONError) -> [Int] { [0, 1] }
}
