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
        if isThrough, kept.count <= SettlingTrial.explainable {
            let (probes, applications) = (trial.probes, trial.applications)
            result.isExplained = try trial.explain(&kept)
            result.add(
                .init(
                    name: "what may vary", events: kept.count, probes: trial.probes - probes,
                    applications: trial.applications - applications))
        }
        result.events = kept
        result.reducedViolation = try trial.violation(kept)
    }

    /// The events of these sequences, which rise: neighbours in one go, since very many may be left
    /// where a reduction is stopped.
    private func read(_ sequences: [Int]) throws -> [ReducedHistory.Kept] {
        var kept: [ReducedHistory.Kept] = []
        kept.reserveCapacity(sequences.count)
        var begin = 0
        while begin < sequences.count {
            var end = begin + 1
            while end < sequences.count, sequences[end] == sequences[end - 1] + 1 { end += 1 }
            try ledger.forEachEvent(sequences[begin]...sequences[end - 1]) {
                kept.append(.init(sequence: $0, event: $1))
            }
            begin = end
        }
        return kept
    }

    private enum Registrations { case last, all }

    /// The events of these sequences, and the registrations before them: for each device the last one
    /// before each of its events, or all.
    private func events(
        _ sequences: [Int], registrations kind: Registrations
    ) throws -> [ReducedHistory.Kept] {
        var kept = try read(sequences)
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
        kept += try read(wanted.subtracting(sequences).sorted())
        return kept.sorted { $0.sequence < $1.sequence }
    }
}

extension Event {
    fileprivate var isRegistration: Bool { content.isRegistration }
}
