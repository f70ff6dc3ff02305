/// What came of one case.
public enum Outcome: Sendable, Equatable {
    case passed
    /// The property does not hold; the text tells this failure from others.
    case failed(String)
    /// The choices make no case.
    case invalid
}
