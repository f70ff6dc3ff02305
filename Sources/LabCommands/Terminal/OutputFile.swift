import Foundation

/// A file that appears whole, or not at all; or standard output, a device, a pipe.
final class OutputFile {
    private let path: String?
    private let temporary: String
    private let descriptor: Int32
    private var isDone = false

    /// Whether a file is being made that is to go if the work does not come to its end.
    var isTemporary: Bool { !temporary.isEmpty }

    init(_ path: String?) throws {
        self.path = path
        guard let path else {
            temporary = ""
            descriptor = STDOUT_FILENO
            return
        }
        try checkFolder(of: path)
        // What is there and is no plain file (/dev/null, a pipe) is written to, and not replaced.
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            temporary = ""
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            temporary = path + ".partial-\(getpid())"
            descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        }
        guard descriptor >= 0 else {
            throw MissingFile(
                description: "\(path) cannot be written: \(String(cString: strerror(errno)))",
                status: .cannotCreate)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard Terminal.write(bytes, to: descriptor) else {
            throw MissingFile(
                description: "\(path ?? "standard output") cannot be written:"
                    + " \(String(cString: strerror(errno)))", status: .inputOutput)
        }
    }

    func close() throws {
        isDone = true
        guard let path else { return }
        guard Glibc.close(descriptor) == 0, !isTemporary || rename(temporary, path) == 0 else {
            throw MissingFile(
                description: "\(path) cannot be written: \(String(cString: strerror(errno)))",
                status: .inputOutput)
        }
    }

    deinit {
        guard !isDone, path != nil else { return }
        Glibc.close(descriptor)
        if isTemporary { unlink(temporary) }
    }
}
