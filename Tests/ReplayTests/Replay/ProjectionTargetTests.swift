import EventModel
import Expectations
import Lab
import Ledger
import Projections
import Simulation
import Testing
import Topology

@Suite struct `A replay into projections` {
    private static let stores = ["bowl-totals", "feeding-stats"]

    @Test(arguments: 1...6)
    func `in the ledger's order is a hydration`(number: Int) throws {
        let seed = environmentSeed ?? 11
        let archive = try Archive(generated: number, size: 120, seed: seed)
        let last = try archive.ledger.headSequence()
        let ran = try archive.run(archive.request(seed: seed, targets: []))
        #expect(
            ran.digests == (try archive.hydrated()),
            "repeat: REPLAYLAB_SEED=\(seed) swift test --filter 'order is a hydration'")
        #expect(ran.report.state == .completed && ran.report.progress.events == last)
        #expect(ran.report.digests.allSatisfy { $0.events == last && $0.copies == 0 })
        #expect(ran.report.messagesPublished == 0 && ran.transcript.bytes.isEmpty)
    }

    @Test(arguments: 1...6)
    func `up to a moment or a sequence is a hydration up to there`(number: Int) throws {
        let seed = environmentSeed ?? 12
        let archive = try Archive(generated: number, size: 120, seed: seed)
        let last = try archive.ledger.headSequence()
        var draws = RandomStream(seed: seed, domain: .lawCut).draws(slot: UInt64(number))
        for _ in 0..<6 {
            let cut = 1 + Int(draws.below(UInt64(last)))
            let time = try archive.ledger.event(at: cut).time
            for window in [
                ReplayWindow(last: cut), ReplayWindow(last: last, until: time),
                ReplayWindow(last: cut, until: time),
            ] {
                let expected = try archive.hydrated(until: window.until, last: window.last)
                for model in [DeliveryModel.ordered, .withoutLag, .rough()] {
                    let ran = try archive.run(
                        archive.request(
                            model, window: window, seed: seed, targets: Self.stores))
                    #expect(
                        ran.digests == expected,
                        """
                        \(model.name), \(window)
                        repeat: REPLAYLAB_SEED=\(seed) swift test --filter 'hydration up to there'
                        """)
                }
            }
        }
    }

    @Test(arguments: 1...6)
    func `from a sequence on takes what comes after, and nothing before`(number: Int) throws {
        let archive = try Archive(generated: number, size: 120)
        let events = try archive.events()
        let first = events.count / 2
        let window = ReplayWindow(first: first, last: events.count)
        let ran = try archive.run(archive.request(window: window, targets: Self.stores))
        #expect(ran.report.digests.allSatisfy { $0.events == events.count - first + 1 })
        // The same with all: a fold of nothing before, over the whole ledger's registrations.
        let history = try History(
            of: archive.ledger, upTo: events.count, settings: HydrationSettings(),
            database: TimeZoneDatabase())
        let folds = [ProjectionFold.of(BowlTotals.self), ProjectionFold.of(FeedingStats.self)]
        let pass = EventFold(history, folds, devices: try archive.ledger.devices())
        for sequence in first...events.count {
            try pass.take(events[sequence - 1], sequence: sequence)
        }
        try pass.flush()
        for fold in folds { #expect(ran.digests[fold.name] == fold.digest(history).hex) }
    }

    @Test(arguments: 1...6)
    func `in any order, with copies and failures, is a hydration`(number: Int) throws {
        let seed = environmentSeed ?? 13
        let archive = try Archive(generated: number, size: 120, seed: seed)
        let expected = try archive.hydrated()
        var chaos = FaultProfile()
        for kind in [FaultKind.duplicateDelivery, .lateEvent, .targetFails, .answerLost] {
            chaos[kind] = 150_000
        }
        for model in [DeliveryModel.withoutLag, .rough(), .rough(300_000), .chaos(chaos)] {
            let ran = try archive.run(archive.request(model, seed: seed, targets: Self.stores))
            #expect(
                ran.digests == expected,
                """
                \(model.name)
                repeat: REPLAYLAB_SEED=\(seed) swift test --filter 'copies and failures'
                """)
            if model != .withoutLag {
                #expect(
                    ran.report.digests.allSatisfy { $0.copies > 0 } && ran.report.bus.failed > 0)
            }
        }
    }

    @Test func `of an empty ledger is complete at once`() throws {
        let archive = try Archive([])
        for model in [DeliveryModel.ordered, .withoutLag, .chaos(FaultProfile(seed: 3))] {
            let ran = try archive.run(
                archive.request(model, targets: Self.stores + ["cat-feeder"]))
            #expect(ran.report.state == .completed && ran.report.isAccepted)
            #expect(ran.report.progress.events == 0)
            #expect(ran.digests == (try archive.hydrated()))
        }
    }
}
