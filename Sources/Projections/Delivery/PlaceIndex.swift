import EventModel

/// The place of each device by sequence: what `RecordDecoder` finds by going along, for events that
/// come in any order.
package struct PlaceIndex {
    private let first: [UInt32]
    private var codes: [[UInt8]: Int] = [:]
    /// By device code: from the sequence after this one on, the device is at this place.
    private var changes: [[(sequence: Int, place: UInt32)]]

    package init(_ history: History, devices: [String]) {
        first = history.firstPlaces
        for (place, name) in devices.enumerated() { codes[Array(name.utf8)] = place + 1 }
        changes = Array(repeating: [], count: history.firstPlaces.count)
        for change in history.changes {
            changes[change.device].append((change.sequence, change.place))
        }
    }

    /// The code of a device; 0 for none, and for a name that the ledger does not have.
    package func code(of device: String?) -> Int { device.flatMap { codes[Array($0.utf8)] } ?? 0 }

    package func place(of device: Int, at sequence: Int) -> UInt32 {
        let own = changes[device]
        guard let last = own.last else { return first[device] }
        if last.sequence < sequence { return last.place }
        var (low, high) = (0, own.count)
        while low < high {
            let middle = (low + high) / 2
            if own[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first[device] : own[low - 1].place
    }
}
