import EventModel
import Ledger

/// Records with tables that say what their codes mean: presses that nobody has written out yet.
///
///     record:  time │ device ──> places[device]    content ──> click, or none
///
/// Lent for one call: it must not be kept.
public struct CodedBatch: ~Copyable {
    @usableFromInline let records: UnsafeBufferPointer<EventRecord>
    @usableFromInline let meanings: UnsafeBufferPointer<UInt8>
    @usableFromInline let places: UnsafeBufferPointer<UInt32>

    /// How far a projection came.
    public struct Taken: Sendable, Equatable {
        /// Records that were dealt with.
        public var records = 0
        /// Presses among them.
        public var presses = 0

        @inlinable public init() {}
    }

    init(
        _ records: UnsafeBufferPointer<EventRecord>, meanings: UnsafeBufferPointer<UInt8>,
        places: UnsafeBufferPointer<UInt32>
    ) {
        (self.records, self.meanings, self.places) = (records, meanings, places)
    }

    /// Calls `body` with time, place and click (0 to 2) of each press, from record `begin` on, until
    /// `room` presses are taken or a record comes whose meaning is not at hand.
    @inlinable @inline(__always)
    public func forEachPress(
        from begin: Int = 0, room: Int = .max,
        _ body: (_ time: Int64, _ place: Int, _ click: Int) -> Void
    ) -> Taken {
        // In hands of our own: behind the batch each would be read again after every store of `body`.
        let (records, meanings, places) = (records, meanings, places)
        var at = begin
        var presses = 0
        while at < records.count, presses < room {
            let record = records[at]
            let (content, device) = (Int(record.content), Int(record.device))
            guard content < meanings.count, device < places.count else { break }
            let meaning = meanings[content]
            if meaning <= ClickKind.long.rawValue {
                body(record.time, Int(places[device]), Int(meaning))
                presses &+= 1
            } else if meaning != CodedBatch.ignored {
                break
            }
            at &+= 1
        }
        var taken = Taken()
        (taken.records, taken.presses) = (at - begin, presses)
        return taken
    }

    /// The meaning of contents that are no press, and that nobody hears.
    @usableFromInline static let ignored: UInt8 = 0xFE
}
