import EventModel
import Lab
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

    @Test func `stops when it is told to`() throws {
        var settings = try CampaignSettings.over(.mended, seeds: 50)
        settings.jobs = 2
        #expect(try Campaign(settings).run { $0 >= 2 } == nil)
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
    @Test func `asks for each mark from a hundred seeds on`() throws {
        var settings = try CampaignSettings.over(.mended, seeds: 100)
        settings.jobs = 2
        // A rate so low that it never strikes.
        settings.profile = try CampaignProfile(text: "dead-battery=0.000001")
        let report = try settings.report()
        #expect(report.failures.isEmpty, "\(report.lines)")
        #expect(report.demandsMarks)
        #expect(report.unfired == [.struck(.deadBattery)])
        #expect(!report.isGreen)
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
