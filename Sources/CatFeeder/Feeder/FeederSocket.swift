/// What has arrived at a feeder and was not read yet: first in, first out, each in constant time.
///
/// A replay that is faster than history leaves a million messages here.
struct FeederSocket: Sendable {
    private var payloads: [[UInt8]] = []
    /// The oldest one's place; what stands before it has been read.
    private var begin = 0

    var count: Int { payloads.count - begin }
    var isEmpty: Bool { count == 0 }
    /// What was not read yet, the oldest first.
    var waiting: [[UInt8]] { Array(payloads[begin...]) }

    mutating func append(_ payload: [UInt8]) { payloads.append(payload) }

    /// Reads the oldest message; nil where none waits.
    mutating func read() -> [UInt8]? {
        guard begin < payloads.count else { return nil }
        let payload = payloads[begin]
        begin += 1
        if begin == payloads.count {
            removeAll()
        } else if begin > 1_024, begin > payloads.count / 2 {
            payloads.removeFirst(begin)
            begin = 0
        }
        return payload
    }

    mutating func removeAll() {
        payloads.removeAll()
        begin = 0
    }
}
