import EventModel
import Foundation

/// What happens after text that is no JSON.
///
/// The broken value's text, from its first byte to the end of the line in which it begins, goes to
/// `unreadable`; the walk goes on at the next line. In an array the rest of the array is then read
/// without asking for its commas and brackets, because nobody knows which of them were lost.
extension ValueScanner {
    /// Where only a comma or the array's end is missing, no text is lost: the object that follows
    /// is read next.
    func missComma(_ reason: String) -> Item {
        array = nil
        isRecovering = true
        return .unreadable(place(of: start), reason)
    }

    /// Gives up the value that begins at `start`, blaming the byte at `offset`.
    func giveUp(at offset: Int, _ reason: String) throws(ImportError) -> Item {
        let place = place(of: offset)
        if array != nil {
            array = nil
            isRecovering = true
        }
        while true {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            let found = rest.isEmpty ? nil : memchr(rest.baseAddress!, 0x0A, rest.count)
            let count = found.map { UnsafeRawPointer($0) - rest.baseAddress! } ?? rest.count
            if count > 0 { try unreadable?(UnsafeRawBufferPointer(rebasing: rest[..<count])) }
            pass(to: start + count)
            if found != nil || isExhausted { return .unreadable(place, reason) }
            try readOn()
        }
    }
}
