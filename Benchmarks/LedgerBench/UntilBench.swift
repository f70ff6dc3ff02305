import EventModel
import Ledger
import Projections
import Simulation

/// Hydrates both projections to random points in time, from snapshots and from events, each time from
/// the opening of the ledger to the digests of the states, and prints one line of JSON.
///
/// The points and feeders are drawn from a fixed seed. One feeder's states from snapshots are compared
/// with those from events; full hydrations, which take long, are of every tenth point.
struct UntilBench {
    let path: String
    let points: Int

    /// A point, and the feeder that is asked about.
    private struct Question {
        var time: Timestamp
        var feeder: String
    }

    func run() throws {
        let database = try TimeZoneDatabase()
        var (snapshots, events, full): ([Double], [Double], [Double]) = ([], [], [])
        var (folded, straddled) = (0, 0)
        for (place, question) in try questions(database).enumerated() {
            let found = try time(question, question.feeder, usesSnapshots: true, database)
            snapshots.append(found.seconds)
            folded = max(folded, found.given)
            straddled = max(straddled, found.straddled)
            guard place.isMultiple(of: 10) else { continue }
            let expected = try time(question, question.feeder, usesSnapshots: false, database)
            guard expected.digests == found.digests else {
                throw BenchError("snapshots lead to other states at \(question.time.text)")
            }
            events.append(expected.seconds)
            full.append(try time(question, nil, usesSnapshots: false, database).seconds)
        }
        func list(_ values: [Double]) -> String {
            "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
        }
        print(
            #"{"snapshots":\#(list(snapshots)),"events":\#(list(events)),"full":\#(list(full)),"#
                + #""mostFolded":\#(folded),"mostStraddled":\#(straddled)}"#)
    }

    private func questions(_ database: TimeZoneDatabase) throws -> [Question] {
        let ledger = try EventLedger(path: path)
        let head = try ledger.headSequence()
        guard head > 0 else { throw BenchError("\(path) is empty") }
        let (first, last) = (try ledger.event(at: 1).time, try ledger.event(at: head).time)
        let history = try History(
            of: ledger, upTo: head, settings: HydrationSettings(), database: database)
        let feeders = history.feedersByName.map { history.name(of: $0) }
        let stream = RandomStream(seed: 7, domain: .lawCut)
        var draws = stream.draws(slot: 0, entity: RandomStream.entity("until"))
        let span = UInt64(last.microseconds - first.microseconds)
        return (0..<points).map { _ in
            Question(
                time: Timestamp(microseconds: first.microseconds + Int64(draws.below(span))),
                feeder: feeders[Int(draws.below(UInt64(feeders.count)))])
        }
    }

    private func time(
        _ question: Question, _ feeder: String?, usesSnapshots: Bool, _ database: TimeZoneDatabase
    ) throws -> (seconds: Double, digests: [SHA256Digest], given: Int, straddled: Int) {
        let begin = ContinuousClock.now
        let ledger = try EventLedger(path: path)
        var hydration = try Hydration(
            ledger, to: ledger.resolve(.time(question.time)),
            projections: [BowlTotals.self, FeedingStats.self], feeder: feeder, database: database)
        hydration.usesSnapshots = usesSnapshots
        try hydration.run()
        let digests = hydration.folds.map { $0.digest(hydration.history) }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        guard !usesSnapshots || hydration.unsoundSnapshots.isEmpty else {
            throw BenchError("\(hydration.unsoundSnapshots[0])")
        }
        return (seconds, digests, hydration.given, hydration.straddle?.count ?? 0)
    }
}

/// Why a measurement means nothing.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
