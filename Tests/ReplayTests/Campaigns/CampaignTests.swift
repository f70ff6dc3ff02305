import EventModel
import Lab
import Synchronization
import Testing
import Topology

@Suite struct `A campaign` {
    @Test func `over the mended system finds nothing, and faults and recoveries do happen`() throws
    {
        var settings = try CampaignSettings.over(.mended, .fleet, seeds: 24)
        settings.jobs = 2
        let report = try settings.report()
        #expect(report.failures.isEmpty, "\(report.lines)")
        #expect(report.failingSeeds == 0)
        // Too few seeds for all of them; most there must be.
        #expect(!report.demandsMarks)
        #expect(report.unfired.count <= 3, "\(report.unfired)")
        #expect(report.isGreen)
    }

    @Test func `says the same on any number of threads, and with the seeds in two halves`() throws {
        var settings = try CampaignSettings.over(.deployed, seeds: 6, from: 40)
        settings.reduces = false
        let alone = try settings.report()
        settings.jobs = 3
        #expect(try settings.report().lines == alone.lines)
        settings.seeds = 3
        let first = try settings.report()
        settings.firstSeed = 43
        let second = try settings.report()
        #expect(first.reports + second.reports == alone.reports)
        #expect(first.failingSeeds + second.failingSeeds == alone.failingSeeds)
    }

    @Test func `tells what it has done when it is stopped, and where to go on`() throws {
        var settings = try CampaignSettings.over(.mended, seeds: 50, from: 7)
        let report = try Campaign(settings).run { $0 >= 2 }
        #expect(report.isStopped && report.seedsRun == 2 && report.nextSeed == 9)
        #expect(report.failures.isEmpty && !report.isGreen)
        settings.seeds = 2
        let whole = try settings.report()
        #expect(whole.isGreen && whole.nextSeed == nil && whole.reports == report.reports)
        // A thread that is stopped may leave a seed out before others: nothing is passed over.
        settings.seeds = 50
        settings.jobs = 3
        let shared = try Campaign(settings).run { $0 >= 3 }
        let next = try #require(shared.nextSeed)
        #expect(shared.seedsRun >= 3 && next <= 7 + UInt64(shared.seedsRun))
    }

    @Test func `keeps a reduction as far as it came when it is stopped`() throws {
        var settings = try CampaignSettings.over(.deployed, seeds: 1, from: 3)
        settings.invariants = RunInvariant.all.filter {
            ["one-feed-a-press", "replay-is-whole"].contains($0.name)
        }
        let whole = try settings.report()
        let calls = Atomic<Int>(0)
        // The first call is after the one seed.
        let stopped = try Campaign(settings).run { _ in
            calls.wrappingAdd(1, ordering: .relaxed).newValue > 6
        }
        #expect(stopped.isStopped && stopped.nextSeed == nil && !stopped.isGreen)
        #expect(stopped.failures.map(\.identity) == whole.failures.map(\.identity))
        let first = try #require(stopped.failures.first?.reduced)
        let least = try #require(whole.failures.first?.reduced)
        #expect(whole.failures.count > 1)
        #expect(!first.isMinimal && least.isMinimal && first.probes < least.probes)
        #expect(stopped.failures.dropFirst().allSatisfy { $0.reduced == nil })
    }

    @Test func `refuses reports that a seed has not`() throws {
        let settings = try CampaignSettings.one(
            .mended, seed: 4, faults: "none", reports: "1,9999")
        let error = #expect(throws: CampaignError.self) { try settings.report() }
        #expect(
            error?.description.hasPrefix("seed 4: there is no report 9999: with these faults")
                == true)
    }

    /// An outage that begins while another one lasts must neither bring the feeder back early nor keep
    /// it away for ever. In these seeds the last outages of a feeder overlap: where the end of the
    /// first one brought it back, connected and without power, messages waited for it in the end.
    @Test(arguments: [25, 29, 32, 34, 59] as [UInt64])
    func `brings a feeder back whose outages overlap`(seed: UInt64) throws {
        for faults in ["wifi-lost=1,power-lost=1", "wifi-lost=1,power-lost=1,power-cut=1"] {
            var settings = try CampaignSettings.over(.mended, .fleet, seeds: 1, from: seed)
            settings.profile = try CampaignProfile(text: faults)
            settings.reduces = false
            let report = try settings.report()
            #expect(report.failures.isEmpty, "\(report.lines)")
            for mark in report.marks {
                guard case .struck(let kind) = mark.mark, mark.isPossible else { continue }
                #expect(mark.count > 0, "\(kind)")
            }
        }
    }

    @Test func `without faults strikes nothing, and finds nothing in the mended system`() throws {
        var settings = try CampaignSettings.over(.mended, .fleet, seeds: 6)
        settings.profile = CampaignProfile()
        let report = try settings.report()
        #expect(report.failures.isEmpty, "\(report.lines)")
        for mark in report.marks {
            guard case .struck = mark.mark else { continue }
            #expect(mark.count == 0 && !mark.isPossible, "\(mark)")
        }
        #expect(report.excused.allSatisfy { $0.count == 0 })
    }

    /// A mark that cannot be made is not asked for; one that can be, and is not, fails the campaign.
    @Test func `asks for each mark from so many seeds on`() throws {
        var settings = try CampaignSettings.over(.mended, seeds: 6)
        #expect(settings.seedsForMarks == 100)
        settings.seedsForMarks = 6
        // A rate so low that it never strikes.
        settings.profile = try CampaignProfile(text: "dead-battery=0.000001")
        let report = try settings.report()
        #expect(report.failures.isEmpty, "\(report.lines)")
        #expect(report.demandsMarks)
        #expect(report.unfired == [.struck(.deadBattery)])
        #expect(!report.isGreen)
        settings.seeds = 5
        #expect(try settings.report().isGreen)
    }

    @Test func `with all faults at once is excused by those that it names`() throws {
        var settings = try CampaignSettings.over(.mended, .fleet, seeds: 6, from: 3)
        settings.jobs = 2
        var profile = CampaignProfile()
        for kind in CampaignFault.allCases { profile[kind] = 300_000 }
        settings.profile = profile
        let report = try settings.report()
        #expect(report.failures.isEmpty, "\(report.lines)")
        #expect(report.excused.contains { $0.count > 0 })
        for invariant in RunInvariant.all {
            #expect(Set(invariant.excuses).isDisjoint(with: invariant.holdsUnder))
        }
    }
}
