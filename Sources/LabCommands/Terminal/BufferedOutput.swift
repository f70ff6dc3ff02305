import Foundation

/// Standard output in pieces of 64 KiB.
struct BufferedOutput {
    private var bytes: [UInt8] = []

    mutating func put(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        if bytes.count >= 1 << 16 { flush() }
    }

    mutating func flush() {
        bytes.withUnsafeBytes { _ = Terminal.write($0, to: STDOUT_FILENO) }
        bytes.removeAll(keepingCapacity: true)
    }
}
