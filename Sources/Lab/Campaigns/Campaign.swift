import Dispatch
import EventModel
import Foundation
import Synchronization
import Topology

/// What a campaign is run with.
public struct CampaignSettings: Sendable {
    /// The first seed.
    public var firstSeed: UInt64 = 1
    /// How many seeds, from the first one on.
    public var seeds = 100
    /// Threads; what comes out does not depend on them.
    public var jobs = 1
    /// The systems that a seed may have, with the names that they are shown by.
    public var systems: [(name: String, topology: TopologyFile)]
    /// The faults of every seed; nil where each seed draws its own.
    public var profile: CampaignProfile?
    /// The numbers of the reports that are kept, of one seed; nil for all.
    public var reports: [Int]?
    /// Whether failures are reduced.
    public var reduces = true
    /// From so many seeds on a mark that never fired is a failure: each kind of fault is on in every
    /// other seed, so that chance is no excuse any more.
    public var seedsForMarks = 100
    /// Parts that somebody may put others in the place of.
    public var parts = CampaignParts()
    /// What runs are held against.
    public var invariants = RunInvariant.all
    /// The time zones of the households.
    public var database: TimeZoneDatabase

    /// A hundred seeds from 1, of these systems.
    public init(
        systems: [(name: String, topology: TopologyFile)], database: TimeZoneDatabase
    ) {
        self.systems = systems
        self.database = database
    }
}

/// Runs many seeds, each with its own history, system and faults, and holds each against the
/// invariants.
///
/// What comes out depends on the settings alone: not on the number of threads, nor on a clock.
public struct Campaign: Sendable {
    public let settings: CampaignSettings

    public init(_ settings: CampaignSettings) { self.settings = settings }

    /// What came of one seed, as far as the campaign keeps it.
    private struct Seed: Sendable {
        var outcome: Result<Trial.Outcome, CampaignError>
    }

    /// A campaign that is stopped reports what it has done until then: its failures are reduced as far
    /// as there was time.
    ///
    /// - Parameter progress: called now and then with the number of seeds done; true to stop.
    /// - Throws: `CampaignError` where a trial could not be run, with its seed.
    public func run(
        progress: @Sendable (Int) -> Bool = { _ in false }
    ) throws -> CampaignReport {
        let seeds = outcomes(progress)
        var report = CampaignReport(settings)
        var first: [String: (seed: UInt64, breach: RunBreach)] = [:]
        for (place, one) in seeds {
            let seed = settings.firstSeed &+ UInt64(place)
            let outcome = try one.outcome.get()
            report.take(outcome, of: seed)
            for breach in outcome.breaches where breach.excuse == nil {
                if first[breach.identity] == nil { first[breach.identity] = (seed, breach) }
            }
        }
        report.isStopped = seeds.count < settings.seeds
        for identity in report.identities {
            guard let found = first[identity] else { continue }
            let failure = try failure(identity, found.seed, found.breach, report) {
                progress(seeds.count)
            }
            if failure.reduced?.isMinimal == false { report.isStopped = true }
            report.failures.append(failure)
        }
        return report
    }

    /// The outcomes of the seeds that were run, in their order: of all, unless it was stopped.
    private func outcomes(_ progress: @Sendable (Int) -> Bool) -> [(place: Int, seed: Seed)] {
        let next = Atomic<Int>(0)
        let done = Atomic<Int>(0)
        let isStopped = Atomic<Bool>(false)
        let found = Mutex<[Int: Seed]>([:])
        DispatchQueue.concurrentPerform(iterations: max(1, settings.jobs)) { _ in
            while !isStopped.load(ordering: .relaxed) {
                let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard place < settings.seeds else { return }
                let seed = Seed(outcome: outcome(settings.firstSeed &+ UInt64(place)))
                found.withLock { $0[place] = seed }
                let count = done.wrappingAdd(1, ordering: .relaxed).newValue
                if progress(count) { isStopped.store(true, ordering: .relaxed) }
            }
        }
        return found.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func outcome(_ seed: UInt64) -> Result<Trial.Outcome, CampaignError> {
        do { return .success(try Trial(plan: plan(seed)).run(settings.invariants)) } catch {
            return .failure(CampaignError("seed \(seed): \(error)"))
        }
    }

    func plan(_ seed: UInt64) -> TrialPlan {
        TrialPlan(
            setting: CampaignSetting(seed: seed, systems: settings.systems),
            profile: settings.profile ?? CampaignProfile(seed: seed), kept: settings.reports,
            parts: settings.parts, database: settings.database)
    }

    private func failure(
        _ identity: String, _ seed: UInt64, _ breach: RunBreach, _ report: CampaignReport,
        isStopped: () -> Bool
    ) throws -> CampaignReport.Failure {
        let plan = plan(seed)
        var failure = CampaignReport.Failure(
            identity: identity, seeds: report.seedsByIdentity[identity] ?? [], seed: seed,
            setting: plan.description, profile: plan.profile, reports: plan.kept, what: breach.what)
        guard settings.reduces, !report.isStopped else { return failure }
        var reduction = TrialReduction(plan, identity: identity, settings.invariants)
        failure.reduced = try reduction.run(isStopped: isStopped)
        return failure
    }
}
