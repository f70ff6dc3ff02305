import EventModel
import Foundation

/// Lines that differ from one met before in nothing but id and time, and so need not be read.
///
///     {"version":"0","id":"<UUID>","detail-type":"…","time":"<UTC>","detail":{…}}
///     └── same bytes ──┘      └──── same bytes ─────┘     └──── same bytes ────┘
///
/// Such a line is JSON because the other one was: 36 bytes that spell a UUID and as many that spell
/// a time as before are two strings without escapes. Its content is the other one's. What does not
/// match, to the byte, is read as if this were not here; so is every line for a while, where few
/// of them match. Bounded: when it is full it is emptied.
struct LineTemplates {
    /// Where id and time stand in a line, counted from its first byte.
    private struct Layout: Equatable {
        var id: Int
        var time: Int
        var timeCount: Int
    }

    private struct Entry {
        var hash: UInt64
        var layout: Layout
        /// The line in `text`.
        var start: Int
        var count: Int
        var comparable: UInt64
    }

    private static let entryLimit = 8_192
    private static let byteLimit = 8 << 20
    private static let lineLimit = 4_096
    private static let layoutLimit = 4
    private static let idCount = 36

    /// The layouts met, the one that matched last first.
    private var layouts: [Layout] = []
    private var entries: [Entry] = []
    /// Of each entry; apart from them, so that a look at an entry counts no reference.
    private var contents: [EventContent] = []
    private var text: [UInt8] = []
    /// Places in `entries`, counted from 1, by hash; 0 for none. Twice as many as entries.
    private var slots = [Int32](repeating: 0, count: LineTemplates.entryLimit * 2)
    private var clock = DayClock()
    private var tries = 0
    private var hits = 0
    private var pause = 0

    /// The event of the line that begins with these bytes, and the line's length; nil where it has
    /// to be read.
    @inline(__always)
    mutating func match(_ bytes: UnsafeRawBufferPointer) -> (converted: Converted, count: Int)? {
        guard pause == 0 else {
            pause -= 1
            return nil
        }
        countTry()
        guard !entries.isEmpty, let start = bytes.baseAddress,
            let end = memchr(start, 0x0A, min(bytes.count, LineTemplates.lineLimit))
        else { return nil }
        let count = UnsafeRawPointer(end) - start
        for place in layouts.indices {
            guard
                let found = match(
                    UnsafeRawBufferPointer(start: start, count: count), layouts[place])
            else { continue }
            if place > 0 { layouts.swapAt(0, place) }
            hits += 1
            return (found, count)
        }
        return nil
    }

    /// Looks at how often lines match: where that is rarely, looking is a waste for a while.
    private mutating func countTry() {
        tries += 1
        guard tries == 4_096 else { return }
        if hits < tries / 8 { pause = 65_536 }
        tries = 0
        hits = 0
    }

