import Foundation
import GRDBSQLite
import Synchronization

/// Notes what SQLite writes to one database and its journal.
final class FileRecorder: Sendable {
    private let noted = Mutex<[FileStep]>([])

    /// In the order in which they were taken.
    var steps: [FileStep] { noted.withLock { $0 } }

    func note(_ kind: FileStep.Kind, isJournal: Bool) {
        noted.withLock { $0.append(FileStep(isJournal: isJournal, kind: kind)) }
    }
}

/// The system's VFS with a recorder before it: every call goes through, and those that change a file
/// are noted.
///
/// It is registered under a name of its own and never the default, so nobody meets it who does not ask.
/// (<https://sqlite.org/vfs.html>)
enum RecordingLayer {
    static let name = "replaylab-recording"
    private static let recorders = Mutex<[String: FileRecorder]>([:])

    /// Why nothing can be recorded.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs `body`, which opens the database at `path` through this layer and closes it again.
    ///
    /// - Returns: the steps that were taken.
    static func recording<R>(
        _ path: String, _ body: (_ layer: String) throws -> R
    ) throws -> (result: R, steps: [FileStep]) {
        guard isRegistered else {
            throw Failure(
                description: "SQLite takes no VFS of ours: the law “crash” cannot be tried")
        }
        let recorder = FileRecorder()
        recorders.withLock { $0[path] = recorder }
        defer { recorders.withLock { $0[path] = nil } }
        let result = try body(name)
        guard !recorder.steps.isEmpty else {
            throw Failure(
                description: "no write to \(path) was seen: does this SQLite read file: URIs?")
        }
        return (result, recorder.steps)
    }

    /// Who notes the steps of a file; a journal is its database's.
    fileprivate static func recorder(
        of file: UnsafePointer<CChar>?
    ) -> (recorder: FileRecorder, isJournal: Bool)? {
        guard let file else { return nil }
        let path = String(cString: file)
        let isJournal = path.hasSuffix("-journal")
        let database = isJournal ? String(path.dropLast("-journal".count)) : path
        return recorders.withLock { $0[database] }.map { ($0, isJournal) }
    }

    private static let isRegistered: Bool = {
        guard let system = sqlite3_vfs_find(nil) else { return false }
        // All that is not replaced below is the system's own.
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: system.pointee)
        layer.pointee.pNext = nil
        layer.pointee.zName = UnsafePointer(strdup(name))
        layer.pointee.szOsFile += Int32(RecordedFile.size)
        layer.pointee.xOpen = { _, path, file, flags, outFlags in
            RecordedFile.open(path, file, flags, outFlags)
        }
        layer.pointee.xDelete = { _, path, syncs in
            guard let system = sqlite3_vfs_find(nil) else { return SQLITE_ERROR }
            let code = system.pointee.xDelete(system, path, syncs)
            if code == SQLITE_OK, let (recorder, isJournal) = recorder(of: path) {
                recorder.note(.remove, isJournal: isJournal)
            }
            return code
        }
        return sqlite3_vfs_register(layer, 0) == SQLITE_OK
    }()
}

/// An open file as SQLite holds it, with the system's own right behind it.
private struct RecordedFile {
    var methods: UnsafePointer<sqlite3_io_methods>?
    /// Retained; nil for a file that nobody asked about.
    var recorder: Unmanaged<FileRecorder>?
    var isJournal = false

    /// So many bytes stand before the system's file.
    static let size = 64

    typealias Pointer = UnsafeMutablePointer<sqlite3_file>

    static func open(
        _ path: UnsafePointer<CChar>?, _ file: Pointer?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let file, let system = sqlite3_vfs_find(nil) else { return SQLITE_ERROR }
        let found = RecordingLayer.recorder(of: path)
        own(file).initialize(to: RecordedFile())
        let code = system.pointee.xOpen(system, path, inner(file), flags, outFlags)
        // SQLite closes a file that has methods, whatever the code.
        guard inner(file).pointee.pMethods != nil else { return code }
        own(file).pointee.methods = UnsafePointer(table)
        if let found {
            own(file).pointee.recorder = Unmanaged.passRetained(found.recorder)
            own(file).pointee.isJournal = found.isJournal
            // A journal is made anew each time.
            if code == SQLITE_OK, found.isJournal { note(file, .create) }
        }
        return code
    }

    static func own(_ file: Pointer) -> UnsafeMutablePointer<RecordedFile> {
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: RecordedFile.self)
    }

    static func inner(_ file: Pointer) -> Pointer {
        (UnsafeMutableRawPointer(file) + size).assumingMemoryBound(to: sqlite3_file.self)
    }

    static func note(_ file: Pointer, _ kind: @autoclosure () -> FileStep.Kind) {
        let own = own(file).pointee
        own.recorder?.takeUnretainedValue().note(kind(), isJournal: own.isJournal)
    }

    /// Calls the system's method, and notes the step where it went well.
    static func pass(
        _ file: Pointer?, noting kind: @autoclosure () -> FileStep.Kind? = nil,
        _ call: (sqlite3_io_methods, Pointer) -> Int32?
    ) -> Int32 {
        guard let file, let methods = inner(file).pointee.pMethods else { return SQLITE_IOERR }
        let code = call(methods.pointee, inner(file)) ?? SQLITE_IOERR
        if code == SQLITE_OK, let kind = kind() { note(file, kind) }
        return code
    }

    /// Made once, for ever: SQLite keeps the pointer. Nobody writes to it after this.
    nonisolated(unsafe) static let table: UnsafeMutablePointer<sqlite3_io_methods> = {
        let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        var methods = sqlite3_io_methods()
        // Version 1 has no shared memory and no mapping: all that is written comes by here.
        methods.iVersion = 1
        methods.xClose = { file in
            let code = pass(file) { $0.xClose?($1) }
            if let file {
                own(file).pointee.recorder?.release()
                own(file).pointee.recorder = nil
            }
            return code
        }
        methods.xRead = { file, bytes, count, place in
            pass(file) { $0.xRead?($1, bytes, count, place) }
        }
        methods.xWrite = { file, bytes, count, place in
            pass(
                file,
                noting: .write(
                    at: Int(place),
                    Array(UnsafeRawBufferPointer(start: bytes, count: Int(count))))
            ) { $0.xWrite?($1, bytes, count, place) }
        }
        methods.xTruncate = { file, size in
            pass(file, noting: .truncate(Int(size))) { $0.xTruncate?($1, size) }
        }
        methods.xSync = { file, flags in pass(file, noting: .sync) { $0.xSync?($1, flags) } }
        methods.xFileSize = { file, size in pass(file) { $0.xFileSize?($1, size) } }
        methods.xLock = { file, level in pass(file) { $0.xLock?($1, level) } }
        methods.xUnlock = { file, level in pass(file) { $0.xUnlock?($1, level) } }
        methods.xCheckReservedLock = { file, result in
            pass(file) { $0.xCheckReservedLock?($1, result) }
        }
        methods.xFileControl = { file, code, argument in
            pass(file) { $0.xFileControl?($1, code, argument) }
        }
        methods.xSectorSize = { file in pass(file) { $0.xSectorSize?($1) } }
        methods.xDeviceCharacteristics = { file in pass(file) { $0.xDeviceCharacteristics?($1) } }
        table.initialize(to: methods)
        return table
    }()
}
