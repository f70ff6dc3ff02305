import Glibc

/// The file of a listening Unix socket: bound by us, and taken away by us alone.
struct UnixSocketFile: Sendable {
    let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Makes room for a socket at `path`: what a broker that is gone has left there is removed.
    static func prepare(_ path: String) throws(ServerError) {
        let count = path.utf8.count
        guard (1...Listener.unixPathByteCountMax).contains(count), !path.utf8.contains(0) else {
            throw ServerError(
                .badPath,
                "the Unix socket's path \(path) has \(count) bytes; the system takes"
                    + " 1 to \(Listener.unixPathByteCountMax): name a shorter one, such as"
                    + " one under /tmp")
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ServerError(
                .badPath, "\(path) is there and is no socket; name a path where nothing lies")
        }
        let failure = connectionError(path)
        guard failure == ECONNREFUSED else {
            throw ServerError(
                .addressInUse,
                failure == 0 || failure == EAGAIN
                    ? "another program listens on \(path); stop it, or name another path"
                    : "the socket \(path) cannot be tried: \(String(cString: strerror(failure)))")
        }
        unlink(path)
    }

    /// The address of a path that `prepare` has checked: it leaves a byte for the closing zero.
    static func address(of path: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { field in
            for (place, byte) in path.utf8.prefix(Listener.unixPathByteCountMax).enumerated() {
                field[place] = byte
            }
        }
        return address
    }

    /// The socket that was just bound at `path`.
    init?(bound path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Removes the file, unless somebody else has put another one there.
    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode
        else { return }
        unlink(path)
    }

    /// What connecting to `path` fails with; 0 where somebody answers.
    private static func connectionError(_ path: String) -> Int32 {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
            0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var address = address(of: path)
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, length)
            }
        }
        return code == 0 ? 0 : errno
    }
}
