import EventModel
import Ledger

extension EventDetail {
    static func matches(_ content: EventContent) -> Bool {
        content.detailType == detailType && (source == nil || content.source == source)
    }
}

/// What each content code means to a fold, in a byte: a click, another event that is heard, or
/// nothing. Bounded: codes beyond the table share slots, and are looked up again when they collide.
struct ContentMeanings {
    static let heard: UInt8 = 0xFD
    static let ignored = CodedBatch.ignored
    private static let unknown: UInt8 = 0xFF
    private static let tableLimit = 1 << 20
    private static let slots = 1 << 16

    private let types: [any EventDetail.Type]
    /// By code, as far as codes were asked for.
    private(set) var table: [UInt8] = []
    private var slotCode: [UInt32] = []
    private var slotMeaning: [UInt8] = []

    /// - Parameter heard: the types that any projection of the pass wants.
    init(heard types: [any EventDetail.Type]) { self.types = types }

    @inline(__always)
    mutating func meaning(of code: UInt32, _ lookup: ContentLookup) throws -> UInt8 {
        if Int(code) < table.count {
            let found = table[Int(code)]
            if found != ContentMeanings.unknown { return found }
        }
        return try find(code, lookup)
    }

    @inline(never)
    private mutating func find(_ code: UInt32, _ lookup: ContentLookup) throws -> UInt8 {
        let place = Int(code)
        let slot = place % ContentMeanings.slots
        if place >= ContentMeanings.tableLimit, !slotCode.isEmpty, slotCode[slot] == code {
            return slotMeaning[slot]
        }
        let content = try lookup.content(code)
        let meaning: UInt8 =
            if let click = content.click {
                click.rawValue
            } else if types.contains(where: { $0.matches(content) }) {
                ContentMeanings.heard
            } else {
                ContentMeanings.ignored
            }
        if place < ContentMeanings.tableLimit {
            if place >= table.count {
                let count = min(ContentMeanings.tableLimit, max(1024, place * 2))
                // An array, not `repeatElement`: that goes element by element in a debug build.
                table += [UInt8](repeating: ContentMeanings.unknown, count: count - table.count)
            }
            table[place] = meaning
        } else {
            if slotCode.isEmpty {
                slotCode = Array(repeating: 0, count: ContentMeanings.slots)
                slotMeaning = Array(repeating: 0, count: ContentMeanings.slots)
            }
            slotCode[slot] = code
            slotMeaning[slot] = meaning
        }
        return meaning
    }
}

/// The details of other events, decoded once for each distinct content and projection. Bounded: it
/// starts again when it is full.
struct HeardDetails {
    private struct Key: Hashable {
        var content: UInt32
        var fold: ObjectIdentifier
    }

    private var details: [Key: (any EventDetail)??] = [:]
    private static let limit = 1 << 14

    /// What a fold hears in a content: nil where it does not listen, `.some(nil)` where it does and
    /// the detail is not of the expected form.
    mutating func detail(
        of code: UInt32, for fold: ProjectionFold, _ lookup: ContentLookup
    ) throws -> (any EventDetail)?? {
        let key = Key(content: code, fold: ObjectIdentifier(fold))
        if let known = details[key] { return known }
        let content = try lookup.content(code)
        let type = fold.hears.first { $0.matches(content) }
        let detail: (any EventDetail)?? = type.map { type in
            (try? JSONValue(parsing: content.detail)).flatMap { type.init(detail: $0) }
        }
        if details.count >= HeardDetails.limit { details.removeAll(keepingCapacity: true) }
        details.updateValue(detail, forKey: key)
        return detail
    }
}
