import Simulation
import Testing

@Suite struct `A fault profile` {
    @Test func `of its own accord has no faults`() {
        let profile = FaultProfile()
        #expect(profile.active.isEmpty)
        #expect(FaultKind.allCases.allSatisfy { profile[$0] == 0 })
        #expect(profile.description == "no faults")
    }

    @Test(arguments: [
        (1, "0.0001%"), (1_000, "0.1%"), (10_000, "1%"), (12_500, "1.25%"), (200_000, "20%"),
        (1_000_000, "100%"),
    ])
    func `says its rates in per cent`(rate: Int, text: String) {
        var profile = FaultProfile()
        profile[.wifiLost] = rate
        #expect(profile.description == "wifi-lost \(text)")
        #expect(profile.active.map(\.kind) == [.wifiLost])
        #expect(profile.active.map(\.partsPerMillion) == [rate])
    }

    @Test func `names its kinds in their order`() {
        var profile = FaultProfile()
        profile[.powerLost] = 50_000
        profile[.duplicateDelivery] = 1_000
        #expect(profile.description == "duplicate-delivery 0.1%, power-lost 5%")
    }

    @Test(arguments: [(-5, 0), (2_000_000, 1_000_000), (Int.max, 1_000_000), (Int.min, 0)])
    func `takes a rate that is none to the nearest that is one`(given: Int, kept: Int) {
        var profile = FaultProfile()
        profile[.lateEvent] = given
        #expect(profile[.lateEvent] == kept)
    }

    @Test func `is the same for the same seed, and others differ`() {
        let profiles = (0..<64).map { FaultProfile(seed: UInt64($0)) }
        #expect(profiles == (0..<64).map { FaultProfile(seed: UInt64($0)) })
        #expect(Set(profiles.map(\.description)).count > 50)
    }

    /// A change here changes what every noted seed means.
    @Test func `has the faults that its seed always had`() {
        let kinds: [FaultKind] = [
            .duplicateDelivery, .lateEvent, .targetFails, .answerLost, .archiveLag, .messageLost,
            .wifiLost, .powerLost,
        ]
        let rates = (1...2).map { seed in kinds.map { FaultProfile(seed: seed)[$0] } }
        #expect(rates[0] == [200_000, 0, 0, 0, 0, 0, 10_000, 1_000])
        #expect(rates[1] == [1_000, 200_000, 0, 10_000, 200_000, 200_000, 0, 1_000])
    }

    @Test func `has each kind on in about half of the seeds, weak and strong`() {
        let profiles = (0..<1_000).map { FaultProfile(seed: UInt64($0)) }
        for kind in FaultKind.allCases {
            let rates = profiles.map { $0[kind] }
            // Four standard deviations of 1,000 tosses are 63.
            #expect((437...563).contains(rates.count { $0 > 0 }), "\(kind)")
            #expect(Set(rates) == [0, 1_000, 10_000, 50_000, 200_000], "\(kind)")
        }
        // Swarm testing needs runs in which kinds meet that others leave alone.
        #expect(
            profiles.contains { $0.active.isEmpty } && profiles.contains { $0.active.count > 6 })
    }
}
