import EventModel
import Foundation
import Lab
import Ledger
import Testing

@Suite struct `A generated history` {
    private func root(_ history: GeneratedHistory, batch: Int = 64) throws -> SHA256Digest {
        let folder = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try history.append(to: folder + "/a.ledger", batch: batch)
        return try EventLedger(path: folder + "/a.ledger").head().root
    }

    @Test(arguments: 1...6)
    func `is the same for the same seed, in any batches, and another for another`(
        number: Int
    ) throws {
        let history = GeneratedHistory(seed: 7, number: number, size: 60)
        #expect(try root(history) == root(GeneratedHistory(seed: 7, number: number, size: 60)))
        #expect(try root(history) == root(history, batch: 7))
        #expect(try root(history) != root(GeneratedHistory(seed: 8, number: number, size: 60)))
    }

    /// A change here changes every seed that somebody noted: it needs a reason.
    @Test func `has the bytes that it always had`() throws {
        let root = try root(GeneratedHistory(seed: 1, number: 1, size: 60)).hex
        #expect(root == "3558c2c3c95fa393cbd941f424402f448378d3556370c625a5ca9823633da68c")
    }

    @Test func `arrives in order of recording, and not in order of time`() {
        let events = GeneratedHistory(seed: 1, number: 2, size: 200).events
        let recorded = events.compactMap(\.recorded)
        #expect(recorded == recorded.sorted() && recorded.count == events.count)
        let times = events.map(\.time)
        #expect(times != times.sorted())
    }

    @Test func `holds copies, equal times, registrations and all clicks`() {
        let events = (1...6).flatMap { GeneratedHistory(seed: 1, number: $0, size: 200).events }
        let ids = Set(events.map(\.id))
        #expect(ids.count < events.count)
        #expect(Set(events.map(\.time)).count < ids.count)
        #expect(Set(events.compactMap(\.content.click)).count == 3)
        #expect(events.contains { $0.device == nil && $0.content.click != nil })
        #expect(events.contains { $0.time < Timestamp(seconds: 0) })
        #expect(
            events.contains { if case .registration = $0.content.meaning { true } else { false } })
    }

    @Test func `mixes in the contents that it is given`() {
        let bell = EventContent(source: "test", detailType: "Bell", device: nil, detail: "{}")
        let events = GeneratedHistory(seed: 1, number: 1, size: 200, including: [bell]).events
        #expect(events.contains { $0.detailType == "Bell" })
    }
}
