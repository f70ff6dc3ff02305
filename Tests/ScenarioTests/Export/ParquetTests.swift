import EventModel
import Foundation
import Testing

@testable import Scenario

@Suite struct `The parts of a Parquet file` {
    @Test(
        arguments: [
            ([], 1, []),
            // Four times 1: a group of eight, filled up with zeros.
            ([1, 1, 1, 1], 1, [0b11, 0b0000_1111]),
            // A run of eight: its count, then the value in one byte.
            ([1, 1, 1, 1, 1, 1, 1, 1], 1, [16, 1]),
            // The example of Encodings.md: 0 to 7 in three bits each.
            ([0, 1, 2, 3, 4, 5, 6, 7], 3, [0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010]),
            // A whole group, a run of nine in two bytes, a group that is not full.
            (
                [0, 1, 2, 3, 4, 5, 6, 7] + Array(repeating: 300, count: 9) + [1], 9,
                [
                    0b11, 0, 2, 8, 24, 64, 160, 128, 129, 3, 18, 44, 1, 0b11, 1, 0, 0, 0, 0, 0, 0,
                    0, 0,
                ]
            ),
        ] as [([UInt32], Int, [UInt8])])
    func `runs and groups are as the format says`(
        values: [UInt32], width: Int, bytes: [UInt8]
    ) {
        #expect(HybridRuns.encode(values, width: width) == bytes)
    }

    @Test(arguments: [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (256, 8), (257, 9)])
    func `a width is as many bits as the places need`(count: Int, width: Int) {
        #expect(HybridRuns.width(of: count) == width)
    }

    @Test func `a struct in Thrift's compact protocol`() {
        let bytes = ThriftCompact.structure { file in
            file.add(1, Int32(-1))
            file.add(3, Int64(150))
            file.add(4, true)
            file.add(5) { $0.add(1, "a") }
            file.add(6, int32s: [1, -1])
        }
        #expect(
            bytes == [
                0x15, 0x01, 0x26, 0xAC, 0x02, 0x11, 0x1C, 0x18, 0x01, 0x61, 0x00, 0x19, 0x25, 0x02,
                0x01, 0x00,
            ])
    }

    @Test func `begins and ends with PAR1, and the footer's length stands before that`() throws {
        for events in [[], simulated] {
            var bytes: [UInt8] = []
            var exporter = EventExporter(format: .parquet) { bytes.append(contentsOf: $0) }
            for (place, event) in events.enumerated() {
                try exporter.write(event, sequence: Int64(place + 1))
            }
            try exporter.finish()
            #expect(exporter.byteCount == bytes.count)
            #expect(bytes.prefix(4) == Array("PAR1".utf8)[...])
            #expect(bytes.suffix(4) == Array("PAR1".utf8)[...])
            let count = bytes.dropLast(4).suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            #expect(count > 0 && count < bytes.count - 11)
            // The root, and what stands first in every footer: version 2.
            #expect(bytes[bytes.count - 8 - count] == 0x15)
        }
    }
}
