import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections

/// The ledger that a command reads.
struct LedgerOption: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The ledger file.", valueName: "file"), completion: .file())
    var ledger: String

    func validate() throws {
        if ledger.isEmpty { throw ValidationError("--ledger takes a file's path, and is empty") }
    }

    /// The ledger, for reading.
    func open() throws -> EventLedger { try openLedger(ledger) }

    func checkIsFile() throws { try checkIsLedgerFile(ledger) }
}

/// The ledger at a path, for reading.
func openLedger(_ path: String) throws -> EventLedger {
    try checkIsLedgerFile(path)
    return try EventLedger(path: path)
}

private func checkIsLedgerFile(_ path: String) throws {
    if isDirectory(path) {
        throw MissingFile(
            description: "\(path) is a directory; name the ledger file", status: .data)
    }
}

/// What a command that writes a ledger is told about it.
struct WriterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Seconds to wait for another writer of the ledger.", valueName: "seconds"))
    var wait: Double = 0

    @Option(
        help: ArgumentHelp(
            "Events in one transaction.", valueName: "events", visibility: .hidden))
    var batch = SimulationRun.batchSize

    func validate() throws {
        guard wait >= 0 else {
            throw ValidationError("--wait takes seconds from 0 on, not \(wait)")
        }
        guard (1...1_000_000).contains(batch) else {
            throw ValidationError("--batch takes 1 to 1000000, not \(batch)")
        }
    }
}

/// What is taken for a feeder that no registration names.
struct FeederDefaultsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The time zone of feeders that no registration names.", valueName: "zone"),
        completion: Completions.zones)
    var defaultZone = "UTC"

    @Option(
        help: ArgumentHelp(
            "Grams a dispense into either bowl of a feeder that no registration names.",
            valueName: "grams"))
    var portion = 25

    func validate() throws {
        guard Registration.gramsRange.contains(portion) else {
            throw ValidationError("--portion takes 0 to 100000 grams, not \(portion)")
        }
    }

    var settings: HydrationSettings {
        HydrationSettings(defaultZone: defaultZone, portionGrams: portion)
    }
}

/// What is taken where a ledger does not say.
struct DefaultsOptions: ParsableArguments {
    @OptionGroup var feeder: FeederDefaultsOptions

    @Option(
        help: ArgumentHelp(
            "Two feeds closer than this many minutes are a double feed.", valueName: "minutes"))
    var doubleFeedMinutes = 10

    func validate() throws {
        guard (0...1_000_000).contains(doubleFeedMinutes) else {
            throw ValidationError(
                "--double-feed-minutes takes 0 to 1000000, not \(doubleFeedMinutes)")
        }
    }

    var settings: HydrationSettings {
        var settings = feeder.settings
        settings.doubleFeedMinutes = doubleFeedMinutes
        return settings
    }

    /// The options that say the same, where they say something.
    var words: [String] {
        let (own, standard) = (settings, HydrationSettings())
        var words: [String] = []
        if own.defaultZone != standard.defaultZone { words += ["--default-zone", own.defaultZone] }
        if own.portionGrams != standard.portionGrams {
            words += ["--portion", String(own.portionGrams)]
        }
        if own.doubleFeedMinutes != standard.doubleFeedMinutes {
            words += ["--double-feed-minutes", String(own.doubleFeedMinutes)]
        }
        return words
    }

    /// Refuses a zone that nobody knows before long work begins.
    func checkZone(in database: TimeZoneDatabase) throws {
        try feeder.checkZone(in: database)
    }
}

extension FeederDefaultsOptions {
    func checkZone(in database: TimeZoneDatabase) throws {
        _ = try zone(defaultZone, "--default-zone", in: database)
    }
}

/// Where a command looks zones up.
func timeZones() throws -> TimeZoneDatabase { try TimeZoneDatabase() }

/// The projections that options name, each once; all of the command line's where none is named.
func projections(named names: [String]) throws -> [any Projection.Type] {
    guard !names.isEmpty else { return ReplayLab.projections }
    var types: [any Projection.Type] = []
    for name in names {
        guard let type = ReplayLab.projections.first(where: { $0.name == name }) else {
            let known = ReplayLab.projections.map { $0.name }
            throw UsageError(
                description: "no projection \(name); " + Spelling.hint(for: name, among: known))
        }
        if !types.contains(where: { $0.name == name }) { types.append(type) }
    }
    return types
}

/// The zone that an option names.
func zone(
    _ name: String?, _ option: String, in database: TimeZoneDatabase
) throws -> ZoneTable? {
    do {
        return try name.map { try database.zone($0) }
    } catch {
        throw UsageError(description: "\(option): \(error)")
    }
}

/// Refuses to make a file where none can be made, before long work goes into it.
func checkFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let reason: String
    if isDirectory(path) {
        reason = "it is a directory; name a file"
    } else if !isDirectory(folder) {
        reason = "there is no folder \(folder); make it first"
    } else if !FileManager.default.fileExists(atPath: path), access(folder, W_OK) != 0 {
        reason = "the folder \(folder): \(String(cString: strerror(errno)))"
    } else {
        return
    }
    throw MissingFile(description: "\(path) cannot be made: \(reason)", status: .cannotCreate)
}

/// A file's path without links and dots: equal for two names of one file.
func filePlace(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
}

/// Refuses to write a result over what must not be lost: a SQLite file, which a ledger or a store is,
/// or a file that lies beside the ledger while it is written.
func refuseToReplace(_ path: String, besides ledger: String, _ option: String) throws {
    let kept = ["", "-wal", "-shm", "-journal", "-lease", ".snapshots", ".truth.jsonl"]
        .map { filePlace(ledger + $0) }
    let header = FileHandle(forReadingAtPath: path).flatMap { handle -> Data? in
        defer { try? handle.close() }
        var status = stat()
        guard fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return try? handle.read(upToCount: 16)
    }
    guard kept.contains(filePlace(path)) || header == Data("SQLite format 3\0".utf8) else { return }
    throw MissingFile(
        description: "\(option) \(path) would overwrite a ledger or another SQLite file;"
            + " name another file, or remove that one yourself", status: .cannotCreate)
}

/// Refuses an input that is not there or may not be read.
func checkReadable(_ path: String, _ missing: String) throws {
    if access(path, R_OK) == 0, !isDirectory(path) { return }
    let reason = String(cString: strerror(errno))
    throw MissingFile(
        description: isDirectory(path)
            ? "\(path) is a directory; name the files in it"
            : FileManager.default.fileExists(atPath: path)
                ? "\(path) cannot be read: \(reason)" : missing)
}

private func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        && isDirectory.boolValue
}

/// The clock's reading: what a command at the edge may ask, and nothing below it.
func clockReading() -> Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
}

/// A time with its zone, or a local time in `table`'s, as options take it.
func time(_ text: String?, _ option: String, zone table: ZoneTable? = nil) throws -> Timestamp? {
    guard let text else { return nil }
    if table != nil, case .time(let time)? = try? PointInTime(text: text, zone: table) {
        return time
    }
    do {
        return try Timestamp(text: text)
    } catch {
        throw UsageError(
            description:
                "\(option) \(text): \(error); write a time such as 2024-02-29T18:00:00Z, with its zone"
        )
    }
}

/// The size of a file, where a symbolic link leads; 0 where there is none.
func fileSize(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}
