import EventModel
import Synchronization

/// Reads contents by code, with a cache of bounded size.
final class ContentReader {
    private let path: String
    private let statement: Statement
    private let texts: Statement
    private(set) var cache: ContentCache
    private var textCache: [Int: String] = [:]
    private static let limit = 1 << 14

    init(
        _ connection: OpaquePointer, path: String, cache: ContentCache = ContentCache()
    ) throws {
        self.path = path
        self.cache = cache
        statement = try Statement(
            connection,
            """
            SELECT c.source, c.detail_type, c.envelope, c.form, d.name, c.detail, c.device
            FROM content c LEFT JOIN device d ON d.code = c.device WHERE c.code = ?
            """, path: path)
        texts = try Statement(connection, "SELECT body FROM text WHERE code = ?", path: path)
    }

    /// The content of a code; nil where the ledger has none.
    ///
    /// - Throws: `LedgerError.damaged` where it lacks a part.
    func content(_ code: Int) throws -> EventContent? {
        if let found = cache[code] { return found }
        statement.bind(1, code)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        guard let form = UInt8(exactly: statement.int(3)).flatMap(EventForm.init(rawValue:)) else {
            throw LedgerError.damaged(
                path: path, sequence: nil, reason: "content \(code) has form \(statement.int(3))")
        }
        let content = EventContent(
            source: try text(statement.int(0)), detailType: try text(statement.int(1)),
            device: statement.isNull(6)
                ? nil : try statement.checkedText(4, of: "the device of content \(code)"),
            detail: try statement.checkedText(5, of: "the detail of content \(code)"), form: form,
            envelope: try statement.optionalInt(2).map(text))
        cache[code] = content
        return content
    }

    private func text(_ code: Int) throws -> String {
        if let found = textCache[code] { return found }
        texts.bind(1, code)
        defer { texts.reset() }
        guard try texts.step() else {
            throw LedgerError.damaged(path: path, sequence: nil, reason: "text \(code) is missing")
        }
        let body = try texts.checkedText(0, of: "text \(code)")
        if textCache.count >= ContentReader.limit { textCache.removeAll(keepingCapacity: true) }
        textCache[code] = body
        return body
    }
}

/// Contents by code, at most some ten thousand of them.
///
/// The first contents of a ledger, which most of its events have, stay; of the others the last.
struct ContentCache {
    private var first: [EventContent?] = []
    private var others: [Int: EventContent] = [:]
    private static let limit = 1 << 14

    subscript(code: Int) -> EventContent? {
        get { first.indices.contains(code) ? first[code] : others[code] }
        set {
            guard code < 0 || code >= ContentCache.limit else {
                while first.count <= code { first.append(nil) }
                first[code] = newValue
                return
            }
            if others.count >= ContentCache.limit { others.removeAll(keepingCapacity: true) }
            others[code] = newValue
        }
    }
}

/// What a reader's scans leave to the next: contents that are committed never change.
final class SharedContents: Sendable {
    private let cache = Mutex(ContentCache())

    /// A scan inside a scan is lent an empty one.
    func lend() -> ContentCache {
        cache.withLock { cache in
            defer { cache = ContentCache() }
            return cache
        }
    }

    func takeBack(_ lent: ContentCache) { cache.withLock { $0 = lent } }
}
