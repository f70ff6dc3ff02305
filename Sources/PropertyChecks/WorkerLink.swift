import Foundation

/// A line at a time over a socket.
///
/// In a child process: its way to the parent, which the environment names.
struct WorkerLink: Sendable {
    /// The descriptor in a child.
    static let childDescriptor: Int32 = 3
    static let variable = "PROPERTY_WORKER"

    let descriptor: Int32
    /// The property that the child answers for.
    let key: String

    /// nil where this process is nobody's child.
    init?(_ environment: [String: String]) {
        guard let key = environment[Self.variable] else { return nil }
        self.init(descriptor: Self.childDescriptor, key: key)
    }

    init(descriptor: Int32, key: String) {
        self.descriptor = descriptor
        self.key = key
    }

    /// Whether the line went out; not where nobody reads any more.
    @discardableResult
    func answer(_ line: String) -> Bool {
        let bytes = Array(line.utf8.filter { $0 != 0x0A }) + [0x0A]
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// nil at the end, or where none came in time. The other side sends one line and waits, so nothing
    /// follows it.
    ///
    /// - Parameter limit: in milliseconds; negative for none.
    func nextLine(limit: Int32 = -1) -> String? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, limit)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            line += buffer[..<count]
            if line.last == 0x0A { return String(decoding: line.dropLast(), as: UTF8.self) }
        }
    }

    /// Whether the other side has closed.
    var isClosed: Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 0) > 0 && wait.revents & Int16(POLLHUP) != 0
    }

    /// Ends the child without what a test run does at its end.
    func end() -> Never { _exit(0) }
}
