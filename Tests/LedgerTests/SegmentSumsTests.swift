import EventModel
import Testing

@testable import Ledger

@Suite struct `The sums of a segment` {
    private func records(_ count: Int) -> [EventRecord] {
        (0..<count).map { (number: Int) -> EventRecord in
            let time: Int = number &* 0x1_0000_0001_3937 % 9_000_000_000_000
            let content = UInt32(truncatingIfNeeded: number &* 2_654_435_761)
            return EventRecord(
                time: Int64(time) - 4_000_000_000_000, device: UInt32(number * 7 % 1001),
                content: content)
        }
    }

    /// Word by word, as the ledger's format has it.
    private func plain(_ records: [EventRecord]) -> [UInt64] {
        var (sums, totals) = ([UInt64](repeating: 0, count: 8), [UInt64](repeating: 0, count: 8))
        let words = records.flatMap { (record: EventRecord) -> [UInt64] in
            let codes: UInt64 = UInt64(record.device) | UInt64(record.content) << 32
            return [UInt64(bitPattern: record.time), codes]
        }
        for (place, word) in words.enumerated() {
            let lane = place % 8
            sums[lane] = (sums[lane] << 7 | sums[lane] >> 57) &+ word
            totals[lane] = totals[lane] &+ sums[lane]
        }
        return sums + totals
    }

    @Test(arguments: [0, 4, 8, 1024, 4096])
    func `are those of the format, in one piece and in many`(count: Int) {
        let records = records(count)
        var (whole, pieces) = (RecordSums(devices: 1000), RecordSums(devices: 1000))
        records.withUnsafeBytes { bytes in
            whole.add(bytes)
            for begin in stride(from: 0, to: bytes.count, by: 64) {
                pieces.add(UnsafeRawBufferPointer(rebasing: bytes[begin..<begin + 64]))
            }
        }
        #expect(whole.words == plain(records) && pieces.words == plain(records))
        #expect(whole.areSound && pieces.areSound)
    }

    @Test(
        arguments: [
            (Timestamp.earliest.microseconds, 1000, true), (Timestamp.latest.microseconds, 0, true),
            (Timestamp.earliest.microseconds - 1, 0, false),
            (Timestamp.latest.microseconds + 1, 0, false),
            (Int64.min, 0, false), (.max, 0, false), (0, 1001, false), (0, UInt32.max, false),
        ] as [(Int64, UInt32, Bool)])
    func `tell a time or a device that cannot be, wherever it is`(
        time: Int64, device: UInt32, isSound: Bool
    ) {
        for place in 0..<8 {
            var records = records(8)
            records[place].time = time
            records[place].device = device
            var sums = RecordSums(devices: 1000)
            records.withUnsafeBytes { sums.add($0) }
            #expect(sums.areSound == isSound)
        }
    }
}
