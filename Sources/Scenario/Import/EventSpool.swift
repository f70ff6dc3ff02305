import EventModel
import Foundation

/// The events that a check has read, in 48 bytes each, so that the second reading need not read and
/// hash the inputs again.
///
///     rows:      id ─ time ─ recorded time ─ ordinal ─ place in `contents`    a temporary file
///     contents:  each distinct one                                            in memory
///
/// It gives itself up, and the inputs are read again, where it would not stay small (an id that is
/// no UUID, contents that hardly repeat), where the occurrence of an event counts (it has no id),
/// or where there is no room for the file.
final class EventSpool {
    struct Row: BitwiseCopyable {
        var high: UInt64
        var low: UInt64
        var time: Int64
        /// The least there is where the event states none.
        var recorded: Int64
        var ordinal: Int
        var content: Int32
    }

    private static let contentLimit = 1 << 16
    private static let textLimit = 16 << 20
    private static let rowsAtOnce = 1 << 14

    private var table = ContentTable()
    /// Whether it has all events so far.
    private(set) var isWhole = true
    private(set) var count = 0
    private var textCount = 0
    /// The rows that are not in the file yet.
    private var rows: [Row] = []
    private var file: FileHandle?

    /// Keeps an event that was read.
    func add(_ converted: Converted, ordinal: Int) {
        guard isWhole else { return }
        guard !converted.format.countsOccurrences,
            case .uuid(let high, let low) = converted.event.id,
            let place = place(of: converted.event.content)
        else { return giveUp() }
        rows.append(
            Row(
                high: high, low: low, time: converted.event.time.microseconds,
                recorded: converted.event.recorded?.microseconds ?? .min, ordinal: ordinal,
                content: place))
        count += 1
        if rows.count == EventSpool.rowsAtOnce { flush() }
    }

    /// nil where there are too many contents.
    private func place(of content: EventContent) -> Int32? {
        let known = table.contents.count
        let place = table.place(of: content)
        if place == known {
            textCount += content.detail.utf8.count + (content.envelope?.utf8.count ?? 0)
            guard place < EventSpool.contentLimit, textCount <= EventSpool.textLimit else {
                return nil
            }
        }
        return Int32(place)
    }

    private func flush() {
        do throws(ImportError) {
            if self.file == nil { self.file = try TemporaryFile.make() }
            guard let file = self.file else { return }
            let outcome = rows.withUnsafeBytes { bytes in
                Result { () throws(ImportError) in try TemporaryFile.write(bytes, to: file) }
            }
            try outcome.get()
            rows.removeAll(keepingCapacity: true)
        } catch {
            giveUp()
        }
    }

    private func giveUp() {
        isWhole = false
        table = ContentTable()
        rows = []
        file = nil
    }

    /// The rows from the one at `place` on, some of them; none at the end.
    func rows(from place: Int) throws(ImportError) -> [Row] {
        let inFile = count - rows.count
        guard place < inFile, let file else { return Array(rows.dropFirst(place - inFile)) }
        let size = MemoryLayout<Row>.stride
        let wanted = min(EventSpool.rowsAtOnce, inFile - place) * size
        var done = 0
        let found = [Row](unsafeUninitializedCapacity: wanted / size) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            while done < wanted {
                let got = pread(
                    file.fileDescriptor, bytes.baseAddress.map { $0 + done }, wanted - done,
                    place * size + done)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                done += got
            }
            count = done / size
        }
        guard done == wanted else {
            throw ImportError(input: "temporary file", reason: "cannot be read back")
        }
        return found
    }

    /// The event of a row.
    @inline(__always)
    func event(_ row: Row) -> Event {
        Event(
            id: .uuid(row.high, row.low), time: Timestamp(microseconds: row.time),
            recorded: row.recorded == .min ? nil : Timestamp(microseconds: row.recorded),
            content: table.contents[Int(row.content)])
    }
}
