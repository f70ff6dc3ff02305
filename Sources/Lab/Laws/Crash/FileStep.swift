import EventModel
import Foundation

/// A step that SQLite takes on a database or its journal: what a killed process has done, or has not.
struct FileStep: Sendable {
    enum Kind: Sendable {
        case create
        case write(at: Int, [UInt8])
        case truncate(Int)
        case sync
        case remove
    }

    var isJournal: Bool
    var kind: Kind

    /// `write of 512 bytes to the journal`
    var name: String {
        let file = isJournal ? "journal" : "database"
        return switch kind {
        case .create: "the making of the \(file)"
        case .write(_, let bytes): "a write of \(bytes.count) bytes to the \(file)"
        case .truncate(let size): "a cut of the \(file) to \(size) bytes"
        case .sync: "a sync of the \(file)"
        case .remove: "the removal of the \(file)"
        }
    }
}

/// A database with its journal, as they lie on a disk.
struct FileImage: Sendable, Equatable {
    var database: [UInt8]?
    var journal: [UInt8]?

    init() {}

    /// What lies at a path.
    init(at path: String) throws {
        database = try FileImage.read(path)
        journal = try FileImage.read(path + "-journal")
    }

    /// Puts the files to a path, where nothing else is left of others.
    func write(to path: String) throws {
        for (name, bytes) in [(path, database), (path + "-journal", journal)] {
            if let bytes {
                try FileImage.write(bytes, to: name)
            } else if unlink(name) != 0, errno != ENOENT {
                throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: name])
            }
        }
    }

    /// What tells one image from another.
    var digest: SHA256Digest {
        var hash = SHA256()
        for bytes in [database, journal] {
            hash.update(bigEndian: bytes?.count ?? -1)
            bytes?.withUnsafeBytes { hash.update($0) }
        }
        return hash.digest()
    }

    // Thousands of images are written and read: Foundation's way costs ten times as much.
    private static func read(_ path: String) throws -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var status = stat()
        guard fstat(fileno(file), &status) == 0 else {
            throw CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        return Array(unsafeUninitializedCapacity: Int(status.st_size)) { bytes, count in
            count = bytes.baseAddress.map { fread($0, 1, Int(status.st_size), file) } ?? 0
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        let written = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        guard fclose(file) == 0, written == bytes.count else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
    }

    /// The bytes of one of the two.
    subscript(isJournal isJournal: Bool) -> [UInt8]? {
        get { isJournal ? journal : database }
        set {
            if isJournal { journal = newValue } else { database = newValue }
        }
    }

    mutating func apply(_ step: FileStep) {
        var bytes = self[isJournal: step.isJournal] ?? []
        switch step.kind {
        case .create: break
        case .sync: return
        case .remove:
            self[isJournal: step.isJournal] = nil
            return
        case .truncate(let size):
            bytes =
                Array(bytes.prefix(size)) + Array(repeating: 0, count: max(0, size - bytes.count))
        case .write(let place, let new):
            if bytes.count < place + new.count {
                bytes += Array(repeating: 0, count: place + new.count - bytes.count)
            }
            // Byte by byte, this would be the most of a crash's time.
            bytes.withUnsafeMutableBytes { bytes in
                new.withUnsafeBytes { new in
                    UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + new.count])
                        .copyMemory(from: new)
                }
            }
        }
        self[isJournal: step.isJournal] = bytes
    }
}

/// What may be left on the disk after each step of a run, each once.
struct CrashImages {
    /// An image, and how it came about.
    struct Crash {
        var image: FileImage
        var how: String
    }

    private(set) var list: [Crash] = []
    /// What the run left in the end.
    private(set) var last: FileImage

    /// - Parameters:
    ///   - begin: what was there before the first step.
    ///   - steps: in the order in which they were taken.
    ///   - losesPower: whether what was not synced is lost, too: what a killed process has written stays,
    ///     what a machine without power has may not.
    init(_ begin: FileImage, _ steps: [FileStep], losesPower: Bool) {
        var (written, synced) = (begin, begin)
        var known: Set<SHA256Digest> = []
        var list: [Crash] = []
        func add(_ image: FileImage, _ how: @autoclosure () -> String) {
            if known.insert(image.digest).inserted { list.append(Crash(image: image, how: how())) }
        }
        add(begin, "before the first of \(steps.count) steps")
        for (place, step) in steps.enumerated() {
            written.apply(step)
            switch step.kind {
            case .sync: synced[isJournal: step.isJournal] = written[isJournal: step.isJournal]
            // SQLite syncs the folder where it removes a file.
            case .remove: synced[isJournal: step.isJournal] = nil
            case .create, .write, .truncate: break
            }
            // A sync changes nothing that was written.
            let name = "step \(place + 1) of \(steps.count), \(step.name)"
            switch step.kind {
            case .sync: if losesPower { add(synced, "without power after \(name)") }
            case .remove:
                add(written, "killed after \(name)")
                if losesPower { add(synced, "without power after \(name)") }
            case .create, .write, .truncate: add(written, "killed after \(name)")
            }
        }
        last = written
        self.list = list
    }
}
