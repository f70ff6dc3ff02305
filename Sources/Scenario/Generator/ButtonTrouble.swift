import EventModel
import Simulation

/// What goes wrong with one button.
struct ButtonTrouble: Sendable {
    let mishaps: Mishaps
    let repeated: RepeatedPresses?
    /// How far its clock is off, in milliseconds.
    let skew: Int64
    let batteries: [BatterySpan]
    var healthDays: Int { mishaps.healthDays }

    /// nil where nothing does.
    init?(_ household: Household, entity: UInt64, batteries: [BatterySpan], _ streams: PressStreams)
    {
        let mishaps = household.mishaps
        guard mishaps.touchPresses || mishaps.healthDays > 0 || household.repeated != nil else {
            return nil
        }
        self.mishaps = mishaps
        repeated = household.repeated
        self.batteries = batteries
        var skew: Int64 = 0
        if let clocks = mishaps.skew {
            var draws = streams.skew.draws(entity: entity)
            if draws.happens(partsPerMillion: clocks.rate) {
                skew = draws.deviation(spread: clocks.limit)
            }
        }
        self.skew = skew
    }

    /// The battery that is in the button at a time: the first one before its begin, the last one that is
    /// known after its end.
    func battery(at milliseconds: Int64) -> BatterySpan? {
        var (low, high) = (0, batteries.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if batteries[middle].from <= milliseconds { low = middle } else { high = middle }
        }
        return low < batteries.count ? batteries[low] : nil
    }
}

/// One battery, from when it is put in until the next one is, in milliseconds.
struct BatterySpan: Sendable {
    var from: Int64
    /// From here on the button is dead.
    var dead: Int64
    var until: Int64

    func isDead(at milliseconds: Int64) -> Bool { milliseconds >= dead && milliseconds < until }

    /// Quarters of its life that are left at a time, 1 to 4.
    func quarters(at milliseconds: Int64) -> Int {
        let gone = max(0, min(milliseconds, dead - 1) - from)
        return 4 - Int(gone * 4 / max(1, dead - from))
    }

    /// The batteries of a button between two moments, the first one put in at `from`.
    static func drawn(
        _ batteries: Batteries, _ stream: RandomStream, entity: UInt64, from: Int64, until: Int64
    ) -> [BatterySpan] {
        var spans: [BatterySpan] = []
        var begin = from
        let day: Int64 = 86_400_000
        while begin < until {
            var draws = stream.draws(day: Int32(spans.count), entity: entity)
            func length(_ days: ClosedRange<Int>) -> Int64 {
                Int64(draws.below(UInt64(days.count)) + UInt64(days.lowerBound)) * day
            }
            let dead = begin + length(batteries.life) + Int64(draws.below(UInt64(day)))
            let next = dead + length(batteries.dead)
            spans.append(BatterySpan(from: begin, dead: dead, until: next))
            begin = next
        }
        return spans
    }
}
