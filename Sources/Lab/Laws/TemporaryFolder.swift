import Foundation

/// A folder that is there while somebody works in it.
enum TemporaryFolder {
    /// Runs `body` with the path of a new folder, and removes it with all that it holds.
    static func with<R>(_ body: (String) throws -> R) throws -> R {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("replaylab-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}
