/// A topic filter: what a client subscribes to. `+` stands for one level, `#` for all that follow
/// (MQTT 3.1.1, section 4.7). Compared byte by byte.
public struct TopicFilter: Hashable, Sendable, CustomStringConvertible {
    /// UTF-8, checked.
    public let bytes: [UInt8]

    /// Nil where the bytes are empty, longer than 65,535, no UTF-8, hold U+0000 or a wildcard that
    /// does not fill its level, or where anything follows `#`.
    public init?(bytes: [UInt8]) {
        let isFilter = bytes.withUnsafeBytes {
            TopicSyntax.isText($0) && TopicSyntax.isFilter($0)
        }
        guard isFilter else { return nil }
        self.bytes = bytes
    }

    /// Nil where the text is no topic filter.
    public init?(_ text: String) { self.init(bytes: Array(text.utf8)) }

    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it stands for more than one topic: a `+` or a `#` is in it.
    public var hasWildcard: Bool { bytes.contains { $0 == 0x2B || $0 == 0x23 } }

    /// Whether messages to `topic` come to a subscriber of this filter.
    ///
    /// `hashTakesParent`: whether `a/#` takes `a`, as the standard says and AWS IoT Core does not.
    /// A filter that begins with a wildcard takes no topic that begins with `$`.
    public func matches(_ topic: TopicName, hashTakesParent: Bool = true) -> Bool {
        let filter = bytes[...]
        let name = topic.bytes[...]
        if name.first == TopicSyntax.dollar, filter.first != TopicSyntax.dollar { return false }
        var (f, n) = (filter.startIndex, name.startIndex)
        while f < filter.endIndex {
            if filter[f] == TopicSyntax.hash { return true }
            if filter[f] == TopicSyntax.plus {
                while n < name.endIndex, name[n] != TopicSyntax.slash { n += 1 }
                f += 1
            } else {
                while f < filter.endIndex, filter[f] != TopicSyntax.slash {
                    guard n < name.endIndex, name[n] == filter[f] else { return false }
                    (f, n) = (f + 1, n + 1)
                }
            }
            guard f < filter.endIndex else { return n == name.endIndex }
            guard n < name.endIndex else {
                // The name ends here; only `/#` may be left of the filter.
                return hashTakesParent && filter.endIndex - f == 2
                    && filter[f + 1] == TopicSyntax.hash
            }
            guard name[n] == TopicSyntax.slash else { return false }
            (f, n) = (f + 1, n + 1)
        }
        return n == name.endIndex
    }
}

extension TopicName {
    /// Nil where the text is no topic name: empty, too long, with a wildcard or U+0000.
    public init?(checking bytes: [UInt8]) {
        let isName = bytes.withUnsafeBytes { TopicSyntax.isText($0) && TopicSyntax.isName($0) }
        guard isName else { return nil }
        self.init(bytes: bytes)
    }
}
