import Dispatch
import EventModel

/// The SHA-256 of chunks, worked out beside the thread that parses them.
///
/// `@unchecked Sendable`: `hash` is touched by the queue's blocks alone, one after the other, and by
/// others only after `group` says that they are done.
final class ChunkHash: @unchecked Sendable {
    private let queue = DispatchQueue(label: "chunk-hash")
    private let group = DispatchGroup()
    private var hash = SHA256()

    /// Adds bytes, which must stay as they are until the next `wait`.
    func add(_ bytes: UnsafeRawBufferPointer) {
        // Nobody writes there meanwhile.
        nonisolated(unsafe) let bytes = bytes
        queue.async(group: group) { [self] in hash.update(bytes) }
    }

    /// Waits until all that was added is hashed.
    func wait() { group.wait() }

    /// The digest of all that was added.
    var digest: SHA256Digest {
        wait()
        return hash.digest()
    }
}
