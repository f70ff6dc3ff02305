import EventModel
import Testing

@Suite struct `Scanning a JSON string` {
    /// What stands in the string, and whether it may.
    private static let stops: [(bytes: [UInt8], isValid: Bool)] = [
        ([0x5C, 0x22], true), ([0x5C, 0x75, 0x30, 0x30, 0x32, 0x31], true), ([0xC3, 0xA9], true),
        ([0xF0, 0x9F, 0x98, 0x80], true), ([0x7F], true), ([0x1F], false), ([0x00], false),
        ([0x0A], false), ([0x80], false), ([0xFF], false), ([0x5C, 0x78], false),
    ]

    @Test func `stops at the right byte, wherever it stands in a word of eight`() {
        for before in 0...17 {
            for after in 0...9 {
                for stop in Self.stops {
                    let inner =
                        Array(repeating: UInt8(0x21), count: before) + stop.bytes
                        + Array(repeating: UInt8(0x7E), count: after)
                    let text = [0x22] + inner + [0x22, 0x2C]
                    text.withUnsafeBytes { bytes in
                        var reader = JSONReader(bytes)
                        let found = Result { () throws(JSONError) in try reader.skipString() }
                        switch found {
                        case .success(let range):
                            #expect(stop.isValid)
                            #expect(range == 0..<text.count - 1)
                        case .failure(let error):
                            #expect(!stop.isValid)
                            #expect(error.offset == before + 1)
                        }
                    }
                }
            }
        }
    }
}
