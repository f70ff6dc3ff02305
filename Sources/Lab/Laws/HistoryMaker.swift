import EventModel
import Simulation

/// Draws the events of a `GeneratedHistory`.
struct HistoryMaker {
    private let seed: UInt64
    private let number: Int
    private let season: HistorySeason
    private let contents: [EventContent]
    private var previous: Timestamp

    /// Buttons by name; nil stands for events that name no device. Both spellings of é are there.
    static let devices: [String?] = [
        "G030JF055364XVRB", "G030JF053216F1BS", "caf\u{E9}", "cafe\u{301}", "never-registered", nil,
    ]
    static let feeders = ["kitchen", "hall", "default", "caf\u{E9}"]

    init(seed: UInt64, number: Int, contents: [EventContent]) {
        self.seed = seed
        self.number = number
        self.contents = contents
        let seasons = HistorySeason.all
        season = seasons[(number % seasons.count + seasons.count) % seasons.count]
        previous = season.begin
    }

    /// Numbers of this history alone.
    private func draws(_ domain: RandomDomain, _ place: Int) -> RandomDraws {
        RandomStream(seed: seed, domain: domain).draws(
            slot: UInt64(bitPattern: Int64(number)), day: Int32(place),
            entity: RandomStream.entity("generated-history"))
    }

    mutating func events(_ size: Int) -> [Event] {
        var arrivals: [Event] = []
        for place in 0..<size {
            var draws = self.draws(.lawHistory, place)
            let content = content(place, of: size, &draws)
            let time = time(&draws)
            let event = Event(
                id: id(place * 2), time: time, recorded: time.later(lateness(place, 0)),
                content: content)
            arrivals.append(event)
            var copies = self.draws(.duplication, place)
            if copies.happens(partsPerMillion: 60_000) {
                arrivals.append(event.recorded(time.later(lateness(place, 1))))
            }
            if copies.happens(partsPerMillion: 60_000) {
                var report = event.recorded(time.later(lateness(place, 2)))
                report.id = id(place * 2 + 1)
                arrivals.append(report)
            }
        }
        // Arrivals of one moment stay in the order in which they were drawn.
        return arrivals.enumerated().sorted {
            ($0.element.recorded ?? $0.element.time, $0.offset)
                < ($1.element.recorded ?? $1.element.time, $1.offset)
        }.map(\.element)
    }

    private func id(_ place: Int) -> EventID {
        var draws = self.draws(.eventID, place)
        let words = (draws.next(), draws.next())
        // One in nine is no UUID.
        return words.0 % 9 == 0
            ? EventID("report-\(place)") : EventID(time: season.begin, random: words)
    }

    private mutating func time(_ draws: inout RandomDraws) -> Timestamp {
        let length = UInt64(season.days) * 86_400_000
        var time = season.begin.later(Int64(draws.below(length)) * 1000)
        switch draws.below(10) {
        case 0: time = previous
        case 1: time = previous.later(Int64(draws.below(1_200_000)) * 1000)
        // Around whole hours, where clocks change and days begin.
        case 2:
            let hours = season.begin.later(Int64(draws.below(length / 3_600_000)) * 3_600_000_000)
            time = hours.later(Int64(draws.below(3)) - 1)
        case 3: time = time.floored(to: .second)
        default: break
        }
        previous = time
        return time
    }

    /// How many microseconds after its time an event is recorded.
    private func lateness(_ place: Int, _ copy: Int) -> Int64 {
        var draws = self.draws(.lateness, place * 3 + copy)
        let second: Int64 = 1_000_000
        return switch draws.below(20) {
        case 0: Int64(draws.below(20 * 86_400)) * second
        case 1...3: Int64(draws.below(86_400)) * second
        case 4...7: Int64(draws.below(3600)) * second
        default: Int64(draws.below(3_000_000))
        }
    }

    private func content(
        _ place: Int, of size: Int, _ draws: inout RandomDraws
    ) -> EventContent {
        let device = HistoryMaker.devices[Int(draws.below(UInt64(HistoryMaker.devices.count)))]
        // Most histories register a button or two before the first press.
        let registers: UInt64 = place < 2 && size > 4 ? 12 : 2
        switch draws.below(20) {
        case 0..<registers: return registration(&draws)
        case 16: return contents.isEmpty ? press(device, &draws) : pick(contents, &draws)
        case 17:
            return EventContent(
                source: "com.feedmyfurbabies.feeder", detailType: "Feed Dispensed", device: device,
                detail: "{\"grams\": \(20 + draws.below(30))}")
        case 18:
            return EventContent(
                source: "com.feedmyfurbabies.feeder", detailType: "Feed Dispensed", device: device,
                detail: "{\"grams\": \"many\"}")
        case 19:
            return EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType, device: device,
                detail: "{\"click-type\": \"TRIPLE\"}")
        default: return press(device, &draws)
        }
    }

    private func press(_ device: String?, _ draws: inout RandomDraws) -> EventContent {
        let click = pick(ClickKind.allCases, &draws)
        let button = device.map { ", \"device-id\": \(JSONText.quoted($0))" } ?? ""
        return EventContent(
            source: FeederSystem.source, detailType: FeederSystem.detailType, device: device,
            detail: "{\"click-type\": \"\(click.word)\"\(button)}")
    }

    private func registration(_ draws: inout RandomDraws) -> EventContent {
        let devices = HistoryMaker.devices.compactMap(\.self).filter { $0 != "never-registered" }
        return Registration(
            device: pick(devices, &draws), feeder: pick(HistoryMaker.feeders, &draws),
            timeZone: pick(season.zones, &draws), leftGrams: 10 + Int(draws.below(4)) * 5,
            rightGrams: 15 + Int(draws.below(3)) * 5
        ).content(envelope: nil)
    }

    private func pick<T>(_ choices: [T], _ draws: inout RandomDraws) -> T {
        choices[Int(draws.below(UInt64(choices.count)))]
    }
}

extension Timestamp {
    /// So many microseconds later.
    fileprivate func later(_ microseconds: Int64) -> Timestamp {
        Timestamp(microseconds: self.microseconds + microseconds)
    }
}

extension Event {
    fileprivate func recorded(_ time: Timestamp) -> Event {
        var event = self
        event.recorded = time
        return event
    }
}
