import EventModel
import Lab
import Projections

/// A projection, and the parts of the library that its laws are tried with.
struct LawPart: Sendable {
    var type: any Projection.Type = BowlTotals.self
    var parts = LawParts()
    /// Whether it matters what kinds of events are left.
    var showsKinds = true
}

extension Oracles {
    /// The laws of projections on generated histories; a case is a history. What is left is
    /// told by kinds, in order of their names: which came first is a matter of what was drawn.
    static let laws = Oracle<LawPart>(name: "law", real: LawPart(), seeds: 1...1) {
        part, seed, cases in
        for number in 1...cases {
            do {
                try ProjectionLaws.check(
                    part.type, on: GeneratedHistory(seed: seed, number: number),
                    parts: part.parts)
            } catch let violation as LawViolation {
                // A reduction that gave up is no minimum.
                let end = violation.reduction?.isMinimal == true ? "" : ", not reduced"
                return Capture(
                    by: "law: \(violation.law.rawValue)\(end)", cases: number,
                    evaluations: violation.reduction?.probes ?? 0,
                    lines: violation.history.events.map {
                        part.showsKinds ? $0.kindOfEvent : "an event"
                    }.sorted())
            }
        }
        return nil
    }
}

extension Event {
    /// What an event is, without what a reduction of events leaves as it was drawn.
    fileprivate var kindOfEvent: String {
        switch content.meaning {
        case .press: "press"
        case .registration: "registration"
        case .other: "another event"
        }
    }
}
