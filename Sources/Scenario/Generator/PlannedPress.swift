import EventModel

/// A report that was generated and waits for its turn: 24 bytes, no reference.
///
/// The id is a UUIDv7, so its first 48 bits are the time of arrival in milliseconds, and the order of
/// ids is the order of arrival: by time, then by random bits that belong to the report alone.
struct PlannedPress {
    var high: UInt64
    var low: UInt64
    /// A place in the generator's table of contents; `lost` for a press of which no report comes.
    var content: Int32
    /// A place among the strand's notes; `plain` for a press that arrives at once, as it was.
    var note = PlannedPress.plain

    static let plain: Int32 = -1
    static let lost: Int32 = -1

    /// When it arrives.
    var milliseconds: Int64 { Int64(high >> 16) }

    static func < (a: PlannedPress, b: PlannedPress) -> Bool {
        a.high < b.high || (a.high == b.high && a.low < b.low)
    }
}

/// What is to be known of a report that is not plain.
struct PressNote: Sendable, BitwiseCopyable {
    /// When the report says that it happened, in milliseconds.
    var stated: Int64
    var truth: PressTruth
}

/// Reports that were drawn and have not arrived yet, in no order.
///
/// Plain presses are all there is of most of them; what else is to be known of the others stands apart
/// and its room is used again, so that memory follows what is on its way, not what has been.
struct PressBuffer: Sendable {
    var presses: [PlannedPress] = []
    private(set) var notes: [PressNote] = []
    private var free: [Int32] = []

    /// Keeps a note, and says where.
    mutating func keep(_ note: PressNote) -> Int32 {
        if let place = free.popLast() {
            notes[Int(place)] = note
            return place
        }
        notes.append(note)
        return Int32(notes.count - 1)
    }

    /// The notes of these reports are no longer needed.
    mutating func release(_ reports: [PlannedPress]) {
        for report in reports where report.note != PlannedPress.plain { free.append(report.note) }
    }
}
