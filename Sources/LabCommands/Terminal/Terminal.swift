import Foundation
import Lab
import Synchronization

/// Where words go: results to standard output, everything else to standard error.
enum Terminal {
    /// Whether results go to a person's terminal that may have colour (NO_COLOR: no-color.org).
    static let hasColour: Bool = {
        let environment = ProcessInfo.processInfo.environment
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return isatty(STDOUT_FILENO) == 1 && !isPlain && environment["TERM"] != "dumb"
    }()

    /// Columns of the terminal; 80 where there is none.
    static let width: Int = {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return Int(ProcessInfo.processInfo.environment["COLUMNS"] ?? "") ?? 80
        }
        return Int(size.ws_col)
    }()

    /// Writes a line of the result.
    static func print(_ line: String = "") { write(line + "\n", to: STDOUT_FILENO) }

    /// Writes a remark.
    static func note(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// Writes why a command failed.
    static func error(_ reason: String) { note("replaylab: \(reason.printable)") }

    /// Why some of the result could not be written, if so: a full disk, a closed standard output.
    static var outputError: String? {
        let code = firstOutputError.load(ordering: .relaxed)
        return code == 0 ? nil : String(cString: strerror(code))
    }

    private static let firstOutputError = Atomic<Int32>(0)

    /// Takes up those of the three standard descriptors that the caller closed, so that no ledger
    /// gets the number of standard output. Writing to one of them then fails, as it should.
    static func holdStandardDescriptors() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", mode)
        }
    }

    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// Writes all bytes; false where the other side is gone.
    @discardableResult
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                // Whoever shares this terminal or pipe with us made it non-blocking.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&room, 1, -1)
                continue
            }
            guard count > 0 else {
                if descriptor == STDOUT_FILENO {
                    _ = firstOutputError.compareExchange(
                        expected: 0, desired: errno, ordering: .relaxed)
                }
                return false
            }
            done += count
        }
        return true
    }

    /// `text` in bold, where there is colour.
    static func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}

extension String {
    /// This text with control characters spelled out: a name in somebody's data must not steer the
    /// terminal that shows it.
    var printable: String {
        let isControl: (Unicode.Scalar) -> Bool = {
            $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
        }
        guard unicodeScalars.contains(where: isControl) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if isControl(scalar) {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    /// The same on one line: a name with a line break in it must break neither table nor list.
    var printableLine: String {
        printable.replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    }
}

extension Figures {
    /// `number` with one decimal.
    static func decimal(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(grouped(tenths / 10)).\(abs(tenths % 10))"
    }

    /// Bytes as `957.1 kB` or `1.2 GB`, in powers of 1000.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        for unit in ["bytes", "kB", "MB", "GB"] {
            if value < 1000 || unit == "GB" {
                return unit == "bytes" ? "\(count) bytes" : "\(decimal(value)) \(unit)"
            }
            value /= 1000
        }
        return "\(count) bytes"
    }
}
