import EventModel
import Foundation
import Scenario

/// A folder of files for one test, gone with it.
final class Folder {
    let path: String

    init() {
        // Thousands of small files: in memory where there is such a place.
        let isInMemory = FileManager.default.isWritableFile(atPath: "/dev/shm")
        path =
            (isInMemory ? "/dev/shm/" : NSTemporaryDirectory())
            + "replaylab-test-\(UUID().uuidString)"
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, to name: String = "in.jsonl") -> String {
        let file = "\(path)/\(name)"
        let isWritten = FileManager.default.createFile(atPath: file, contents: Data(bytes))
        precondition(isWritten)
        return file
    }

    func read(_ name: String) -> String {
        String(
            decoding: FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data(),
            as: UTF8.self)
    }

    /// Compresses a file of this folder with the gzip tool.
    func gzip(_ name: String) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-nkf", "\(path)/\(name)"]
        try! process.run()
        process.waitUntilExit()
        return "\(path)/\(name).gz"
    }
}

/// What an import of some text gives.
struct Imported {
    var report: ImportReport
    var events: [Event]
    /// What was left out, as it lies in the file.
    var skipped = ""
}

func imported(
    _ text: some StringProtocol, _ options: ImportOptions = ImportOptions(),
    existing: [Event] = [], checkOnly: Bool = false, in folder: Folder = Folder()
) throws -> Imported {
    try imported(
        bytes: Array(text.utf8), options, existing: existing, checkOnly: checkOnly, in: folder)
}

/// Imports the bytes as `in.jsonl`; errors name the file without its folder.
func imported(
    bytes: [UInt8], _ options: ImportOptions = ImportOptions(), existing: [Event] = [],
    skippingBad: Bool = false, checkOnly: Bool = false, in folder: Folder = Folder()
) throws -> Imported {
    var options = options
    if skippingBad { options.skipBad = folder.path + "/bad" }
    do {
        let importer = try EventImporter(paths: [folder.write(bytes)], options: options)
        let known = Dictionary(uniqueKeysWithValues: existing.map { ($0.id, $0) })
        let report = try importer.check(existing: existing.isEmpty ? nil : { known[$0] })
        let events = checkOnly ? [] : try allEvents(of: importer)
        return Imported(report: report, events: events, skipped: folder.read("bad"))
    } catch let error as ImportError {
        throw error.without(folder)
    }
}

func allEvents(of importer: EventImporter, batchSize: Int = 3, skip: Int = 0) throws -> [Event] {
    let batches = try importer.events(batchSize: batchSize, skip: skip)
    var events: [Event] = []
    while let batch = try batches.next() { events += batch.events }
    return events
}

extension ImportError {
    func without(_ folder: Folder) -> ImportError {
        var error = self
        error.input = error.input.replacingOccurrences(of: folder.path + "/", with: "")
        error.reason = error.reason.replacingOccurrences(of: folder.path + "/", with: "")
        return error
    }
}

/// The description of the error that `body` throws.
func failure(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "no error"
    } catch { return "\(error)" }
}

/// Every field of an event, for comparisons.
struct Fields: Equatable, CustomStringConvertible {
    var id, time, source, detailType, device, detail, form, envelope, recorded: String

    init(_ event: Event) {
        id = event.id.text
        time = event.time.text
        recorded = event.recorded?.text ?? "nil"
        source = event.source
        detailType = event.detailType
        device = event.device ?? "nil"
        detail = event.detail
        form = event.content.form.name
        envelope = event.content.envelope ?? "nil"
    }

    var description: String {
        [id, time, recorded, source, detailType, device, detail, form, envelope]
            .joined(separator: " | ")
    }
}

extension [Event] {
    var fields: [Fields] { map(Fields.init) }
}

/// A file of `Fixtures/recorded`.
func recorded(_ name: String) -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return root.appendingPathComponent("Fixtures/recorded/\(name)").path
}

func text(of path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
}

/// An EventBridge line with the parts that a test cares about.
func envelope(
    id: String = "e1", time: String = "2023-03-12T07:15:04Z",
    detail: String = "{\"click-type\": \"SINGLE\"}",
    more: String = ""
) -> String {
    "{\"version\":\"0\",\"id\":\"\(id)\",\"detail-type\":\"AWS IoT 1-Click\","
        + "\"source\":\"com.feedmyfurbabies\",\"account\":\"123456789012\",\"time\":\"\(time)\","
        + "\"region\":\"ap-southeast-2\",\"resources\":[]\(more),\"detail\":\(detail)}"
}
