import EventModel
import Ledger
import Testing

/// RFC 9162, section 2.1.1 and section 2.1.3.1, word by word.
private enum Naive {
    static func root(_ leaves: ArraySlice<SHA256Digest>) -> SHA256Digest {
        guard leaves.count > 1 else { return leaves.first ?? SHA256.hash("") }
        let middle = leaves.startIndex + split(leaves.count)
        return MerkleTree.nodeHash(root(leaves[..<middle]), root(leaves[middle...]))
    }

    static func path(_ index: Int, _ leaves: ArraySlice<SHA256Digest>) -> [SHA256Digest] {
        guard leaves.count > 1 else { return [] }
        let split = split(leaves.count)
        let middle = leaves.startIndex + split
        return index < split
            ? path(index, leaves[..<middle]) + [root(leaves[middle...])]
            : path(index - split, leaves[middle...]) + [root(leaves[..<middle])]
    }

    /// The greatest power of 2 below `count`.
    private static func split(_ count: Int) -> Int {
        var split = 1
        while split * 2 < count { split *= 2 }
        return split
    }
}

extension SHA256Digest {
    /// This digest with one bit turned over.
    fileprivate func flipped(_ bit: Int) -> SHA256Digest {
        var bytes = bytes
        bytes[bit / 8 % 32] ^= 1 << UInt8(bit % 8)
        return SHA256Digest(bytes: bytes) ?? self
    }
}

@Suite struct `An inclusion proof` {
    private static let leaves = (0..<70).map { SHA256.hash("leaf \($0)") }

    private func proof(_ index: Int, of size: Int) -> InclusionProof {
        InclusionProof(
            sequence: index + 1, size: size, leaf: Self.leaves[index],
            path: MerkleTree.path(to: index, of: Array(Self.leaves[..<size])))
    }

    @Test(arguments: 1...70)
    func `is that of a naive tree, and leads to its root`(size: Int) {
        let leaves = Self.leaves[..<size]
        let root = Naive.root(leaves)
        for index in 0..<size {
            let proof = proof(index, of: size)
            #expect(proof.path == Naive.path(index, leaves))
            #expect(proof.sides?.count == proof.path.count)
            #expect(proof.leads(to: root))
        }
    }

    @Test(arguments: 1...70)
    func `that was changed in any way leads elsewhere`(size: Int) {
        let root = Naive.root(Self.leaves[..<size])
        for index in 0..<size {
            let proof = proof(index, of: size)
            func fails(_ change: (inout InclusionProof) -> Void) -> Bool {
                var changed = proof
                change(&changed)
                return !changed.leads(to: root)
            }
            #expect(fails { $0.leaf = $0.leaf.flipped(index * 7) })
            for place in proof.path.indices {
                #expect(fails { $0.path[place] = $0.path[place].flipped(place * 31) })
                #expect(fails { $0.path.remove(at: place) })
            }
            #expect(fails { $0.path.append(root) })
            #expect(fails { $0.sequence += 1 })
            #expect(fails { $0.sequence = 0 })
            #expect(fails { $0.sequence = .min })
            #expect(fails { $0.size = index })
            if proof.path.count > 1 { #expect(fails { $0.path.swapAt(0, 1) }) }
            #expect(!proof.leads(to: root.flipped(size)))
        }
    }

    /// The audit paths of the certificate-transparency test vectors; leaves as in RFC 6962 tests.
    @Test(arguments: [
        (0, 1, []),
        (
            0, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            5, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1, 5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
    ])
    func `is as the transparency logs have it`(index: Int, size: Int, path: [String]) {
        let entries: [[UInt8]] = [
            [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
            Array(0x50...0x57), Array(0x60...0x6F),
        ]
        let leaves = entries.prefix(size).map { entry in
            entry.withUnsafeBytes { MerkleTree.leafHash($0) }
        }
        #expect(MerkleTree.path(to: index, of: leaves).map(\.hex) == path)
    }

    /// Blocks of 1024 with 1, some and no events after the last full one.
    @Test func `of a ledger leads from any event to any tree head after it`() throws {
        let folder = try Folder()
        try makeLedger(folder("l"), [Sample.events(0..<2100), Sample.events(2100..<3072)])
        let ledger = try EventLedger(path: folder("l"))
        var leaves: [SHA256Digest] = []
        try ledger.forEachEvent(1...3072) { leaves.append($1.leafHash(at: $0)) }
        for size in [1, 2, 1023, 1024, 1025, 2047, 2048, 2049, 2100, 3071, 3072] {
            let root = try ledger.root(of: size)
            for sequence in [1, 2, 700, 1024, 1025, 1026, 2048, 2049, 2100, 3000, 3072]
            where sequence <= size {
                let proof = try ledger.inclusionProof(of: sequence, in: size)
                #expect(proof.leaf == leaves[sequence - 1])
                #expect(proof.path == Naive.path(sequence - 1, leaves[..<size]))
                #expect(proof.leads(to: root))
            }
        }
        for (sequence, size) in [(0, 5), (6, 5), (-1, 5), (1, 0), (1, -1), (1, 3073), (.max, .max)]
        {
            #expect(throws: LedgerError.self) {
                try ledger.inclusionProof(of: sequence, in: size)
            }
        }
    }

    @Test func `fails for an event of a full block whose row was changed`() throws {
        let folder = try Folder()
        try makeLedger(folder("l"), [Sample.events(0..<1500)])
        try tamper(folder("l")) {
            try $0.execute(
                sql: "UPDATE event SET time = time + 1, lag = lag - 1 WHERE sequence = 7")
        }
        let ledger = try EventLedger(path: folder("l"))
        let root = try ledger.root(of: 1500)
        #expect(!(try ledger.inclusionProof(of: 7, in: 1500).leads(to: root)))
        #expect(try ledger.inclusionProof(of: 1100, in: 1500).leads(to: root))
    }

    @Test func `rests on the documented bytes of an event`() throws {
        let folder = try Folder()
        try makeLedger(folder("l"), Sample.mixed())
        let ledger = try EventLedger(path: folder("l"))
        let head = try ledger.headSequence()
        try ledger.forEachEvent(1...head) { sequence, event in
            let encoding = LeafEncoding(event, at: sequence)
            #expect(encoding.content.withUnsafeBytes { SHA256.hash($0) } == event.content.digest)
            #expect(encoding.leafHash == event.leafHash(at: sequence))
        }
    }
}
