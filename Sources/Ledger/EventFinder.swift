import EventModel

/// Finds many events by their ids, one after the other, with statements that are prepared once.
public final class EventFinder {
    private let ledger: EventLedger
    private var prepared: PreparedSearch?

    public init(_ ledger: EventLedger) { self.ledger = ledger }

    /// The event with this id; nil where the ledger has none.
    public func event(_ id: EventID) throws -> Event? {
        try ledger.file.withConnection { connection in
            let search = try prepared ?? PreparedSearch(connection, path: ledger.path)
            prepared = search
            return try search.event(id)
        }
    }
}

private final class PreparedSearch {
    private let rows: Statement
    private let contents: ContentReader

    init(_ connection: OpaquePointer, path: String) throws {
        rows = try Statement(
            connection, "SELECT time, content, lag FROM event WHERE id = ?", path: path)
        contents = try ContentReader(connection, path: path)
    }

    func event(_ id: EventID) throws -> Event? {
        rows.bind(1, id)
        defer { rows.reset() }
        guard try rows.step(), let content = try contents.content(rows.int(1)) else { return nil }
        let time = Int64(rows.int(0))
        return Event(
            id: id, time: Timestamp(microseconds: time),
            recorded: Timestamp(microseconds: time &+ Int64(rows.int(2))), content: content)
    }
}
