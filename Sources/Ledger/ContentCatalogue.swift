import EventModel
import GRDBSQLite

/// Gives contents, devices and texts their codes: each is stored once, whatever how many events
/// share it. Codes are given in order of first use, so the same events make the same rows.
final class ContentCatalogue {
    struct Codes {
        var content: Int
        var device: Int?
    }

    private let path: String
    private let reader: ContentReader
    private let findContent: Statement
    private let insertContent: Statement
    private let findText: Statement
    private let insertText: Statement
    private let findDevice: Statement
    private let insertDevice: Statement
    private let lastCode: Statement

    /// Codes of contents by identity; the contents are held, so that no identity is used twice.
    private var known: [ObjectIdentifier: Codes] = [:]
    private var held: [EventContent] = []
    private var texts: [TextKey: Int] = [:]
    private var devices: [TextKey: Int] = [:]
    private var nextContent: Int
    /// About how many bytes `held` takes.
    private var heldBytes = 0
    /// What is held is let go at so many bytes. A hundred thousand households have half a million
    /// contents, which come in turn: were they not all held, nearly every event would be looked up in
    /// the file, which takes eight times as long.
    private static let byteLimit = 1 << 27
    private static let limit = 1 << 16

    init(_ connection: OpaquePointer, path: String) throws {
        self.path = path
        reader = try ContentReader(connection, path: path)
        findContent = try Statement(
            connection, "SELECT code, device FROM content WHERE digest = ?", path: path)
        insertContent = try Statement(
            connection,
            """
            INSERT INTO content (code, digest, form, source, detail_type, device, envelope, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, path: path)
        findText = try Statement(connection, "SELECT code FROM text WHERE body = ?", path: path)
        insertText = try Statement(
            connection,
            "INSERT INTO text (code, body) SELECT coalesce(max(code), 0) + 1, ? FROM text RETURNING code",
            path: path)
        findDevice = try Statement(connection, "SELECT code FROM device WHERE name = ?", path: path)
        insertDevice = try Statement(
            connection,
            "INSERT INTO device (code, name) SELECT coalesce(max(code), 0) + 1, ? FROM device RETURNING code",
            path: path)
        lastCode = try Statement(
            connection, "SELECT coalesce(max(code), 0) FROM content", path: path)
        nextContent = try lastCode.step() ? lastCode.int(0) + 1 : 1
        lastCode.reset()
    }

    func content(_ code: Int) throws -> EventContent? { try reader.content(code) }

    /// The codes of a content that the ledger has; nil where it is new.
    @inline(__always)
    func find(_ content: EventContent) throws -> Codes? {
        if let codes = known[ObjectIdentifier(content)] { return codes }
        return try findByDigest(content)
    }

    private func findByDigest(_ content: EventContent) throws -> Codes? {
        findContent.bind(1, content.digest.prefix)
        defer { findContent.reset() }
        // Eight bytes of a digest may collide; the whole digest decides.
        while try findContent.step() {
            let code = findContent.int(0)
            guard try reader.content(code)?.digest == content.digest else { continue }
            return remember(content, Codes(content: code, device: findContent.optionalInt(1)))
        }
        return nil
    }

    private func remember(_ content: EventContent, _ codes: Codes) -> Codes {
        if heldBytes >= ContentCatalogue.byteLimit {
            known.removeAll(keepingCapacity: true)
            held.removeAll(keepingCapacity: true)
            heldBytes = 0
        }
        known[ObjectIdentifier(content)] = codes
        held.append(content)
        // The object, its digest and its place in both collections.
        heldBytes += 160 + content.detail.utf8.count
        return codes
    }

    /// Gives a code to a content that `find` does not know.
    func insert(_ content: EventContent) throws -> Codes {
        let device = try content.device.map {
            try code(of: $0, in: &devices, findDevice, insertDevice)
        }
        let source = try text(content.source)
        let type = try text(content.detailType)
        let envelope = try content.envelope.map(text)
        insertContent.bind(1, nextContent)
        insertContent.bind(2, content.digest.prefix)
        insertContent.bind(3, Int(content.form.rawValue))
        insertContent.bind(4, source)
        insertContent.bind(5, type)
        insertContent.bind(6, device)
        insertContent.bind(7, envelope)
        insertContent.bind(8, content.detail)
        try insertContent.run()
        defer { nextContent += 1 }
        return remember(content, Codes(content: nextContent, device: device))
    }

    private func text(_ body: String) throws -> Int {
        try code(of: body, in: &texts, findText, insertText)
    }

    private func code(
        of name: String, in known: inout [TextKey: Int], _ find: borrowing Statement,
        _ insert: borrowing Statement
    ) throws -> Int {
        if let code = known[TextKey(text: name)] { return code }
        let code = try code(of: name, find, insert)
        if known.count >= ContentCatalogue.limit { known.removeAll(keepingCapacity: true) }
        known[TextKey(text: name)] = code
        return code
    }

    private func code(
        of name: String, _ find: borrowing Statement, _ insert: borrowing Statement
    ) throws -> Int {
        find.bind(1, name)
        defer { find.reset() }
        if try find.step() { return find.int(0) }
        insert.bind(1, name)
        defer { insert.reset() }
        guard try insert.step() else {
            throw LedgerError.storage(path: path, code: 1, reason: "no code for \(name)")
        }
        let code = insert.int(0)
        while try insert.step() {}
        return code
    }
}

/// A text as SQLite compares it: by its bytes, where `String` calls "é" in one scalar and in two
/// equal, and would give one the code of the other.
private struct TextKey: Hashable {
    let text: String

    static func == (a: TextKey, b: TextKey) -> Bool { a.text.hasSameBytes(as: b.text) }
    func hash(into hasher: inout Hasher) { hasher.combine(bytesOf: text) }
}
