import EventModel
import Invariants
import Ledger
import Projections

extension LedgerReduction {
    /// Makes a history of its own of the events that are needed: with the registrations that they need,
    /// until no single one can go, then with simpler values.
    func settle(_ sequences: [Int], _ result: inout ReducedHistory) throws {
        var trial = SettlingTrial(reduction: self, identity: result.identity)
        var kept = try events(sequences, registrations: .last)
        if try !trial.fails(kept) {
            kept = try events(sequences, registrations: .all)
            guard try trial.fails(kept) else {
                throw StateError(
                    "\(result.identity) does not show in a ledger of the \(kept.count) events that"
                        + " are left; does \(invariant.type.name) look at sequences? They differ"
                        + " there")
            }
        }
        // Where very much is left, only registrations are tried, which nobody tried before.
        let tried =
            kept.count <= 1000
            ? Set(kept.map(\.sequence))
            : Set(kept.filter { $0.event.isRegistration }.map(\.sequence))
        var isThrough = true
        var before = 0
        repeat {
            before = kept.count
            for one in kept.reversed() where tried.contains(one.sequence) {
                if isStopped() {
                    isThrough = false
                    break
                }
                let rest = kept.filter { $0.sequence != one.sequence }
                if try trial.fails(rest) { kept = rest }
            }
        } while kept.count < before && isThrough
        result.isMinimal = result.isMinimal && isThrough
        result.add(
            .init(
                name: "with registrations", events: kept.count, probes: trial.probes,
                applications: trial.applications))
        if simplifies, isThrough {
            let (probes, applications) = (trial.probes, trial.applications)
            try trial.simplify(&kept)
            result.add(
                .init(
                    name: "simpler values", events: kept.count, probes: trial.probes - probes,
                    applications: trial.applications - applications))
        }
        result.events = kept
        result.reducedViolation = try trial.violation(kept)
    }

    private enum Registrations { case last, all }

    /// The events of these sequences, and the registrations before them: for each device the last one
    /// before each of its events, or all.
    private func events(
        _ sequences: [Int], registrations kind: Registrations
    ) throws -> [ReducedHistory.Kept] {
        var kept = try sequences.map {
            ReducedHistory.Kept(sequence: $0, event: try ledger.event(at: $0))
        }
        guard let last = sequences.last else { return kept }
        let known = try ledger.registrations(upTo: last)
        var wanted: Set<Int> = []
        switch kind {
        case .all: wanted = Set(known.map(\.sequence))
        case .last:
            var byDevice: [[UInt8]: [Int]] = [:]
            for one in known {
                byDevice[Array(one.registration.device.utf8), default: []].append(one.sequence)
            }
            for one in kept {
                let own = one.event.device.flatMap { byDevice[Array($0.utf8)] } ?? []
                if let before = own.last(where: { $0 < one.sequence }) { wanted.insert(before) }
            }
        }
        for sequence in wanted.subtracting(sequences) {
            kept.append(.init(sequence: sequence, event: try ledger.event(at: sequence)))
        }
        return kept.sorted { $0.sequence < $1.sequence }
    }
}

/// Tries histories of a few events.
private struct SettlingTrial {
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

extension Event {
    fileprivate var isRegistration: Bool {
        if case .registration = content.meaning { true } else { false }
    }
}

extension EventContent {
    /// The same press with another click; nil where the detail cannot say it.
    fileprivate func clicking(_ click: ClickKind) -> EventContent? {
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
