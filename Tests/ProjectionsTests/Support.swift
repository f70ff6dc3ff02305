import EventModel
import Foundation
import Lab
import Ledger
import Projections

/// Runs `body` with the path of a new folder, and removes it with all that it holds.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
    let memory = "/dev/shm"
    let parent =
        FileManager.default.isWritableFile(atPath: memory)
        ? memory : FileManager.default.temporaryDirectory.path
    let path = "\(parent)/replaylab-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

/// The seed that a person repeats a failure with.
func environmentSeed() -> UInt64? {
    ProcessInfo.processInfo.environment["REPLAYLAB_SEED"].flatMap { UInt64($0) }
}
