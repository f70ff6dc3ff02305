import EventBus
import EventModel
import Lab
import Testing
import Topology

/// A part of the system that is broken on purpose must be found, and reduced to what it takes.
@Suite struct `A campaign finds and reduces` {
    /// Runs a few seeds with a target of the mended system broken, against these invariants: each way
    /// in which a run fails takes a reduction of its own.
    private func report(
        _ target: String, faults: String? = nil, against invariants: [String],
        _ act: @escaping @Sendable (borrowing Delivery, any Target) throws -> Void
    ) throws -> CampaignReport {
        var settings = try CampaignSettings.over(.mended, seeds: 4)
        settings.profile = try faults.map { try CampaignProfile(text: $0) }
        settings.invariants = RunInvariant.all.filter { invariants.contains($0.name) }
        settings.parts.wrapTarget = { id, inner in
            id == target ? BrokenTarget(inner, act) : inner
        }
        return try settings.report()
    }

    @Test func `a function that forgets LONG`() throws {
        let report = try report(
            "cat-feeder", against: ["press-accounted", "messages-as-expected"]
        ) { delivery, inner in
            if delivery.event.event.content.click != .long { try inner.receive(delivery) }
        }
        let failure = try #require(report.failure("press-accounted/vanished"))
        #expect(failure.reduced?.reports.count == 1)
        #expect(failure.reduced?.profile.active == [])
        #expect(report.failure("messages-as-expected/live-missing") != nil)
    }

    @Test func `a function that takes a retry for done`() throws {
        let report = try report(
            "cat-feeder", faults: "late-event=0.05,target-fails=0.2", against: ["press-accounted"]
        ) { delivery, inner in
            if delivery.attempt == 1 { try inner.receive(delivery) }
        }
        let failure = try #require(report.failure("press-accounted/vanished"))
        #expect(failure.reduced?.reports.count == 1)
        #expect(failure.reduced?.profile.active == [.targetFails])
    }

    @Test func `a projection that drops what comes in one second of a minute`() throws {
        let report = try report("bowl-totals", against: ["stores-rehydrate"]) { delivery, inner in
            if delivery.now.microseconds / 1_000_000 % 60 != 7 { try inner.receive(delivery) }
        }
        let failure = try #require(report.failure("stores-rehydrate/live-bowl-totals"))
        #expect(failure.reduced?.reports.count == 1)
        #expect(failure.reduced?.profile.active == [])
    }

    @Test func `a target that never takes an event, which waits for ever`() throws {
        let report = try report("feeding-stats", against: ["stores-rehydrate"]) { delivery, inner in
            guard delivery.event.event.content.click == .double else {
                return try inner.receive(delivery)
            }
            throw TargetFailure(code: "NEVER", reason: "on purpose")
        }
        // A day later the bus has given up, and has no queue for it.
        let failure = try #require(report.failure("stores-rehydrate/live-feeding-stats"))
        #expect(failure.reduced?.reports.count == 1)
    }

    @Test func `a projection that counts fewer grams than fell`() throws {
        let report = try report("bowl-totals", against: ["grams-counted"]) { delivery, inner in
            if delivery.event.event.content.click != .single { try inner.receive(delivery) }
        }
        let failure = try #require(report.failure("grams-counted/more"))
        #expect(failure.reduced?.reports.count == 1)
        #expect(failure.reduced?.profile.active == [])
    }

    @Test func `a message that lies at the broker for ever`() throws {
        var settings = try CampaignSettings.over(.mended, seeds: 1)
        settings.profile = CampaignProfile()
        settings.invariants = RunInvariant.all.filter { $0.name == "nothing-pending" }
        settings.parts.makeLink = {
            UnfaithfulLink(.drops, at: 1, policies: $0, recordsTranscript: false)
        }
        let failure = try #require(try settings.report().failure("nothing-pending/broker"))
        #expect(failure.reduced?.reports.count == 1)
        #expect(failure.what.hasPrefix("1 message at the broker for "))
    }

    @Test func `a broker that makes a message up`() throws {
        var settings = try CampaignSettings.over(.mended, seeds: 1)
        settings.profile = CampaignProfile()
        settings.parts.makeLink = {
            UnfaithfulLink(.invents, at: 2, policies: $0, recordsTranscript: false)
        }
        let report = try settings.report()
        let failure = try #require(report.failure("no-feed-without-press/stranger"))
        #expect(failure.reduced?.reports.count == 2)
        #expect(report.failure("messages-as-expected/live-unexpected") != nil)
    }
}
