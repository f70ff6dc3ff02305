import EventBus
import Foundation

/// A file as a target: one line of JSON for each event, in the order of delivery.
final class FileTarget: SinkTarget {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>

    /// Opens the file to append to it; makes it where there is none.
    ///
    /// - Throws: `SinkError` where it cannot be written.
    init(path: String) throws {
        self.path = path
        guard let file = fopen(path, "ae") else { throw SinkError(path: path, code: errno) }
        self.file = file
    }

    deinit { fclose(file) }

    func receive(_ delivery: borrowing Delivery) throws {
        try delivery.withInput { bytes in
            guard fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count,
                putc(0x0A, file) == 0x0A
            else { throw SinkError(path: path, code: errno) }
        }
    }

    func finish() throws {
        guard fflush(file) == 0 else { throw SinkError(path: path, code: errno) }
    }
}

/// A file that a target writes to cannot be written.
public struct SinkError: Error, CustomStringConvertible {
    /// The file's path.
    public let path: String
    /// The system's `errno`.
    public let code: Int32

    public var description: String {
        "\(path) cannot be written: \(String(cString: strerror(code)))"
    }
}
