import EventModel
import Ledger
import Projections

/// Gathers the figures of one year from all presses, in order of sequence.
struct YearFold {
    /// A press of the year: late reports make their order of time another than that of sequence.
    private struct Moment {
        var time: Int64
        var place: UInt32
    }

    private var figures: YearFigures
    private let history: History
    private var cursors: [ZoneTable.Cursor]
    private let range: ClosedRange<Int32>
    /// By feeder: the year's presses, and the last one before the year.
    private var moments: [[Moment]]
    private var before: [Int64?]
    private var byDevice: [Int]
    private var lags: [Int64] = []
    private var latest: (sequence: Int, time: Timestamp, lag: Int64)?

    init(_ figures: YearFigures, _ history: History, devices: Int) {
        self.figures = figures
        self.history = history
        cursors = Array(repeating: ZoneTable.Cursor(), count: history.zones.count)
        range = figures.firstDay.number...figures.lastDay.number
        moments = Array(repeating: [], count: history.feeders.count)
        before = Array(repeating: nil, count: history.feeders.count)
        byDevice = Array(repeating: 0, count: devices + 1)
    }

    /// Takes in the next press.
    mutating func take(_ record: EventRecord, _ sequence: Int, _ place: UInt32, _ lag: Int64) {
        let spot = history.places[Int(place)]
        let time = Timestamp(microseconds: record.time)
        let feeder = Int(spot.feeder.number)
        let (day, microsecond) = history.zones[spot.zone].wall(at: time, &cursors[spot.zone])
        guard range.contains(day.number) else {
            if day.number < range.lowerBound {
                before[feeder] = max(before[feeder] ?? record.time, record.time)
            }
            return
        }
        figures.days[Int(day.number - range.lowerBound)] += 1
        figures.hours[Int(microsecond / 3_600_000_000)] += 1
        byDevice[Int(record.device)] += 1
        moments[feeder].append(Moment(time: record.time, place: place))
        lags.append(lag)
        if latest.map({ lag > $0.lag }) ?? true { latest = (sequence, time, lag) }
    }

    /// The figures, once all presses were taken in.
    ///
    /// - Parameter devices: their names by code, from 1.
    func finished(devices: [String]) -> YearFigures {
        var figures = figures
        figures.devices = byDevice.indices.filter { byDevice[$0] > 0 }
            .sorted { byDevice[$0] != byDevice[$1] ? byDevice[$0] > byDevice[$1] : $0 < $1 }
            .map { ($0 == 0 ? nil : devices[$0 - 1], byDevice[$0]) }
        figures.gaps = longestGaps()
        figures.lateness = Lateness(lags, latest: latest)
        return figures
    }

    /// The longest gaps over all feeders; of equals those of the first feeder by name, the first.
    private func longestGaps() -> [YearFigures.Gap] {
        var longest: [(feeder: FeederIndex, begin: Int64, end: Moment)] = []
        for feeder in history.feedersByName {
            let place = Int(feeder.number)
            var last = before[place]
            for moment in moments[place].sorted(by: { $0.time < $1.time }) {
                defer { last = moment.time }
                guard let begin = last else { continue }
                let gap = moment.time - begin
                let rank = longest.firstIndex { $0.end.time - $0.begin < gap } ?? longest.count
                guard rank < YearFigures.gapLimit else { continue }
                longest.insert((feeder, begin, moment), at: rank)
                if longest.count > YearFigures.gapLimit { longest.removeLast() }
            }
        }
        return longest.map { feeder, begin, end in
            let zone = history.zones[history.places[Int(end.place)].zone]
            let (begin, until) = (
                Timestamp(microseconds: begin), Timestamp(microseconds: end.time)
            )
            return YearFigures.Gap(
                feeder: history.name(of: feeder), begin: begin, end: until,
                localBegin: zone.localText(of: begin), localEnd: zone.localText(of: until))
        }
    }
}
