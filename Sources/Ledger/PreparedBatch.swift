import EventModel

/// Events made ready to be appended, leaf hashes and block roots included: what a thread that reads
/// or generates events can do for the one that writes.
///
///     rows:      time ─ stated and kept recorded time ─ leaf ─ id ─ place in `contents`
///     contents:  each distinct one
///     blocks:    those that these events fill
///
/// It supposes that all its events are new to the ledger, and that the ledger ends where `begin`
/// says. Where that is not so, the writer hashes again, event by event: what is in the ledger never
/// depends on who prepared.
package struct PreparedBatch: Sendable {
    /// Where the ledger is supposed to end.
    let begin: LeafChain
    /// Where it will end then: the next batch begins here.
    package private(set) var end: LeafChain
    private(set) var rows: [PreparedRow] = []
    private(set) var blocks: [SealedBlock] = []
    let contents: [EventContent]
    /// The ids that are no UUIDs.
    private(set) var texts: [String] = []
    /// How many recorded times were raised.
    private(set) var raised = 0
    /// Whether all times lie in the years that a ledger keeps.
    private(set) var isWritable = true

    /// A batch of events whose contents are told by their place in a table.
    package init(after chain: LeafChain, contents: [EventContent], capacity: Int) {
        begin = chain
        end = chain
        self.contents = contents
        rows.reserveCapacity(capacity)
    }

    /// A batch of events as they come.
    ///
    /// - Parameter recorded: the recorded time of those that state none; nil for their own time.
    package init(_ events: [Event], recorded: Timestamp?, after chain: LeafChain) {
        var table = ContentTable()
        let places = events.map { table.place(of: $0.content) }
        self.init(after: chain, contents: table.contents, capacity: events.count)
        for (event, place) in zip(events, places) {
            add(
                event.id, event.time, stated: event.recorded ?? recorded ?? event.time,
                content: place)
        }
    }

    package var count: Int { rows.count }

    /// The recorded time that the last event states; nil of an empty batch.
    package var lastRecorded: Timestamp? {
        rows.last.map { Timestamp(microseconds: $0.stated) }
    }

    /// Adds the next event.
    ///
    /// - Parameter content: a place in the table that the batch was made with.
    @inline(__always)
    package mutating func add(
        _ id: EventID, _ time: Timestamp, stated: Timestamp, content place: Int
    ) {
        var row = PreparedRow(time: time, stated: stated, content: Int32(place))
        var id = id
        if case .other(let text) = id { id = EventID(text) }
        switch id {
        case .uuid(let high, let low): row.id = (high.bigEndian, low.bigEndian)
        case .other(let text):
            row.id = (UInt64(texts.count), 0)
            row.isText = true
            texts.append(text)
        }
        isWritable = isWritable && time.isWritable && stated.isWritable
        if isWritable {
            let recorded = end.raised(stated)
            let leaf = end.nextLeaf(id, time, recorded: recorded, contents[place])
            row.lag = recorded.microseconds - time.microseconds
            row.leaf = leaf.prefix
            if recorded != stated { raised += 1 }
            if let block = end.take(time, recorded: recorded, leaf: leaf) { blocks.append(block) }
        }
        rows.append(row)
    }

    /// An event as it was added.
    func event(at place: Int) -> Event {
        let row = rows[place]
        return Event(
            id: row.isText
                ? .other(texts[Int(row.id.0)])
                : .uuid(UInt64(bigEndian: row.id.0), UInt64(bigEndian: row.id.1)),
            time: Timestamp(microseconds: row.time),
            recorded: Timestamp(microseconds: row.stated), content: contents[Int(row.content)])
    }

    /// The same events, hashed for another place in the ledger.
    func prepared(after chain: LeafChain) -> PreparedBatch {
        var again = PreparedBatch(after: chain, contents: contents, capacity: rows.count)
        for place in rows.indices {
            let event = event(at: place)
            again.add(
                event.id, event.time, stated: event.recorded ?? event.time,
                content: Int(rows[place].content))
        }
        return again
    }
}

/// An event's row but for its codes, which the writer knows. Times in microseconds.
struct PreparedRow: Sendable, BitwiseCopyable {
    var time: Int64
    /// The recorded time that the event states.
    var stated: Int64
    /// The one that it gets, less its time.
    var lag: Int64 = 0
    /// The first eight bytes of its leaf.
    var leaf: Int64 = 0
    /// A UUID's 16 bytes as they stand in the file; of another id, its place in `texts`.
    var id: (UInt64, UInt64) = (0, 0)
    /// A place in `contents`.
    var content: Int32
    var isText = false

    init(time: Timestamp, stated: Timestamp, content: Int32) {
        self.time = time.microseconds
        self.stated = stated.microseconds
        self.content = content
    }
}
