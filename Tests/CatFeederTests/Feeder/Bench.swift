import CatFeeder
import EventModel

/// A feeder's firmware on a bench: seconds from 0, and all that it does, written down.
struct Bench {
    var firmware: FeederFirmware
    private(set) var now = 0
    /// `3 state {"food_capacity":100}`, `12 left 25`, `12 acknowledge`, `15 copy`.
    private(set) var log: [String] = []
    /// Messages that the firmware said died.
    private(set) var died = 0
    private(set) var wentBack = false

    init(_ change: (inout FeederSettings) -> Void = { _ in }) {
        var settings = FeederSettings()
        settings.states = .none
        change(&settings)
        firmware = FeederFirmware(settings, bootedAt: Bench.moment(0))
    }

    static func moment(_ seconds: Int) -> Timestamp { Timestamp(seconds: Int64(seconds)) }

    /// What was dispensed: `12 left 25`.
    var dispensed: [String] { log.filter { $0.contains(" left ") || $0.contains(" right ") } }

    private mutating func note(_ outputs: [FeederFirmware.Output]) {
        for output in outputs {
            switch output {
            case .state(let state):
                log.append("\(now) state \(String(decoding: state, as: UTF8.self))")
            case .dispensed(let one): log.append("\(now) \(one.bowl.name) \(one.grams)")
            case .acknowledge: log.append("\(now) acknowledge")
            case .ignoredCopy: log.append("\(now) copy")
            }
        }
    }

    /// Goes to a second, and does what falls due up to and with it.
    mutating func run(to second: Int) {
        while let wake = firmware.nextWake, wake <= Bench.moment(second) {
            if wake < Bench.moment(now) { wentBack = true }
            now = max(now, Int(wake.seconds))
            var outputs: [FeederFirmware.Output] = []
            firmware.wake(at: Bench.moment(now)) { outputs.append($0) }
            note(outputs)
        }
        now = second
    }

    /// Goes to a second and does what falls due before it; then `body` happens.
    mutating func at(_ second: Int, _ body: (inout Bench) -> Void) {
        run(to: second - 1)
        now = second
        body(&self)
    }

    mutating func press(_ word: String, id: String? = nil) {
        let more = id.map { ", \"id\": \"\($0)\"" } ?? ""
        receive("{\"event\": \"\(word)\"\(more)}")
    }

    mutating func receive(_ payload: String) {
        firmware.receive(Array(payload.utf8), at: Bench.moment(now))
    }

    mutating func losePower() {
        var outputs: [FeederFirmware.Output] = []
        died += firmware.losePower(at: Bench.moment(now)) { outputs.append($0) }
        note(outputs)
    }

    mutating func boot() { firmware.boot(at: Bench.moment(now)) }
    mutating func loseConnection() { died += firmware.loseConnection() }
}
