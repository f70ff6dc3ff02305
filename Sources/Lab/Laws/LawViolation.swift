import EventModel

/// A projection that breaks a law, the few events that show it, and how to see it again.
public struct LawViolation: Error, Sendable, CustomStringConvertible {
    /// The law that does not hold.
    public var law: Law
    /// The projection's name.
    public var projection: String
    /// The history that shows it: as small as it was made.
    public var history: GeneratedHistory
    /// Where the history was cut; nil where it was not.
    public var sequence: Int?
    /// What was done: `parts 1...4, 5...9, merged from the right`.
    public var trial: String
    /// The digest that was found, and the one that should have been.
    public var digests: (found: SHA256Digest, expected: SHA256Digest)?
    /// The first row or fact that differs.
    public var difference: String
    /// How the history was made smaller; nil where nobody tried.
    public internal(set) var reduction: LawReduction.Outcome?
    /// Which of the looks at a history found it.
    var stage = 0
    /// The name of the test, as `#function` gives it.
    var test = ""

    public var description: String {
        var lines = [
            "\(projection) breaks the law “\(law.rawValue)”: \(law.sentence)",
            "  tried:   \(trial)",
            "  history: \(history.number) of seed \(history.seed), \(extent)"
                + (sequence.map { ", cut after sequence \($0)" } ?? ""),
        ]
        lines += listing
        if let digests {
            lines.append("  digest:  \(digests.found.hex)")
            lines.append("  instead: \(digests.expected.hex)")
        }
        lines.append("  first:   \(difference)")
        lines.append("  repeat:  \(repetition)")
        return lines.joined(separator: "\n")
    }

    /// The command that tries this history alone.
    public var repetition: String {
        let events =
            history.numbers.count == history.arrivals
            ? "" : " REPLAYLAB_EVENTS=" + history.numbers.map(String.init).joined(separator: ",")
        return "REPLAYLAB_SEED=\(history.seed) REPLAYLAB_HISTORY=\(history.number)\(events)"
            + " swift test --filter '\(filter)'"
    }

    /// What `swift test --filter` wants: a pattern in which whatever could mean something to it, or to a
    /// shell, is a dot.
    private var filter: String {
        // `a raw name (of any characters)`(argument:), with its backticks or without, or plain(argument:).
        let labels = test.lastIndex(of: "(") ?? test.endIndex
        let name = test[..<labels].filter { $0 != "`" }
        return String(
            (name.isEmpty ? projection : name).map {
                $0.isASCII && ($0.isLetter || $0.isNumber || " ,_-".contains($0)) ? $0 : "."
            })
    }
}

extension LawViolation {
    /// How many events there are, and how it is known that no fewer do.
    private var extent: String {
        let count = history.events.count
        var text =
            count == history.arrivals
            ? Figures.count(count, "event")
            : "\(count) of its \(Figures.count(history.arrivals, "event"))"
        if let reduction {
            text +=
                reduction.isMinimal
                ? "; none of them can go"
                : "; fewer may do: the reduction stopped after"
                    + " \(Figures.count(reduction.probes, "history", "histories"))"
        }
        return text
    }

    /// The most events that are listed.
    private static let listed = 40

    /// A line an event, with its sequence in the ledger that was tried; a copy has none.
    private var listing: [String] {
        var ids: Set<EventID> = []
        var sequence = 0
        return lines(
            history.events.map { event in
                guard ids.insert(event.id).inserted else { return "copy" }
                sequence += 1
                return String(sequence)
            })
    }

    /// A line an event, under names of their own.
    func lines(_ names: [String]) -> [String] {
        let width = names.map(\.count).max() ?? 0
        var lines = zip(names, history.events).prefix(LawViolation.listed).map { name, event in
            String(repeating: " ", count: 11 + width - name.count) + "\(name)  \(event.lawLine)"
        }
        let more = history.events.count - lines.count
        if more > 0 {
            lines.append(String(repeating: " ", count: 11) + "and \(Figures.grouped(more)) more")
        }
        return lines
    }
}

extension Event {
    /// Time, what it is, device and how late it came.
    fileprivate var lawLine: String {
        let what =
            switch content.meaning {
            case .press(let click): click.word
            case .registration(let one):
                "registration with \(one.feeder), \(one.timeZone), \(one.leftGrams) g and"
                    + " \(one.rightGrams) g"
            case .other: "\(detailType) \(detail)"
            }
        return "\(time.shortText)  \(what)  \(device ?? "no device")  \(lateness)"
    }

    private var lateness: String {
        let seconds = recorded.map { ($0.microseconds - time.microseconds) / 1_000_000 } ?? 0
        return switch seconds {
        case ...4: "in time"
        case ..<120: "\(seconds) s late"
        case ..<7_200: "\(seconds / 60) min late"
        case ..<172_800: "\(seconds / 3_600) h late"
        default: "\(seconds / 86_400) days late"
        }
    }
}
