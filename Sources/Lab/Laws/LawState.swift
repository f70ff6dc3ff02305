import EventModel
import Projections

/// A state that others are compared with, and what is compared of it: worked out when somebody first
/// asks, and once, since one state is the measure of dozens.
final class LawState {
    /// Nobody folds more into it.
    let fold: ProjectionFold
    let history: History
    private(set) lazy var digest = fold.digest(history)
    private var made: ProjectionTables?

    init(_ fold: ProjectionFold, _ history: History) { (self.fold, self.history) = (fold, history) }

    /// Its tables.
    func tables() throws -> ProjectionTables {
        if let made { return made }
        let tables = try ProjectionTables(fold, history)
        made = tables
        return tables
    }
}

/// What one trial has worked out, and any law may ask for again.
final class LawMemory {
    /// The state of all.
    var whole: LawState?
    /// What is known after so many registrations.
    var histories: [Int: History] = [:]
}
