import EventModel
import Testing

/// Leaves and roots of the certificate-transparency test vectors (RFC 9162 hashing).
private let leaves = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]

@Test(arguments: [
    (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
])
func `a tree head is as RFC 9162 has it`(count: Int, root: String) {
    var tree = MerkleTree()
    for leaf in leaves.prefix(count) {
        let digits = Array(leaf)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0..<$0 + 2]), radix: 16)
        }
        tree.append(leafHash: bytes.withUnsafeBytes { MerkleTree.leafHash($0) })
    }
    #expect(tree.root.hex == root)
    #expect(tree.count == count)
}

/// RFC 9162, section 2.1.1, word by word.
private func naiveRoot(_ leaves: ArraySlice<SHA256Digest>) -> SHA256Digest {
    guard leaves.count > 1 else { return leaves.first ?? SHA256.hash("") }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let middle = leaves.startIndex + split
    return MerkleTree.nodeHash(naiveRoot(leaves[..<middle]), naiveRoot(leaves[middle...]))
}

@Suite struct `Merkle trees` {
    private static let entries = (0..<70).map { SHA256.hash("leaf \($0)") }

    private func tree(_ leaves: ArraySlice<SHA256Digest>) -> MerkleTree {
        var tree = MerkleTree()
        for leaf in leaves { tree.append(leafHash: leaf) }
        return tree
    }

    @Test(arguments: 0...70)
    func `a head is that of the recursive definition`(count: Int) {
        #expect(tree(Self.entries[..<count]).root == naiveRoot(Self.entries[..<count]))
    }

    @Test(arguments: 0...5)
    func `a complete subtree goes in as its root`(height: Int) {
        let size = 1 << height
        var whole = MerkleTree()
        for first in stride(from: 0, through: 70 - size, by: size) {
            whole.append(subtree: naiveRoot(Self.entries[first..<first + size]), ofHeight: height)
            #expect(whole.count == first + size)
            #expect(whole.root == naiveRoot(Self.entries[..<(first + size)]))
        }
    }

    @Test(arguments: 0...70)
    func `a tree and what follows it have the head of both`(count: Int) {
        for size in [1, 2, 4, 8, 16, 32, 64] {
            let full = count / size * size
            let (first, rest) = (tree(Self.entries[..<full]), tree(Self.entries[full..<count]))
            #expect(first.root(followedBy: rest) == naiveRoot(Self.entries[..<count]))
        }
    }

    @Test func `leaf and node hashes differ by their first byte`() {
        let (a, b) = (Self.entries[0], Self.entries[1])
        #expect(
            MerkleTree.leafHash(UnsafeRawBufferPointer(start: nil, count: 0)).hex.hasPrefix("6e34"))
        let both = [1] + a.bytes + b.bytes
        #expect(MerkleTree.nodeHash(a, b) == both.withUnsafeBytes { SHA256.hash($0) })
    }
}
