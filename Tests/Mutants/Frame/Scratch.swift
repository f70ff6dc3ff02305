import Foundation

/// A folder for the files of one case, gone with it.
enum Scratch {
    static func with<R>(_ body: (_ folder: String) throws -> R) throws -> R {
        let folder = try make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    static func during<R>(_ body: (_ folder: String) async throws -> R) async throws -> R {
        let folder = try make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    private static func make() throws -> String {
        let files = FileManager.default
        // Thousands of small files: in memory where there is such a place.
        let place = files.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let folder = place + "/replaylab-mutant-\(UUID().uuidString)"
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
