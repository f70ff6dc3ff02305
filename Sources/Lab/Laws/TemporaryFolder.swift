import Foundation

/// A folder that is there while somebody works in it: in memory where the machine has such a place,
/// since a ledger waits for its disk at every commit.
enum TemporaryFolder {
    private static let parent =
        FileManager.default.isWritableFile(atPath: "/dev/shm")
        ? "/dev/shm" : FileManager.default.temporaryDirectory.path

    /// Runs `body` with the path of a new folder, and removes it with all that it holds.
    static func with<R>(_ body: (String) throws -> R) throws -> R {
        let path = "\(parent)/replaylab-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}
