import EventModel
import Foundation
import GRDB
import Testing

/// A fresh folder in which commands run; gone with the test.
final class Bench {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "replaylab-commands-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        for path in [folder, folder + ".logs"] { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Runs a command to its end. Words are split at blanks.
    func run(
        _ words: String, _ more: [String] = [], environment: [String: String] = [:],
        input: ProcessRun.Stream = .file("/dev/null"), output: ProcessRun.Stream? = nil
    ) throws -> Finished {
        try start(words, more, environment: environment, input: input, output: output).wait()
    }

    func start(
        _ words: String, _ more: [String] = [], environment: [String: String] = [:],
        input: ProcessRun.Stream = .file("/dev/null"), output: ProcessRun.Stream? = nil
    ) throws -> ProcessRun {
        try ProcessRun(
            words.split(separator: " ").map(String.init) + more, in: folder,
            environment: environment, input: input, output: output)
    }

    /// Runs a command that must end well, and gives its output.
    @discardableResult
    func good(
        _ words: String, _ more: [String] = [], input: ProcessRun.Stream = .file("/dev/null"),
        at location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let done = try run(words, more, input: input)
        #expect(done.ending == .exit(0), "\(done.line)\n\(done.errors)", sourceLocation: location)
        return done.output
    }

    /// Runs a command that must end with this code, and gives its messages.
    @discardableResult
    func bad(
        _ code: Int32, _ words: String, _ more: [String] = [],
        at location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let done = try run(words, more)
        #expect(
            done.ending == .exit(code), "\(done.line)\n\(done.errors)", sourceLocation: location)
        return done.errors
    }

    /// The one JSON object that a command prints.
    func json(
        _ words: String, _ more: [String] = [], at location: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        try JSONValue(parsing: good(words, more, at: location))
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    func read(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path(name)))
    }

    func remove(_ names: String...) {
        for name in names { try? FileManager.default.removeItem(atPath: path(name)) }
    }

    /// What lies in the folder.
    var listing: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    /// Changes a SQLite file with other tools than ours.
    func tamper(_ name: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path(name))
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    func number(_ name: String, _ sql: String) throws -> Int {
        let queue = try DatabaseQueue(path: path(name))
        return try queue.read { try Int.fetchOne($0, sql: sql) } ?? 0
    }

    /// The digest of a ledger's whole export.
    func exportDigest(_ ledger: String) throws -> String {
        try good("export --format jsonl -o \(ledger).jsonl --ledger \(ledger)")
        defer { remove("\(ledger).jsonl") }
        return try bytes("\(ledger).jsonl").withUnsafeBytes { SHA256.hash($0).hex }
    }

    func root(_ ledger: String) throws -> String {
        try #require(try json("info --json --ledger \(ledger)")["root"]?.string)
    }
}

extension JSONValue {
    /// The keys of an object, in order.
    var keys: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.key)
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The member at the end of a path of keys.
    subscript(path first: String, _ rest: String...) -> JSONValue? {
        rest.reduce(self[first]) { $0?[$1] }
    }

    var integer: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }
}

/// Files of the repository.
enum Shipped {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static func recorded(_ name: String) -> String { "\(root)/Fixtures/recorded/\(name)" }
    static func scenario(_ name: String) -> String { "\(root)/Fixtures/scenarios/\(name).yaml" }
    static let twoCats = scenario("two-cats-auckland")
    static let archive = recorded("eventbridge-archive.jsonl")
}
