import Foundation

/// The file that `--skip-bad` names: each value that was left out, byte for byte, and a line's end.
final class SkipFile {
    let path: String
    private let file: FileHandle
    private var pending: [UInt8] = []
    private var isInsideValue = false

    /// Makes the file, or empties it. Refuses one of the inputs.
    init(path: String, inputs: [ImportInput]) throws(ImportError) {
        self.path = path
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        for input in inputs where input.path != "-" {
            let other = URL(fileURLWithPath: input.path).resolvingSymlinksInPath().path
            guard other != resolved else {
                throw ImportError(
                    input: path, reason: "is an input; the bad values need a file of their own")
            }
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ImportError(
                input: path,
                reason: "cannot be written for the bad values: \(ImportInput.systemError())")
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Adds a piece of a value.
    func add(_ bytes: UnsafeRawBufferPointer) throws(ImportError) {
        guard !bytes.isEmpty else { return }
        isInsideValue = true
        pending.append(contentsOf: bytes)
        if pending.count > 1 << 16 { try flush() }
    }

    func endValue() throws(ImportError) {
        if isInsideValue { pending.append(0x0A) }
        isInsideValue = false
    }

    func flush() throws(ImportError) {
        var done = 0
        while done < pending.count {
            let count = pending.withUnsafeBytes {
                write(file.fileDescriptor, $0.baseAddress! + done, pending.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw ImportError(
                    input: path, reason: "cannot be written: \(ImportInput.systemError())")
            }
            done += count
        }
        pending.removeAll(keepingCapacity: true)
    }
}
