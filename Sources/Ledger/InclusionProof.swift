import EventModel

/// Shows that an event is one of those that a tree head stands for, with a handful of hashes.
/// RFC 9162, section 2.1.3.
///
///     leaf ─┐
///           node ─┐        each node = SHA-256(0x01 ‖ left ‖ right)
///     path[0] ┘   node ─ … ─ root
///         path[1] ┘
///
/// Whoever noted a root and a size needs nothing else: neither the ledger nor this program.
public struct InclusionProof: Sendable, Equatable {
    /// The event's sequence, 1 and more. Its leaf has the index `sequence - 1`.
    public var sequence: Int
    /// How many events the tree has.
    public var size: Int
    /// The event's leaf hash.
    public var leaf: SHA256Digest
    /// The sibling hashes, from the leaf to the root: the RFC's audit path.
    public var path: [SHA256Digest]

    public init(sequence: Int, size: Int, leaf: SHA256Digest, path: [SHA256Digest]) {
        self.sequence = sequence
        self.size = size
        self.leaf = leaf
        self.path = path
    }

    /// Where a sibling stands beside the node that is known.
    public enum Side: String, Sendable { case left, right }

    /// The side of each hash of the path; nil where the tree has no leaf of this sequence, or one
    /// whose path has another length.
    public var sides: [Side]? {
        guard sequence >= 1, sequence <= size else { return nil }
        var sides: [Side] = []
        var (place, last) = (sequence - 1, size - 1)
        while last > 0 {
            // The last node of a level has no sibling where its place is even: it moves up as it is.
            if place & 1 == 1 {
                sides.append(.left)
            } else if place < last {
                sides.append(.right)
            }
            place >>= 1
            last >>= 1
        }
        return sides.count == path.count ? sides : nil
    }

    /// The root that leaf and path lead to; nil where the path is not of the length that it must be.
    public var root: SHA256Digest? {
        guard let sides else { return nil }
        return zip(path, sides).reduce(leaf) { node, step in
            switch step.1 {
            case .left: MerkleTree.nodeHash(step.0, node)
            case .right: MerkleTree.nodeHash(node, step.0)
            }
        }
    }

    /// Whether the event is one of those that `root` stands for.
    public func leads(to root: SHA256Digest) -> Bool { self.root == root }
}

extension MerkleTree {
    /// The sibling hashes of the leaf at `index`, from the leaf to the root of all `leaves`: RFC
    /// 9162, section 2.1.3.1.
    ///
    /// The leaves may also be the roots of complete subtrees of one size, of which only the last may
    /// be smaller: the path is then that of the subtree.
    ///
    /// - Precondition: `leaves` has this index.
    package static func path(to index: Int, of leaves: [SHA256Digest]) -> [SHA256Digest] {
        precondition(leaves.indices.contains(index), "a path leads from a leaf")
        var path: [SHA256Digest] = []
        var (level, place) = (leaves, index)
        while level.count > 1 {
            if level.indices.contains(place ^ 1) { path.append(level[place ^ 1]) }
            level = stride(from: 0, to: level.count, by: 2).map { left in
                left + 1 < level.count ? nodeHash(level[left], level[left + 1]) : level[left]
            }
            place >>= 1
        }
        return path
    }
}
