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
    private static let day: Int64 = 86_400_000_000

    init(
        _ request: ReplayRequest, _ path: MessagePath, _ log: DecisionLog, _ disturber: Disturber?
    ) {
        self.path = path
        self.log = log
        self.disturber = disturber
        profile = request.delivery.faults
        stream = RandomStream(seed: request.seed, domain: .outage)
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

    /// Cuts or restores a feeder's Wi-Fi or power at the path's moment.
    func strike(_ place: Int, _ step: Step, isPower: Bool) throws {
        let feeder = path.feeders[place]
        switch step {
        case .lose:
            guard feeder.client.isConnected else { return }
            for message in path.link?.unacknowledged(of: feeder.client.number) ?? [] {
                log.noteRedelivery(
                    MessageKey(topic: message.topic.bytes, payload: message.payload))
            }
            try path.link?.cut(feeder.client.number, at: path.now)
            if isPower { try feeder.losePower(at: path.now) } else { feeder.loseConnection() }
        case .recover:
            guard !feeder.client.isConnected else { return }
            if isPower { try feeder.boot(at: path.now) } else { try feeder.reconnect(at: path.now) }
        }
        path.reschedule(place)
        try path.settle()
    }
}
