import EventModel
import Projections

/// What a press puts into a bowl.
protocol BowlRule: Sendable {
    static var name: String { get }
    static func grams(of press: Press, into bowl: Bowl, _ history: borrowing History) -> Int?
}

/// LONG fills the left bowl alone.
enum LongFillsOne: BowlRule {
    static let name = "long-fills-one"
    static func grams(of press: Press, into bowl: Bowl, _ history: borrowing History) -> Int? {
        guard press.click.fills(bowl), press.click != .long || bowl == .left else { return nil }
        return history.place(of: press).grams(bowl)
    }
}

/// The portion of the registration that came last, whenever the press was.
enum LatestPortion: BowlRule {
    static let name = "latest-portion"
    static func grams(of press: Press, into bowl: Bowl, _ history: borrowing History) -> Int? {
        guard press.click.fills(bowl), let last = history.places(of: press.feeder).last else {
            return nil
        }
        return history.places[last].grams(bowl)
    }
}

/// Dispenses and grams by feeder and bowl, by a rule.
struct BowlTable<Rule: BowlRule>: Projection {
    static var name: String { Rule.name }
    static var version: Int { 1 }

    private var dispenses = Bowl.allCases.map { _ in PerFeeder<Int>() }
    private var grams = Bowl.allCases.map { _ in PerFeeder<Int>() }
    private var presses = PerFeeder<Int>()

    init() {}

    mutating func apply(_ press: Press, _ history: borrowing History) {
        presses[press.feeder] += 1
        for (place, bowl) in Bowl.allCases.enumerated() {
            guard let portion = Rule.grams(of: press, into: bowl, history) else { continue }
            dispenses[place][press.feeder] += 1
            grams[place][press.feeder] += portion
        }
    }

    mutating func merge(_ later: BowlTable) {
        presses.merge(later.presses, +)
        for place in dispenses.indices {
            dispenses[place].merge(later.dispenses[place], +)
            grams[place].merge(later.grams[place], +)
        }
    }

    func encode(to coder: inout StateEncoder) {
        for values in [presses] + dispenses + grams { coder.encode(values) }
    }

    init(from coder: inout StateDecoder) throws {
        presses = try coder.decode()
        for place in dispenses.indices { dispenses[place] = try coder.decode() }
        for place in grams.indices { grams[place] = try coder.decode() }
    }

    func write(to store: StoreWriter) throws {
        try store.table(
            "bowls", key: 2,
            columns: ["feeder": .text, "bowl": .text, "dispenses": .integer, "grams": .integer]
        ) { row in
            for feeder in store.history.feedersByName where presses[feeder] > 0 {
                for (place, bowl) in Bowl.allCases.enumerated() {
                    try row([
                        .text(store.history.name(of: feeder)), .text(bowl.name),
                        .integer(dispenses[place][feeder]), .integer(grams[place][feeder]),
                    ])
                }
            }
        }
    }
}
