/// Finds byte strings, each in a group of its own: one flat hash table with open addressing.
struct ByteTable: Sendable {
    private struct Entry {
        let group: Int32
        let start: Int32
        let count: Int32
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// An entry's number plus one, or 0; a power of two of them, at most half taken.
    private var slots: [Int32] = [0]

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    /// Adds a key unless it is there, and returns its number: 0, 1, 2, … in the order of adding.
    @discardableResult
    mutating func insert(_ key: [UInt8], group: Int) -> Int {
        let found = key.withUnsafeBytes { find($0, group: group) }
        if found >= 0 { return found }
        entries.append(
            Entry(group: Int32(group), start: Int32(bytes.count), count: Int32(key.count)))
        bytes += key
        if entries.count * 2 > slots.count { grow() } else { take(entries.count - 1) }
        return entries.count - 1
    }

    /// The key's number; -1 where it is not in the group.
    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer, group: Int) -> Int {
        let mask = slots.count - 1
        var slot = ByteTable.hash(key, group) & mask
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            let entry = entries[number]
            if Int(entry.count) == key.count, Int(entry.group) == group,
                has(key, at: Int(entry.start))
            {
                return number
            }
            slot = (slot + 1) & mask
        }
        return -1
    }

    @inline(__always)
    private func has(_ key: UnsafeRawBufferPointer, at start: Int) -> Bool {
        bytes.withUnsafeBytes { all in
            var place = 0
            while place + 8 <= key.count {
                guard
                    all.loadUnaligned(fromByteOffset: start + place, as: UInt64.self)
                        == key.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                else { return false }
                place += 8
            }
            while place < key.count {
                guard all[start + place] == key[place] else { return false }
                place += 1
            }
            return true
        }
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 4)
        for number in entries.indices { take(number) }
    }

    private mutating func take(_ number: Int) {
        let entry = entries[number]
        let key = bytes[Int(entry.start)..<Int(entry.start + entry.count)]
        var slot = key.withUnsafeBytes { ByteTable.hash($0, Int(entry.group)) } & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(number) + 1
    }

    /// Deterministic: it decides where a key lies, never what comes out.
    @inline(__always)
    private static func hash(_ key: UnsafeRawBufferPointer, _ group: Int) -> Int {
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var hash = UInt64(truncatingIfNeeded: group &* 31 &+ key.count) &* factor
        var place = 0
        while place + 8 <= key.count {
            let word = key.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            hash = (hash ^ word) &* factor
            hash ^= hash >> 29
            place += 8
        }
        var rest: UInt64 = 0
        while place < key.count {
            rest = rest << 8 | UInt64(key[place])
            place += 1
        }
        hash = (hash ^ rest) &* factor
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF)
    }
}
