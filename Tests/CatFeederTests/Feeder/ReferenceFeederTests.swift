import CatFeeder
import EventModel
import Foundation
import Simulation
import Testing

@Suite struct `The firmware, against a second-by-second model` {
    static let seed =
        ProcessInfo.processInfo.environment["REPLAYLAB_SEED"].flatMap { UInt64($0) } ?? 3

    private typealias Happening = ReferenceFeeder.Happening

    /// What happens in each of 600 seconds; messages come in bursts, outages are short.
    private func schedule(_ run: Int) -> [[Happening]] {
        var draws = RandomStream(seed: Self.seed, domain: .outage).draws(slot: UInt64(run))
        let rate = [20_000, 80_000, 300_000][run % 3]
        return (0..<600).map { _ in
            var happenings: [Happening] = []
            while draws.happens(partsPerMillion: rate) {
                let word = ["SINGLE", "DOUBLE", "LONG", "NONE"][Int(draws.below(4))]
                happenings.append(.message(word, id: "\(draws.below(20))"))
            }
            switch draws.below(60) {
            case 0: happenings.append(.powerLost)
            case 1...4: happenings.append(.powerBack)
            case 5: happenings.append(.wifiLost)
            default: break
            }
            return happenings
        }
    }

    private func apply(_ happening: Happening, _ isOn: inout Bool, to bench: inout Bench) {
        switch happening {
        case .message(let word, let id): bench.press(word, id: id)
        case .powerLost:
            isOn = false
            bench.losePower()
        case .powerBack:
            // The laboratory boots a feeder that is off, no other.
            if !isOn { bench.boot() }
            isOn = true
        case .wifiLost: bench.loseConnection()
        }
    }

    @Test(arguments: 0..<60)
    func `dispenses the same, whatever happens, in every mode of states`(run: Int) {
        let schedule = schedule(run)
        let isOlder = run % 2 == 1
        let remembers = run % 4 >= 2
        var reference = ReferenceFeeder(period: isOlder ? 5 : 3, remembers: remembers)
        for (second, happenings) in schedule.enumerated() { reference.tick(second, happenings) }
        for second in 600..<3_000 { reference.tick(second, []) }
        for states in StatesMode.allCases {
            var bench = Bench {
                $0.firmware = isOlder ? .older : .current
                $0.remembersMessages = remembers
                $0.rightGrams = 30
                $0.states = states
                $0.hopperGrams = 1_000_000
            }
            var isOn = true
            for (second, happenings) in schedule.enumerated() {
                bench.at(second) { for one in happenings { apply(one, &isOn, to: &$0) } }
                if let wake = bench.firmware.nextWake { #expect(wake >= Bench.moment(second)) }
            }
            bench.run(to: 2_999)
            #expect(
                bench.dispensed == reference.dispensed,
                """
                run \(run), states \(states.rawValue)
                repeat: REPLAYLAB_SEED=\(Self.seed) swift test --filter 'dispenses the same'
                """)
            #expect(!bench.wentBack)
        }
        #expect(run % 3 == 0 || reference.dispensed.count > 10)
    }
}
