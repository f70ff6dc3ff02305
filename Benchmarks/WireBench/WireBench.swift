import ArgumentParser
import EventModel
import Lab
import Ledger
import MosquittoClient
import Topology

/// Replays a ledger over real sockets: through our own broker, and beside it through Debian's
/// mosquitto, in turn. Each transcript of ours is compared with the expectation and with the one in
/// memory; exit 1 where a byte differs.
@main struct WireBench: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "wire-bench")

    @Option(help: "The ledger that is replayed.") var ledger: String
    @Option(help: "A mosquitto on loopback: mqtt://127.0.0.1:PORT.") var mosquitto: String
    @Option(help: "How often each is measured; the median counts.") var rounds = 5
    @Option(help: "States that the feeder publishes: on-change, none.") var states = "on-change"
    @Flag(help: "Print one JSON object: the messages, and each round's rates.") var json = false

    func validate() throws {
        guard rounds >= 2 else {
            throw ValidationError("--rounds takes 2 or more: over sockets is compared twice")
        }
        guard states == "on-change" || states == "none" else {
            throw ValidationError("--states takes on-change or none")
        }
    }

    func run() throws {
        let history = try WireRun(
            ledger: ledger, states: states == "none" ? .none : .onChange)
        let expected = try history.expected()
        let memory = try history.measured(.memory)
        try same(memory, expected, "in memory")
        say(
            "\(memory.messages) messages, transcript of \(expected.count) bytes,"
                + " SHA-256 \(history.digest(expected))")
        let other = try BrokerAddress(parsing: mosquitto)
        var rates: [WireRun.Way: [Double]] = [:]
        for _ in 1...rounds {
            for way in [.wire, .remoteOurs, .remote(other)] as [WireRun.Way] {
                let run = try history.measured(way)
                if way == .wire { try same(run, expected, "over sockets") }
                rates[way, default: []].append(run.rate)
            }
        }
        if json { return print(object(memory, rates, other)) }
        print("transcripts equal to the expectation: in memory, and over sockets \(rounds) times")
        let theirs = median(rates[.remote(other)])
        print(line("in memory", memory.rate, nil))
        print(line("mosquitto", theirs, nil))
        print(line("ours, the same client", median(rates[.remoteOurs]), theirs))
        print(line("ours, lock step, transcript", median(rates[.wire]), theirs))
    }

    private func say(_ text: String) {
        if !json { print(text) }
    }

    private func object(
        _ memory: WireRun.Result, _ rates: [WireRun.Way: [Double]], _ other: BrokerAddress
    ) -> String {
        let ways: [(String, WireRun.Way)] = [
            ("lockStep", .wire), ("sameClient", .remoteOurs), ("mosquitto", .remote(other)),
        ]
        let members = ways.map { #""\#($0.0)":\#(rates[$0.1] ?? [])"# }.joined(separator: ",")
        return #"{"messages":\#(memory.messages),"memory":[\#(memory.rate)],\#(members)}"#
    }

    private func same(_ run: WireRun.Result, _ expected: [UInt8], _ place: String) throws {
        guard run.transcript != expected else { return }
        let pairs = zip(run.transcript, expected)
        let at = pairs.enumerated().first { $1.0 != $1.1 }?.offset
        let byte = at ?? min(run.transcript.count, expected.count)
        let number = expected.prefix(byte).count { $0 == 0x0A } + 1
        print("the transcript \(place) differs from the expectation in line \(number)")
        throw ExitCode(1)
    }

    private func median(_ values: [Double]?) -> Double {
        let sorted = (values ?? []).sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    private func line(_ name: String, _ rate: Double, _ theirs: Double?) -> String {
        let figure = "\(Int(rate)) messages/s"
        let ratio = theirs.map { ", ours/mosquitto \(Double(Int(rate / $0 * 100)) / 100)" } ?? ""
        return name.padded(to: 28) + figure.padded(to: 20) + ratio
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
