import EventModel
import Ledger
import Projections

/// An event as an invariant is given it: a press, or one that is heard, by its place in a list.
package struct Step: BitwiseCopyable, Sendable {
    /// Of a heard event: its time, sequence, place and feeder; the click means nothing.
    package var press: Press
    /// -1 for a press.
    package var heard: Int32 = -1

    package var sequence: Int { press.sequence }
}

/// Steps in order, with what those say that are no presses.
package struct Steps: Sendable {
    package var list: [Step] = []
    package var heard: [HeardEvent] = []

    package init() {}
}

/// Turns a ledger's records into steps.
struct StepReader {
    private let history: History
    private let places: PlaceIndex
    private let hears: [any EventDetail.Type]
    private enum Meaning {
        case unknown, ignored
        case press(ClickKind)
        case heard(any EventDetail)
    }
    /// By content code.
    private var meanings: [Meaning] = []

    init(_ history: History, devices: [String], hears: [any EventDetail.Type]) {
        self.history = history
        self.hears = hears
        places = PlaceIndex(history, devices: devices)
        deviceCount = devices.count
    }
    private let deviceCount: Int

    /// Adds what `records` hold; of some feeders alone, if they are given.
    mutating func read(
        first: Int, _ records: Span<EventRecord>, _ lookup: ContentLookup,
        only feeders: Set<FeederIndex>? = nil, into steps: inout Steps
    ) throws {
        for index in records.indices {
            let record = records[unchecked: index]
            let meaning = try meaning(record.content, lookup)
            var step: Step
            switch meaning {
            case .unknown, .ignored: continue
            case .press(let click): step = try self.step(record, first + index, click)
            case .heard(let detail):
                step = try self.step(record, first + index, .single)
                step.heard = Int32(clamping: steps.heard.count)
                guard feeders?.contains(step.press.feeder) ?? true else { continue }
                steps.heard.append(
                    HeardEvent(
                        time: step.press.time, sequence: step.sequence, feeder: step.press.feeder,
                        place: step.press.place, detail: detail))
            }
            guard feeders?.contains(step.press.feeder) ?? true else { continue }
            steps.list.append(step)
        }
    }

    private func step(_ record: EventRecord, _ sequence: Int, _ click: ClickKind) throws -> Step {
        guard Int(record.device) <= deviceCount else {
            throw StateError("sequence \(sequence) names a device that the ledger does not have")
        }
        let place = places.place(of: Int(record.device), at: sequence)
        return Step(
            press: Press(
                time: Timestamp(microseconds: record.time), sequence: sequence, place: place,
                feeder: history.places[Int(place)].feeder, click: click, device: record.device))
    }

    private mutating func meaning(_ code: UInt32, _ lookup: ContentLookup) throws -> Meaning {
        let code = Int(code)
        if code < meanings.count {
            if case .unknown = meanings[code] {} else { return meanings[code] }
        } else {
            meanings += repeatElement(.unknown, count: max(code + 1, 1024) - meanings.count)
        }
        let content = try lookup.content(UInt32(code))
        var meaning = Meaning.ignored
        if let click = content.click {
            meaning = .press(click)
        } else if let type = hears.first(where: { $0.hears(content) }),
            let detail = (try? JSONValue(parsing: content.detail)).flatMap({ type.init(detail: $0) }
            )
        {
            meaning = .heard(detail)
        }
        meanings[code] = meaning
        return meaning
    }
}

extension EventDetail {
    fileprivate static func hears(_ content: EventContent) -> Bool {
        content.detailType == detailType && (source == nil || content.source == source)
    }
}
