/// Contents, each with a place, by identity: one that was met before is found again.
///
/// Two contents that say the same and are two objects have two places. The contents are held, so no
/// identity is used twice.
package struct ContentTable: Sendable {
    package private(set) var contents: [EventContent] = []
    private var places: [ObjectIdentifier: Int32] = [:]
    /// Some of `places` again, where one look finds them.
    private var front = [Slot](repeating: Slot(content: nil, place: 0), count: 1 << 12)

    private struct Slot: BitwiseCopyable {
        var content: ObjectIdentifier?
        var place: Int32
    }

    package init() {}

    /// The place of a content, which gets the next one if it has none.
    @inline(__always)
    package mutating func place(of content: EventContent) -> Int {
        let identity = ObjectIdentifier(content)
        // Objects lie 16 bytes apart at least; the product's upper bits depend on all of them.
        let mixed = (UInt(bitPattern: identity) >> 4) &* 0x9E37_79B9_7F4A_7C15
        let slot = Int(truncatingIfNeeded: mixed >> 52)
        if front[slot].content == identity { return Int(front[slot].place) }
        return find(content, identity, slot)
    }

    private mutating func find(
        _ content: EventContent, _ identity: ObjectIdentifier, _ slot: Int
    ) -> Int {
        let place = places[identity] ?? Int32(contents.count)
        if Int(place) == contents.count {
            places[identity] = place
            contents.append(content)
        }
        front[slot] = Slot(content: identity, place: place)
        return Int(place)
    }
}
