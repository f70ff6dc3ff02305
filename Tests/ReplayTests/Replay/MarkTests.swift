import EventModel
import Expectations
import Lab
import Simulation
import Testing
import Topology

/// A fault that never strikes tests nothing: each kind must leave its mark somewhere.
@Suite struct `Each kind of fault` {
    /// What a run shows of a kind that is the only one on.
    private static func mark(_ kind: FaultKind, _ ran: Ran, calm: Ran) -> Bool {
        let kinds = Set(ran.decisions.map(\.kind))
        switch kind {
        case .duplicateDelivery: return kinds == [.duplicated]
        case .targetFails: return kinds == [.failed(acted: false)]
        case .answerLost: return kinds == [.failed(acted: true)]
        case .archiveLag: return kinds == [.missed]
        case .messageLost: return kinds == [.lost]
        // Nothing is decided: the messages come at other moments, and as many.
        case .lateEvent:
            return kinds.isEmpty && ran.report.audit.received == calm.report.audit.received
                && ran.transcript.bytes != calm.transcript.bytes
        // A feeder that was away has lost what came then.
        case .wifiLost, .powerLost:
            return kinds == [.lost] && ran.transcript.opened > calm.transcript.opened
        }
    }

    @Test(arguments: FaultKind.allCases)
    func `alone leaves its own mark in some run, and no other one in any`(kind: FaultKind) throws {
        var marks = 0
        for seed in (environmentSeed ?? 80)..<(environmentSeed ?? 80) + 4 {
            let archive = try Archive(Sample.days(Sample.presses(60, seed: seed)))
            let calm = try archive.run(archive.request())
            var faults = FaultProfile()
            faults[kind] = [.wifiLost, .powerLost].contains(kind) ? 1_000_000 : 200_000
            let ran = try archive.run(archive.request(.chaos(faults), seed: seed))
            #expect(ran.report.isAccepted, "\(kind.rawValue), seed \(seed): \(ran.report.verdict)")
            if Self.mark(kind, ran, calm: calm) {
                marks += 1
            } else {
                let isQuiet = ran.decisions.isEmpty && ran.report.audit == calm.report.audit
                #expect(isQuiet, "\(kind.rawValue), seed \(seed): \(ran.report.decisions)")
            }
        }
        #expect(marks > 0, "\(kind.rawValue) never struck")
    }

    @Test(arguments: FaultKind.allCases)
    func `is on in some profiles that chaos draws, and off in others`(kind: FaultKind) {
        let rates = (1...40 as ClosedRange<UInt64>).map { FaultProfile(seed: $0)[kind] }
        #expect(rates.contains(0) && Set(rates).count > 2, "\(kind.rawValue): \(rates)")
    }

    @Test func `that a run decides on is decided somewhere, and the audit accepts it`() throws {
        var fired: [String: Int] = [:]
        for seed in (environmentSeed ?? 90)..<(environmentSeed ?? 90) + 6 {
            let archive = try Archive(Sample.days(Sample.presses(60, seed: seed)))
            var faults = FaultProfile()
            for kind in FaultKind.allCases { faults[kind] = 200_000 }
            for shipped in [ShippedTopology.deployed, .mended] {
                var request = try archive.request(
                    .chaos(faults), topology: .givingUpAtOnce(shipped), seed: seed,
                    publishesReplays: true)
                request.redrives = true
                let ran = try archive.run(request)
                #expect(ran.report.isAccepted, "\(shipped), seed \(seed): \(ran.report.verdict)")
                for one in ran.report.decisions { fired[one.kind, default: 0] += one.count }
            }
        }
        for kind in RunDecision.Kind.allCases {
            #expect(fired[kind.word, default: 0] > 0, "\(kind.word) was never decided")
        }
    }

    /// A feeder that feeds half of the time, so that what takes it away strikes in the middle.
    @Test(arguments: [FaultKind.wifiLost, .powerLost], [ShippedTopology.deployed, .mended])
    func `that takes a feeder away strikes in the middle of a feed`(
        kind: FaultKind, shipped: ShippedTopology
    ) throws {
        var (again, cut) = (0, 0)
        for seed in (environmentSeed ?? 95)..<(environmentSeed ?? 95) + 4 {
            let archive = try Archive(Sample.presses(2_000, seed: seed))
            var faults = FaultProfile()
            faults[kind] = 1_000_000
            let ran = try archive.run(
                archive.request(
                    .chaos(faults), topology: TopologyFile(shipped: shipped), seed: seed,
                    publishesReplays: true))
            #expect(ran.report.isAccepted, "seed \(seed): \(ran.report.verdict)")
            again += ran.report.decisions.first { $0.kind == "sent-again" }?.count ?? 0
            if ran.report.grams < 25 * ran.report.dispenses { cut += 1 }
        }
        // Power ends the motors' run; the broker keeps what the mended feeder has not acknowledged.
        #expect((cut > 0) == (kind == .powerLost))
        #expect((again > 0) == (shipped == .mended))
    }
}

extension Transcript {
    /// How often a client connected.
    var opened: Int { text.split(separator: "\n").count { $0.contains("\"CONNECT\"") } }
}

extension TopologyFile {
    /// A shipped topology whose function is tried once, and has a dead-letter queue.
    static func givingUpAtOnce(_ shipped: ShippedTopology = .deployed) throws -> TopologyFile {
        let variant = shipped == .deployed ? "deployed" : "mended"
        return try .deployed(
            replacing: [
                "variant: \(variant)\n":
                    "variant: \(variant)\n        retry: {attempts: 0}\n"
                    + "        dead-letter: letters\n"
            ], in: shipped)
    }
}
