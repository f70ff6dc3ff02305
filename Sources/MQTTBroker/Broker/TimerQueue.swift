import EventModel

/// What is to be done at a time, the earliest first, equals in the order in which they came.
struct TimerQueue: Sendable {
    enum Task: Sendable, Equatable {
        /// Look whether a connection has been silent for too long.
        case silence(ConnectionID)
        /// Forget a session: its place and generation.
        case sessionExpiry(Int, UInt32)
        /// Send the next stored message.
        case drip(Int, UInt32)
        /// Look after messages that were not acknowledged.
        case resend(Int, UInt32)
    }

    struct Entry: Sendable {
        var time: Timestamp
        var sequence: UInt64
        var task: Task

        fileprivate func comesBefore(_ other: Entry) -> Bool {
            (time, sequence) < (other.time, other.sequence)
        }
    }

    /// A binary heap.
    private var entries: [Entry] = []
    private var sequence: UInt64 = 0

    var count: Int { entries.count }
    var first: Entry? { entries.first }

    mutating func add(_ time: Timestamp, _ task: Task) {
        sequence &+= 1
        entries.append(Entry(time: time, sequence: sequence, task: task))
        var place = entries.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard entries[place].comesBefore(entries[parent]) else { return }
            entries.swapAt(place, parent)
            place = parent
        }
    }

    /// Takes the first one out, if it is due.
    mutating func popFirst(dueBy now: Timestamp) -> Entry? {
        guard let first = entries.first, first.time <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            sink(0)
        }
        return first
    }

    /// Leaves out what nobody waits for any more.
    mutating func keep(where isWanted: (Entry) -> Bool) {
        entries = entries.filter(isWanted).sorted { $0.comesBefore($1) }
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < entries.count && entries[child].comesBefore(entries[least]) {
                least = child
            }
            guard least != place else { return }
            entries.swapAt(place, least)
            place = least
        }
    }
}
