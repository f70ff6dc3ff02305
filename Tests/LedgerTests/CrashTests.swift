import EventModel
import Foundation
import GRDB
import Ledger
import Testing

/// What a power cut leaves: the ledger's file, and its -wal up to some byte, without the -shm.
@Suite struct Crashes {
    private struct Image {
        var ledger: Data
        var wal: Data
        /// The head that was promised when the image was taken.
        var promised: Int
    }

    @Test(arguments: [UInt64(1), 2])
    func `every image is a prefix of whole batches, and goes on`(seed: UInt64) throws {
        let folder = try Folder()
        let path = folder("a.ledger")
        var seed = seed
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        func data(_ path: String) -> Data { FileManager.default.contents(atPath: path) ?? Data() }

        // Batches of all sizes, large ones lift the guard; an image between any two.
        // Segments of the replay index fill on the way.
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        writer.segmentSize = 1024
        var ends = [0: MerkleTree().root]
        var images: [Image] = []
        while images.count < 25 {
            let count = [1, 2, 30, 300, 1100][random(5)]
            let first = writer.head.sequence
            try writer.append(Sample.events(first..<first + count))
            ends[writer.head.sequence] = writer.head.root
            images.append(
                Image(
                    ledger: data(path), wal: data(path + "-wal"), promised: writer.head.sequence))
            if random(6) == 0 {
                try withSQLite(path) { try $0.execute(sql: "PRAGMA wal_checkpoint") }
            }
        }
        let final = writer.head
        try writer.close()

        let crashed = folder("crashed.ledger")
        for image in images {
            // As it was; cut at a random byte; its last bytes never written.
            for kind in 0..<2 {
                var wal = image.wal
                if kind == 1, !wal.isEmpty {
                    let cut = random(wal.count)
                    if random(2) == 0 {
                        wal = wal.prefix(cut)
                    } else {
                        wal.replaceSubrange(cut..., with: Data(count: wal.count - cut))
                    }
                }
                for suffix in FlipTests.suffixes { unlink(crashed + suffix) }
                try image.ledger.write(to: URL(filePath: crashed))
                try wal.write(to: URL(filePath: crashed + "-wal"))
                try Data("pid 0".utf8).write(to: URL(filePath: crashed + "-lease"))
                guard let resumed = try resume(crashed, isCut: kind == 1) else { continue }
                let head = resumed.head
                #expect(ends[head.sequence] == head.root)
                if kind == 0 { #expect(head.sequence == image.promised) }
                try resumed.append(Sample.events(head.sequence..<final.sequence))
                try resumed.close()
                #expect(resumed.head.root == final.root)
                #expect(try EventLedger(path: crashed).runs().count == 1)
                let report = try EventLedger.verify(path: crashed)
                #expect(report.findings.map(\.description) == [])
                #expect(
                    try EventLedger(path: crashed).indexExtent().segments
                        == final.sequence / 1024)
            }
        }
    }

    /// Reads the image first, as one does after a crash; then writes on.
    private func resume(_ path: String, isCut: Bool) throws -> LedgerWriter? {
        do {
            #expect(try EventLedger.verify(path: path).isSound)
        } catch LedgerError.blank where isCut {
            // Cut before the first commit: a blank file, which a writer takes for a new ledger.
        }
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        writer.segmentSize = 1024
        return writer
    }
}
