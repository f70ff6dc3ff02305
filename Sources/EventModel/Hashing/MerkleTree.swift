/// The head of an append-only Merkle tree, computed leaf by leaf. RFC 9162, section 2.1.
///
///     leaf hash  = SHA-256(0x00 ‖ entry)
///     node hash  = SHA-256(0x01 ‖ left ‖ right)
///     root of n  = node(root of the first k, root of the rest), k the greatest power of 2 below n
///
/// Only the roots of the complete subtrees on the right edge are kept, one for each bit that is
/// set in the count: 33 bytes a bit, whatever the ledger's length.
public struct MerkleTree: Sendable {
    /// How many leaves were appended.
    public private(set) var count: Int = 0
    /// The roots of the complete subtrees, largest first.
    private var edge: [SHA256Digest] = []

    public init() {}

    /// Appends one leaf, given as its leaf hash.
    public mutating func append(leafHash: SHA256Digest) {
        append(subtree: leafHash, ofHeight: 0)
    }

    /// Appends a complete subtree of 2^height leaves, given as its root.
    ///
    /// The count must be a multiple of 2^height.
    public mutating func append(subtree root: SHA256Digest, ofHeight height: Int) {
        precondition(count & (1 << height - 1) == 0, "a subtree begins at a multiple of its size")
        var node = root
        var level = height
        while count >> level & 1 == 1 {
            node = MerkleTree.nodeHash(edge.removeLast(), node)
            level += 1
        }
        edge.append(node)
        count += 1 << height
    }

    /// The tree head. Of no leaves: SHA-256 of nothing.
    public var root: SHA256Digest { root(followedBy: MerkleTree()) }

    /// The head of the tree that has this one's leaves, and then those of `rest`, which must be
    /// fewer than the smallest complete subtree here.
    public func root(followedBy rest: MerkleTree) -> SHA256Digest {
        precondition(
            count == 0 || rest.count < 1 << count.trailingZeroBitCount,
            "the rest would complete a subtree")
        var nodes = (edge + rest.edge).reversed().makeIterator()
        guard var node = nodes.next() else {
            return SHA256.hash(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        while let left = nodes.next() { node = MerkleTree.nodeHash(left, node) }
        return node
    }

    /// SHA-256(0x00 ‖ entry).
    public static func leafHash(_ entry: UnsafeRawBufferPointer) -> SHA256Digest {
        withUnsafeTemporaryAllocation(byteCount: entry.count + 1, alignment: 1) { buffer in
            buffer[0] = 0
            UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyMemory(from: entry)
            return SHA256.hash(UnsafeRawBufferPointer(buffer))
        }
    }

    /// SHA-256(0x01 ‖ left ‖ right).
    public static func nodeHash(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 8) { buffer in
            buffer[0] = 1
            left.withBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: buffer[1..<33]).copyMemory(from: bytes)
            }
            right.withBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: buffer[33..<65]).copyMemory(from: bytes)
            }
            return SHA256.hash(UnsafeRawBufferPointer(buffer))
        }
    }
}
