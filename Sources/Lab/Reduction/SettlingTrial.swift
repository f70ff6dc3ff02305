import EventModel
import Invariants
import Projections

/// Tries histories of a few events.
struct SettlingTrial {
    let reduction: LedgerReduction
    let identity: FailureIdentity
    var probes = 0
    var applications = 0

    mutating func fails(_ kept: [ReducedHistory.Kept]) throws -> Bool {
        try violation(kept) != nil
    }

    mutating func violation(_ kept: [ReducedHistory.Kept]) throws -> Violation? {
        let history = try SmallHistory(
            kept.map(\.event), for: reduction.invariant, settings: reduction.settings,
            database: reduction.database)
        probes += 1
        applications += history.count
        return history.violation(of: reduction.invariant, only: identity)
    }

    /// LONG and DOUBLE to SINGLE, times to whole minutes or seconds: all at once, or else one by one.
    mutating func simplify(_ kept: inout [ReducedHistory.Kept]) throws {
        for change in [Simplification.click, .minute, .second] {
            let all = kept.map(change.applied)
            if try fails(all) {
                kept = all
                continue
            }
            for place in kept.indices {
                if reduction.isStopped() { return }
                var other = kept
                other[place] = change.applied(kept[place])
                guard other[place].changes != kept[place].changes else { continue }
                if try fails(other) { kept = other }
            }
        }
    }
}

/// A way to make an event simpler.
private enum Simplification {
    case click, minute, second

    func applied(_ kept: ReducedHistory.Kept) -> ReducedHistory.Kept {
        var other = kept
        switch self {
        case .click:
            guard let click = kept.event.content.click, click != .single,
                let content = kept.event.content.clicking(.single)
            else { return kept }
            other.event.content = content
            other.changes.append("\(click.word) to SINGLE")
        case .minute, .second:
            let unit: Int64 = self == .minute ? 60_000_000 : 1_000_000
            let time = kept.event.time.microseconds
            let floored = time - (time % unit + unit) % unit
            guard floored != time, Timestamp(microseconds: floored).isWritable else { return kept }
            other.event.time = Timestamp(microseconds: floored)
            other.changes.append("\(kept.event.time.shortText) to the whole \(self)")
        }
        return other
    }
}

extension EventContent {
    /// The same press with another click; nil where the detail cannot say it.
    func clicking(_ click: ClickKind) -> EventContent? {
        guard case .object(var members)? = try? JSONValue(parsing: detail) else { return nil }
        for place in members.indices where members[place].key == "click-type" {
            members[place].value = .string(click.word)
        }
        // It is no longer what came in, so it is an event of the laboratory's own.
        let content = EventContent(
            source: source, detailType: detailType, device: device,
            detail: JSONValue.object(members).text(), form: .put)
        return content.click == click ? content : nil
    }
}