    private mutating func match(_ line: UnsafeRawBufferPointer, _ layout: Layout) -> Converted? {
        guard let parts = Parts(line, id: layout.id, time: layout.time, layout.timeCount) else {
            return nil
        }
        let hash = parts.hash
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if entries[place].hash == hash, entries[place].count == line.count,
                entries[place].layout == layout, isSame(place, parts)
            {
                return convert(place, parts)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isSame(_ place: Int, _ parts: Parts) -> Bool {
        let entry = entries[place]
        return text.withUnsafeBytes { bytes in
            let line = UnsafeRawBufferPointer(
                rebasing: bytes[entry.start..<entry.start + entry.count])
            let known = Parts(
                line, id: entry.layout.id, time: entry.layout.time, entry.layout.timeCount)
            return known.map { $0.isSame(as: parts) } ?? false
        }
    }

    private mutating func convert(_ place: Int, _ parts: Parts) -> Converted? {
        guard let id = EventID.parseUUID(parts.id),
            let (time, resolution) = clock.time(parts.time),
            EventConverter.isShort(parts.time, time)
        else { return nil }
        return Converted(
            event: Event(id: id, time: time, content: contents[place]),
            comparable: entries[place].comparable, resolution: resolution, format: .eventbridge)
    }

    /// Remembers a line that was read. A value that is no such line is left alone.
    mutating func learn(_ object: RawObject, _ converted: Converted) {
        guard pause == 0, converted.format == .eventbridge,
            object.range.count <= LineTemplates.lineLimit,
            case .uuid = converted.event.id, let id = object.member(.id),
            let time = object.member(.time), id.value.count == LineTemplates.idCount + 2
        else { return }
        let line = object.slice(object.range)
        let layout = Layout(
            id: id.value.lowerBound + 1 - object.range.lowerBound,
            time: time.value.lowerBound + 1 - object.range.lowerBound,
            timeCount: time.value.count - 2)
        guard let parts = Parts(line, id: layout.id, time: layout.time, layout.timeCount),
            EventConverter.isShort(parts.time, converted.event.time), !line.contains(0x0A)
        else { return }
        if entries.count >= LineTemplates.entryLimit
            || text.count + line.count > LineTemplates.byteLimit
        {
            entries.removeAll(keepingCapacity: true)
            contents.removeAll(keepingCapacity: true)
            text.removeAll(keepingCapacity: true)
            for slot in slots.indices { slots[slot] = 0 }
        }
        if !layouts.contains(layout) {
            if layouts.count == LineTemplates.layoutLimit { layouts.removeLast() }
            layouts.insert(layout, at: 0)
        }
        var slot = Int(truncatingIfNeeded: parts.hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        entries.append(
            Entry(
                hash: parts.hash, layout: layout, start: text.count, count: line.count,
                comparable: converted.comparable))
        contents.append(converted.event.content)
        text += line
        slots[slot] = Int32(entries.count)
    }
}

/// A line, cut into what is compared and what is read.
private struct Parts {
    let begin: UnsafeRawBufferPointer
    let middle: UnsafeRawBufferPointer
    let end: UnsafeRawBufferPointer
    let id: UnsafeRawBufferPointer
    let time: UnsafeRawBufferPointer

    /// nil where the line is too short.
    @inline(__always)
    init?(_ line: UnsafeRawBufferPointer, id: Int, time: Int, _ timeCount: Int) {
        let idEnd = id + 36
        let timeEnd = time + timeCount
        guard max(idEnd, timeEnd) < line.count else { return nil }
        func part(_ from: Int, _ to: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: line[from..<to])
        }
        begin = part(0, min(id, time))
        middle = id < time ? part(idEnd, time) : part(timeEnd, id)
        end = part(max(idEnd, timeEnd), line.count)
        self.id = part(id, idEnd)
        self.time = part(time, timeEnd)
    }

    var hash: UInt64 {
        mix(quickHash(begin) ^ mix(quickHash(middle) ^ mix(quickHash(end))))
    }

    @inline(__always)
    func isSame(as other: Parts) -> Bool {
        func same(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
            guard a.count == b.count else { return false }
            guard let a = a.baseAddress, let other = b.baseAddress else { return true }
            return memcmp(a, other, b.count) == 0
        }
        return same(end, other.end) && same(middle, other.middle) && same(begin, other.begin)
    }
}

/// Reads times; of a day that it met last only the time of day.
private struct DayClock {
    /// `2024-02-29T`, its first and its last eight bytes.
    private var day: (UInt64, UInt64) = (0, 0)
    private var begin: Int64 = 0
    private static let length: Int64 = 86_400_000_000

    mutating func time(
        _ text: UnsafeRawBufferPointer
    ) -> (Timestamp, Timestamp.Resolution)? {
        guard text.count == 20, let intoDay = DayClock.timeOfDay(text) else {
            return try? Timestamp.parse(text)
        }
        let found = (
            text.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
            text.loadUnaligned(fromByteOffset: 3, as: UInt64.self)
        )
        if found == day { return (Timestamp(microseconds: begin + intoDay), .second) }
        guard let parsed = try? Timestamp.parse(text) else { return nil }
        let start = parsed.0.microseconds - intoDay
        if start % DayClock.length == 0, parsed.1 == .second { (day, begin) = (found, start) }
        return parsed
    }

    /// The microseconds of `…18:00:00Z` at the end of 20 bytes; nil for anything else.
    private static func timeOfDay(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text[13] == 0x3A, text[16] == 0x3A, text[19] == 0x5A else { return nil }
        func number(_ place: Int, below limit: UInt8) -> Int64? {
            let (ten, one) = (text[place] &- 0x30, text[place + 1] &- 0x30)
            guard ten < 10, one < 10, ten * 10 + one < limit else { return nil }
            return Int64(ten * 10 + one)
        }
        guard let hour = number(11, below: 24), let minute = number(14, below: 60),
            let second = number(17, below: 60)
        else { return nil }
        return ((hour * 60 + minute) * 60 + second) * 1_000_000
    }
}
