import Foundation

/// One input of an import: a file, or standard input.
///
/// An import reads its inputs twice. A regular file is opened again; whatever can be read only
/// once (standard input, a pipe) is first copied to a temporary file that has no name.
final class ImportInput {
    let path: String
    let name: String
    private var spooled: FileHandle?
    /// The file as it was when it was first opened.
    private var identity: FileIdentity?

    fileprivate struct FileIdentity: Equatable {
        var device: UInt64
        var node: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    init(path: String) throws(ImportError) {
        self.path = path
        self.name = path == "-" ? "standard input" : path
        let descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw failure("cannot be opened: \(ImportInput.systemError())")
        }
        let opened = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw failure("cannot be examined: \(ImportInput.systemError())")
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw failure("is a directory; name the files in it")
        case S_IFREG where path != "-": identity = FileIdentity(status)
        default: spooled = try spool(opened)
        }
    }

    /// How many bytes the input holds.
    var byteCount: Int {
        if let identity { return Int(identity.size) }
        var status = stat()
        guard let spooled, fstat(spooled.fileDescriptor, &status) == 0 else { return 0 }
        return Int(status.st_size)
    }

    /// The input's bytes from the first one on.
    func read(chunkSize: Int) throws(ImportError) -> ByteSource {
        if let spooled {
            return ByteSource(reading: spooled, name: name, chunkSize: chunkSize)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw failure("cannot be opened: \(ImportInput.systemError())")
        }
        let opened = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, identity == FileIdentity(status) else {
            throw changed
        }
        return ByteSource(reading: opened, name: name, chunkSize: chunkSize)
    }

    /// Throws where the file is not what it was when it was opened first.
    func checkIsSame() throws(ImportError) {
        guard let identity else { return }
        var status = stat()
        guard stat(path, &status) == 0, identity == FileIdentity(status) else { throw changed }
    }

    /// The file is not what it was when it was checked.
    var changed: ImportError {
        failure("changed while it was imported; start the import again once it rests")
    }

    private func failure(_ reason: String) -> ImportError {
        ImportError(input: name, reason: reason)
    }

    private func spool(_ opened: FileHandle) throws(ImportError) -> FileHandle {
        let file = try TemporaryFile.make()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = uninterrupted(Foundation.read, opened.fileDescriptor, buffer)
            guard count >= 0 else { throw failure("cannot be read: \(ImportInput.systemError())") }
            if count == 0 { return file }
            try TemporaryFile.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: file)
        }
    }

    static func systemError() -> String { String(cString: strerror(errno)) }
}

extension ImportInput.FileIdentity {
    fileprivate init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev), node: UInt64(status.st_ino), size: Int64(status.st_size),
            seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
    }
}

/// A temporary file without a name: it is gone when its handle is.
enum TemporaryFile {
    static func make() throws(ImportError) -> FileHandle {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(folder)/replaylab-XXXXXX".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
        guard descriptor >= 0 else {
            throw ImportError(
                input: folder,
                reason: "no temporary file can be made: \(ImportInput.systemError()); set TMPDIR")
        }
        unlink(template)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    static func write(_ bytes: UnsafeRawBufferPointer, to file: FileHandle) throws(ImportError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(file.fileDescriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw ImportError(
                    input: "temporary file",
                    reason: "cannot be written: \(ImportInput.systemError()); set TMPDIR to a "
                        + "folder with room")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

/// read(2), begun again where a signal interrupts it.
func uninterrupted(
    _ read: (Int32, UnsafeMutableRawPointer?, Int) -> Int, _ descriptor: Int32,
    _ buffer: UnsafeMutableRawBufferPointer
) -> Int {
    while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count >= 0 || errno != EINTR { return count }
    }
}
