import EventModel

/// What will happen, in order of virtual time: the queue of a synchronous event loop.
///
/// Ordered by (time, tie, order of adding). With ties of 0, what falls due at one moment comes first
/// in, first out; a drawn tie explores other schedules. Nothing ticks: time jumps to what is next.
public struct Timeline<Element> {
    @usableFromInline
    struct Entry {
        @usableFromInline var time: Timestamp
        @usableFromInline var tie: UInt64
        @usableFromInline var number: UInt64
        @usableFromInline var element: Element

        @inlinable
        init(time: Timestamp, tie: UInt64, number: UInt64, element: Element) {
            self.time = time
            self.tie = tie
            self.number = number
            self.element = element
        }

        @inlinable
        func precedes(_ other: Entry) -> Bool {
            if time != other.time { return time < other.time }
            return tie != other.tie ? tie < other.tie : number < other.number
        }
    }

    @usableFromInline var heap: [Entry] = []
    @usableFromInline var added: UInt64 = 0

    @inlinable
    public init() {}

    @inlinable
    public var count: Int { heap.count }
    @inlinable
    public var isEmpty: Bool { heap.isEmpty }

    /// When the next element falls due; nil where nothing is to come.
    @inlinable
    public var next: Timestamp? { heap.first?.time }

    /// Adds an element that falls due at `time`, after those of the same time and tie.
    @inlinable
    public mutating func add(_ element: Element, at time: Timestamp, tie: UInt64 = 0) {
        heap.append(Entry(time: time, tie: tie, number: added, element: element))
        added += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the element that falls due next, if it does so by `limit`.
    @inlinable
    public mutating func take(by limit: Timestamp = .latest) -> (time: Timestamp, element: Element)?
    {
        guard let first = heap.first, first.time <= limit else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.element)
    }

    /// What is still to come, in order.
    public var pending: [(time: Timestamp, element: Element)] {
        heap.sorted { $0.precedes($1) }.map { ($0.time, $0.element) }
    }

    @inlinable
    mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
