import EventModel

/// Notes where the entries of feeders lie among the bytes of a state while it is encoded.
///
///     bytes:  count │ a … │ a … │ c … ║ count │ a … │ b …        two sections
///     marks:          └──── a ──┘ └ c ┘         └ a ─┘ └ b ─┘
final class StateMarks {
    struct Entry {
        var feeder: FeederIndex
        var begin: Int
    }

    struct Section {
        var begin: Int
        var entries: [Entry] = []
        var end = 0
    }

    private(set) var sections: [Section] = []

    func beginSection(at place: Int) { sections.append(Section(begin: place)) }

    func beginEntry(of feeder: FeederIndex, at place: Int) {
        sections[sections.count - 1].entries.append(Entry(feeder: feeder, begin: place))
    }

    func endSection(at place: Int) { sections[sections.count - 1].end = place }

    /// Whether sections are all there is in a state of so many bytes.
    func cover(_ count: Int) -> Bool {
        var end = 0
        for section in sections {
            guard section.begin == end else { return false }
            end = section.end
        }
        return end == count
    }
}
