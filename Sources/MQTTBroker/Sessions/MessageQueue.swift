/// Messages that wait for one client, first in, first out; both ends in constant time.
struct MessageQueue: Sendable {
    private var messages: [Message?] = []
    private var head = 0
    /// The payloads' bytes.
    private(set) var payloadBytes = 0

    var count: Int { messages.count - head }
    var isEmpty: Bool { head == messages.count }

    mutating func append(_ message: Message) {
        payloadBytes += message.payload.count
        messages.append(message)
    }

    mutating func append(contentsOf other: consuming MessageQueue) {
        while let message = other.popFirst() { append(message) }
    }

    mutating func popFirst() -> Message? {
        guard head < messages.count, let message = messages[head] else { return nil }
        messages[head] = nil
        head += 1
        payloadBytes -= message.payload.count
        if head == messages.count {
            messages.removeAll(keepingCapacity: head <= 1024)
            head = 0
        } else if head >= 1024, head * 2 >= messages.count {
            messages.removeFirst(head)
            head = 0
        }
        return message
    }
}
