/// What a pattern asks of one value. Values are the bytes of their JSON, strings with their quotes and
/// without escapes.
enum ValueTest: Hashable, Sendable {
    case exact([UInt8])
    /// Begins with the quote, so that only strings have it.
    case prefix([UInt8])
    /// Ends with the quote.
    case suffix([UInt8])
    case ignoringCase(FoldedText)
    case wildcard(Wildcard)
    case number(ComparableNumber)
    case range(NumberRange)
    case address(AddressRange)
    /// None of these may match.
    indirect case anythingBut([ValueTest])
    case present
    case absent
    case never
}
