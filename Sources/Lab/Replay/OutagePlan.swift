import EventBus
import EventModel
import Expectations
import Simulation

/// Takes feeders' Wi-Fi and power away and gives them back, day by day, and loses messages: the faults
/// of a chaos replay beyond the bus.
final class OutagePlan {
    enum Step { case lose, recover }

    private let path: MessagePath
    private let log: DecisionLog
    private let disturber: Disturber?
    private let profile: FaultProfile
    private let stream: RandomStream
    private var steps = Timeline<(feeder: Int, isPower: Bool, Step)>()
    private var plannedDay: Int32?
    /// What each feeder lacks now.
    private var lacks: [Lack]
    /// Called before and after a feeder loses something or has all of it again.
    var onStrike: (_ feeder: Int, Step, _ isPower: Bool, _ isOver: Bool) -> Void = { _, _, _, _ in }
    private static let day: Int64 = 86_400_000_000

    /// How many outages a feeder is in, and whether it has to boot after them.
    private struct Lack {
        var wifi = 0
        var power = 0
        var isOff = false
    }

    init(
        _ request: ReplayRequest, _ path: MessagePath, _ log: DecisionLog, _ disturber: Disturber?
    ) {
        self.path = path
        self.log = log
        self.disturber = disturber
        profile = request.delivery.faults
        stream = RandomStream(seed: request.seed, domain: .outage)
        lacks = Array(repeating: Lack(), count: path.feeders.count)
    }

    /// Lets the outages up to `time` begin and end, each at its own moment.
    func advance(to time: Timestamp) throws {
        guard profile[.wifiLost] + profile[.powerLost] > 0, !path.feeders.isEmpty else { return }
        plan(upTo: time.dayUTC)
        while let (at, step) = steps.take(by: time) {
            try path.advance(to: at)
            try strike(step.feeder, step.2, isPower: step.isPower)
        }
    }

    /// All outages end now, and no fault strikes any more.
    func heal() throws {
        disturber?.healed = path.now
        while let (_, step) = steps.take() {
            if case .recover = step.2 {
                try strike(step.feeder, step.2, isPower: step.isPower)
            }
        }
    }

    private func plan(upTo day: Timestamp.Day) {
        var next = plannedDay.map { $0 + 1 } ?? day.number
        while next <= day.number {
            for place in path.feeders.indices {
                draw(.wifiLost, place, next)
                draw(.powerLost, place, next)
            }
            plannedDay = next
            next += 1
        }
    }

    /// At most one outage of a kind a day and feeder: up to six hours.
    private func draw(_ kind: FaultKind, _ place: Int, _ day: Int32) {
        let slot: UInt64 = kind == .powerLost ? 1 : 0
        var draws = stream.draws(
            slot: slot, day: day, entity: RandomStream.entity(path.feeders[place].name))
        guard draws.happens(partsPerMillion: profile[kind]) else { return }
        let begin = Int64(day) * OutagePlan.day + Int64(draws.below(UInt64(OutagePlan.day)))
        let end = begin + 1_000_000 + Int64(draws.below(6 * 3_600_000_000))
        steps.add((place, slot == 1, .lose), at: Timestamp(microseconds: begin))
        steps.add((place, slot == 1, .recover), at: Timestamp(microseconds: end))
    }

    /// Cuts or restores a feeder's Wi-Fi or power at the path's moment. Outages may overlap: a feeder
    /// is back when the last of them is over.
    func strike(_ place: Int, _ step: Step, isPower: Bool) throws {
        switch step {
        case .lose:
            if isPower { lacks[place].power += 1 } else { lacks[place].wifi += 1 }
            // What has no power has no Wi-Fi to lose.
            guard !lacks[place].isOff, isPower || lacks[place].wifi == 1 else { return }
            onStrike(place, step, isPower, false)
            try lose(place, isPower: isPower)
        case .recover:
            if isPower {
                lacks[place].power = max(0, lacks[place].power - 1)
            } else {
                lacks[place].wifi = max(0, lacks[place].wifi - 1)
            }
            // A feeder that boots without Wi-Fi waits for it, and nothing else.
            guard lacks[place].power + lacks[place].wifi == 0 else { return }
            let feeder = path.feeders[place]
            guard lacks[place].isOff || !feeder.client.isConnected else { return }
            onStrike(place, step, isPower, false)
            if lacks[place].isOff {
                lacks[place].isOff = false
                try feeder.boot(at: path.now)
            } else {
                try feeder.reconnect(at: path.now)
            }
        }
        path.reschedule(place)
        try path.settle()
        onStrike(place, step, isPower, true)
    }

    private func lose(_ place: Int, isPower: Bool) throws {
        let feeder = path.feeders[place]
        if feeder.client.isConnected {
            for message in path.link?.unacknowledged(of: feeder.client.number) ?? [] {
                log.noteRedelivery(
                    MessageKey(topic: message.topic.bytes, payload: message.payload))
            }
            try path.link?.cut(feeder.client.number, at: path.now)
        }
        if isPower {
            lacks[place].isOff = true
            try feeder.losePower(at: path.now)
        } else {
            feeder.loseConnection()
        }
    }
}
