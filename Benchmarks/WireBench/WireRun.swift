import CatFeeder
import EventModel
import Expectations
import Lab
import Ledger
import MQTTServer
import MosquittoClient
import Topology

/// One history, replayed again and again by different ways.
struct WireRun {
    enum Way: Hashable {
        case memory
        /// Our broker in lock step, transcript and all.
        case wire
        /// Our broker by the link for brokers of other people's.
        case remoteOurs
        case remote(BrokerAddress)
    }

    struct Result {
        var transcript: [UInt8]
        /// PUBLISH packets that the broker took in: of the function and of the feeder.
        var messages: Int
        var seconds: Double
        var rate: Double { Double(messages) / seconds }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let ledger: EventLedger
    private let states: StatesMode

    init(ledger: String, states: StatesMode) throws {
        self.ledger = try EventLedger(path: ledger)
        self.states = states
    }

    private func replay() throws -> Replay {
        let request = ReplayRequest(
            ledger, topology: try TopologyFile(shipped: .deployed),
            window: ReplayWindow(last: try ledger.headSequence()), targets: ["cat-feeder"],
            states: states, database: try TimeZoneDatabase())
        return try Replay(request)
    }

    func expected() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try replay().writeExpectedTranscript { bytes += $0 }
        return bytes
    }

    func digest(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { SHA256.hash($0).hex } }

    func measured(_ way: Way) throws -> Result {
        switch way {
        case .memory: return try run { _ in }
        case .wire:
            return try run { replay in
                replay.makeLink = { try WireLink(policies: $0, recordsTranscript: $1) }
            }
        case .remote(let address): return try run(records: false, by: address)
        case .remoteOurs:
            let server = BrokerServer()
            defer { server.shutDown() }
            let place = try server.listen(on: .tcp(port: 0))
            return try run(records: false, by: try BrokerAddress(parsing: "\(place)"))
        }
    }

    private func run(records: Bool, by address: BrokerAddress) throws -> Result {
        try run(records: records) { replay in
            replay.makeLink = { _, _ in RemoteLink(address) }
        }
    }

    private func run(records: Bool = true, _ configure: (Replay) -> Void) throws -> Result {
        let replay = try replay()
        var transcript: [UInt8] = []
        if records { replay.onTranscript = { transcript += $0 } }
        configure(replay)
        let clock = ContinuousClock()
        let begin = clock.now
        let report = try replay.run()
        let passed = (clock.now - begin).components
        guard report.isAccepted else {
            throw Failure(description: "the messages are not as expected: \(report.audit)")
        }
        return Result(
            transcript: transcript,
            messages: report.messagesPublished + report.feeders.reduce(0) { $0 + $1.counts.states },
            seconds: Double(passed.seconds) + Double(passed.attoseconds) / 1e18)
    }
}
