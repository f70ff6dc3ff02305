import EventModel
import Simulation

/// What becomes of a press until it arrives.
///
///     press ── dead battery? ── again? ── DOUBLE as two SINGLE? ── clock off? ── late? ── twice? ──> events
///
/// Each question has a domain of its own and is asked at the press's own address.
extension ButtonPlan {
    /// What the draw index of a report's id is marked with, so that no two share their random bits.
    private enum Mark {
        static let again: UInt64 = 1 << 32
        static let half: UInt64 = 1 << 33
        static let duplicate: UInt64 = 1 << 34
    }

    /// Adds the events of a press.
    func report(
        _ press: DrawnPress, of day: LocalDay, _ trouble: ButtonTrouble, _ streams: PressStreams,
        into buffer: inout PressBuffer
    ) {
        settle(press, [], of: day, trouble, streams, into: &buffer)
        guard let repeated = trouble.repeated else { return }
        let words = words(streams.repeated, press)
        guard words.0.share(of: 1_000_000) < repeated.rate else { return }
        var second = press
        second.draw |= Mark.again
        second.milliseconds += 1 + Int64(words.1.share(of: Int(max(1, repeated.within))))
        guard stay.milliseconds.contains(second.milliseconds) else { return }
        settle(second, .again, of: day, trouble, streams, into: &buffer)
    }

    /// What one press comes to.
    private func settle(
        _ press: DrawnPress, _ faults: PressFaults, of day: LocalDay, _ trouble: ButtonTrouble,
        _ streams: PressStreams, into buffer: inout PressBuffer
    ) {
        let id = press.id(at: press.milliseconds, entity, streams)
        var truth = PressTruth(
            high: id.high, low: id.low, milliseconds: press.milliseconds, click: press.click,
            faults: faults)
        if trouble.battery(at: press.milliseconds)?.isDead(at: press.milliseconds) == true {
            truth.faults.insert(.lost)
            let note = buffer.keep(PressNote(stated: press.milliseconds, truth: truth))
            buffer.presses.append(
                PlannedPress(
                    high: id.high, low: id.low, content: PlannedPress.lost, note: note))
            return
        }
        let words = words(streams.split, press)
        guard press.click == .double, words.0.share(of: 1_000_000) < trouble.mishaps.split else {
            send(press, truth, of: day, trouble, streams, into: &buffer)
            return
        }
        truth.faults.insert(.split)
        var half = press
        half.click = .single
        send(half, truth, of: day, trouble, streams, into: &buffer)
        half.draw |= Mark.half
        half.milliseconds += Int64(200 + words.1.share(of: 600))
        send(half, truth, of: day, trouble, streams, into: &buffer)
    }

    /// Sends what the button takes for a press.
    private func send(
        _ press: DrawnPress, _ truth: PressTruth, of day: LocalDay, _ trouble: ButtonTrouble,
        _ streams: PressStreams, into buffer: inout PressBuffer
    ) {
        var truth = truth
        let mishaps = trouble.mishaps
        var stated = press.milliseconds
        let clock = streams.unset.words(day: press.day, entity: entity)
        if mishaps.unset > 0, clock.0.share(of: 1_000_000) < mishaps.unset {
            stated = max(0, stated - day.start.microseconds / 1000)
            truth.faults.insert(.unset)
        } else if trouble.skew != 0 {
            stated += trouble.skew
            truth.faults.insert(.skewed)
        }
        var arrival = press.milliseconds
        if let delay = mishaps.late?.delay(words(streams.late, press)) {
            arrival += delay
            truth.faults.insert(.late)
        }
        append(press, at: arrival, stated: stated, truth, streams, into: &buffer)
        if let delay = mishaps.duplicate?.delay(words(streams.duplicate, press)) {
            var copy = press
            copy.draw |= Mark.duplicate
            truth.faults.insert(.duplicate)
            append(copy, at: arrival + delay, stated: stated, truth, streams, into: &buffer)
        }
    }

    private func append(
        _ press: DrawnPress, at arrival: Int64, stated: Int64, _ truth: PressTruth,
        _ streams: PressStreams, into buffer: inout PressBuffer
    ) {
        let id = press.id(at: arrival, entity, streams)
        var note = PlannedPress.plain
        if !truth.faults.isEmpty { note = buffer.keep(PressNote(stated: stated, truth: truth)) }
        buffer.presses.append(
            PlannedPress(
                high: id.high, low: id.low, content: firstContent + Int32(press.click.rawValue),
                note: note))
    }

    /// Adds the button's report of its health, where it makes one on this day.
    func reportHealth(
        _ day: LocalDay, _ trouble: ButtonTrouble, _ streams: PressStreams,
        into buffer: inout PressBuffer
    ) {
        let phase = streams.health.words(entity: entity).0.share(of: trouble.healthDays)
        guard (Int(day.day.number) + phase) % trouble.healthDays == 0 else { return }
        let words = streams.health.words(draw: 1, day: day.day.number, entity: entity)
        let length = Int((day.end.microseconds - day.start.microseconds) / 1000)
        let time = day.start.microseconds / 1000 + Int64(words.0.share(of: max(1, length)))
        let battery = trouble.battery(at: time)
        guard stay.milliseconds.contains(time), battery?.isDead(at: time) != true else { return }
        let press = DrawnPress(
            milliseconds: time, click: .single, draw: 0, slot: PressAddress.health,
            day: day.day.number)
        let id = press.id(at: time, entity, streams)
        let quarters = battery?.quarters(at: time) ?? 4
        buffer.presses.append(
            PlannedPress(
                high: id.high, low: id.low, content: firstContent + ButtonPlanner.health(quarters)))
    }

    private func words(_ stream: RandomStream, _ press: DrawnPress) -> Philox4x64.Words {
        stream.words(draw: press.draw, slot: press.slot, day: press.day, entity: entity)
    }
}

extension DelayedReports {
    /// How long the report takes; nil where it comes at once.
    fileprivate func delay(_ words: Philox4x64.Words) -> Int64? {
        guard words.0.share(of: 1_000_000) < rate else { return nil }
        // A doubling of the shortest delay, then any time in it; the longest delay may cut the last.
        var doublings = 1
        while delay.lowerBound << Int64(doublings) < delay.upperBound { doublings += 1 }
        let from = delay.lowerBound << Int64(words.1.share(of: doublings))
        let until = min(from * 2, delay.upperBound + 1)
        return from + Int64(words.2.share(of: Int(until - from)))
    }
}

extension UInt64 {
    /// The word's share of 0..<bound. (Not corrected for bounds that do not divide 2⁶⁴: for those here
    /// that is less than one in 2³⁰.)
    fileprivate func share(of bound: Int) -> Int {
        Int(multipliedFullWidth(by: UInt64(bound)).high)
    }
}
