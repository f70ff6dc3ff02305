import CDigest
import EventModel
import Foundation

/// The bytes of one input in one reading: decompressed if they begin with gzip's magic, with the
/// SHA-256 of what was read.
///
/// Several gzip members may follow one another, as `cat a.gz b.gz` makes them. Compressed data
/// that ends inside a member is an error, and so is anything but zeros after the last one.
final class ByteSource {
    let name: String
    /// Bytes read so far, before decompression.
    private(set) var rawByteCount = 0
    /// Bytes given out so far.
    private(set) var textByteCount = 0
    private(set) var isGzip = false
    private let hash = ChunkHash()
    private let file: FileHandle
    /// A chunk, which is parsed and hashed at the same time.
    private let raw: UnsafeMutableRawBufferPointer
    private var rawStart = 0
    private var rawEnd = 0
    private var isRawExhausted = false
    private var inflater: OpaquePointer?
    private var isBetweenMembers = false
    private var position: Int = 0
    private var hasBegun = false

    /// Reads `file` from its first byte on, without moving its own offset.
    init(reading file: FileHandle, name: String, chunkSize: Int) {
        self.file = file
        self.name = name
        self.raw = .allocate(byteCount: max(2, chunkSize), alignment: 16)
    }

    deinit {
        hash.wait()
        raw.deallocate()
        if let inflater { cdigest_inflate_close(inflater) }
    }

    /// SHA-256 of the bytes read so far, before decompression.
    var sha256: SHA256Digest { hash.digest }

    /// Fills `buffer` with what is there and returns how much that is; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        if !hasBegun { try begin() }
        let count = isGzip ? try inflate(into: buffer) : try copy(into: buffer)
        textByteCount += count
        return count
    }

    private func begin() throws(ImportError) {
        hasBegun = true
        while rawEnd < 2, !isRawExhausted { try fill() }
        isGzip = rawEnd >= 2 && raw[0] == 0x1F && raw[1] == 0x8B
        guard isGzip else { return }
        inflater = cdigest_inflate_open()
        if inflater == nil { throw ImportError(input: name, reason: "memory is short") }
    }

    /// Reads more raw bytes behind those that are there.
    private func fill() throws(ImportError) {
        if rawStart == rawEnd {
            rawStart = 0
            rawEnd = 0
            hash.wait()
        }
        let room = UnsafeMutableRawBufferPointer(rebasing: raw[rawEnd...])
        let count = uninterrupted({ pread($0, $1, $2, position) }, file.fileDescriptor, room)
        if count > 0 { hash.add(UnsafeRawBufferPointer(rebasing: room[..<count])) }
        guard count >= 0 else {
            throw ImportError(input: name, reason: "cannot be read: \(ImportInput.systemError())")
        }
        rawEnd += count
        position += count
        rawByteCount += count
        isRawExhausted = count == 0
    }

    private func copy(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        if rawStart == rawEnd, !isRawExhausted { try fill() }
        let count = min(buffer.count, rawEnd - rawStart)
        buffer.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: raw[rawStart..<rawStart + count]))
        rawStart += count
        return count
    }

    private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        while true {
            if rawStart == rawEnd, !isRawExhausted { try fill() }
            if rawStart == rawEnd {
                guard isBetweenMembers else {
                    throw ImportError(
                        input: name,
                        reason:
                            "the gzip data ends too early: the file is truncated; fetch it again")
                }
                return 0
            }
            if isBetweenMembers, raw[rawStart] != 0x1F { try skipPadding() }
            if rawStart == rawEnd { continue }
            var used = 0
            var made = 0
            let rest = UnsafeRawBufferPointer(rebasing: raw[rawStart..<rawEnd])
            let code = cdigest_inflate_step(
                inflater, rest.baseAddress, rest.count, &used, buffer.baseAddress, buffer.count,
                &made)
            rawStart += used
            guard code >= 0 else {
                let reason = String(cString: cdigest_inflate_error(inflater))
                throw ImportError(input: name, reason: "the gzip data cannot be read: \(reason)")
            }
            isBetweenMembers = code == 1
            if made > 0 { return made }
        }
    }

    private func skipPadding() throws(ImportError) {
        while rawStart < rawEnd {
            guard raw[rawStart] == 0 else {
                throw ImportError(
                    input: name, reason: "something that is no gzip follows the gzip data")
            }
            rawStart += 1
        }
    }
}
