/// What was found out about contents, remembered for the events that share them.
///
/// A ledger has a handful of contents and millions of events. Contents that are one object are found
/// by their place in memory; those that are equal and not one object by their digest. Never more than
/// some ten thousand are remembered: then all are forgotten, and found out again.
public struct ContentMemo<Value> {
    @usableFromInline var recent: [EventContent?]
    @usableFromInline var values: [Value?]
    @usableFromInline var known: [SHA256Digest: Value] = [:]
    @usableFromInline static var limit: Int { 1 << 14 }

    @inlinable
    public init() {
        recent = Array(repeating: nil, count: 1 << 12)
        values = Array(repeating: nil, count: 1 << 12)
    }

    /// The value of a content, found out with `body` where it is not remembered.
    @inlinable
    public mutating func value(
        of content: EventContent, _ body: (EventContent) throws -> Value
    ) rethrows -> Value {
        let place = ContentMemo.place(of: content)
        if recent[place] === content, let value = values[place] { return value }
        let value: Value
        if let found = known[content.digest] {
            value = found
        } else {
            value = try body(content)
            if known.count >= ContentMemo.limit { known.removeAll(keepingCapacity: true) }
            known[content.digest] = value
        }
        recent[place] = content
        values[place] = value
        return value
    }

    @inlinable
    public mutating func forgetAll() {
        self = ContentMemo()
    }

    /// Twelve bits of a product: neighbours in memory come apart.
    @inlinable
    static func place(of content: EventContent) -> Int {
        let address = UInt64(UInt(bitPattern: Unmanaged.passUnretained(content).toOpaque()))
        return Int((address &* 0x9E37_79B9_7F4A_7C15) >> 52)
    }
}
