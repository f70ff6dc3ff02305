import EventModel

extension BrokerCore {
    /// When `advance(to:)` next has something to do, at the earliest; nil while nothing waits.
    public var nextDeadline: Timestamp? {
        guard let silence = silences.first?.time else { return timers.first?.time }
        return min(silence, timers.first?.time ?? silence)
    }

    /// Does what has become due, each at its own time: connections silent for too long, sessions
    /// expired, stored messages, messages to be sent again.
    ///
    /// Silence is judged here alone: a packet that came before the call counts, however late.
    public mutating func advance(to now: Timestamp) {
        while let next = nextDeadline, next <= now {
            if let entry = timers.popFirst(dueBy: next) {
                run(entry)
            } else if let entry = silences.popFirst(dueBy: next) {
                run(entry)
            }
        }
        self.now = max(self.now, now)
    }

    /// Every input does what is due, but for silences.
    @inline(__always) mutating func move(to now: Timestamp) {
        if let first = timers.first, first.time <= now {
            while let entry = timers.popFirst(dueBy: now) { run(entry) }
        }
        if now > self.now { self.now = now }
    }

    private mutating func run(_ entry: TimerQueue.Entry) {
        now = max(now, entry.time)
        switch entry.task {
        case .silence(let id):
            guard let place = connectionPlaces[id], connections[place].timer == entry.time else {
                return
            }
            connections[place].timer = nil
            watchSilence(place)
        case .sessionExpiry(let place, let generation):
            guard isSession(place, generation), !sessions[place].isConnected, hasExpired(place)
            else { return }
            remove(place)
        case .drip(let place, let generation):
            guard isSession(place, generation) else { return }
            sessions[place].isDripping = false
            drip(place)
        case .resend(let place, let generation):
            guard isSession(place, generation) else { return }
            sessions[place].isResending = false
            lookAfterUnacknowledged(place)
        }
    }

    private func isSession(_ place: Int, _ generation: UInt32) -> Bool {
        sessions[place].isLive && sessions[place].generation == generation
    }

    // MARK: Silence

    /// One and a half times the keep-alive (3.1.2.10), or none.
    mutating func setKeepAlive(_ seconds: UInt16, on place: Int) {
        var seconds = seconds
        if let range = settings.keepAliveRange {
            seconds = seconds == 0 ? range.upperBound : range.clamp(seconds)
        }
        guard settings.keepAliveEnabled, seconds > 0 else {
            connections[place].patience = nil
            return
        }
        setPatience(place, microseconds: Int64(seconds) * 1_500_000)
    }

    mutating func setPatience(_ place: Int, microseconds: Int64) {
        connections[place].patience = microseconds
        watchSilence(place)
    }

    /// Ends the connection if it was silent for too long, else looks again when it would be.
    private mutating func watchSilence(_ place: Int) {
        guard let patience = connections[place].patience else { return }
        let end = connections[place].lastPacket.adding(microseconds: patience)
        guard end.microseconds < .max else { return }
        guard end > now else {
            return self.end(place, .keepAliveTimeout, announced: true)
        }
        // A look that comes earlier anyway will see to it.
        if let timer = connections[place].timer, timer <= end { return }
        connections[place].timer = end
        silences.add(end, .silence(connections[place].id))
        guard silences.count > 64 + 4 * connectionPlaces.count else { return }
        silences.keep { entry in
            guard case .silence(let id) = entry.task, let place = connectionPlaces[id] else {
                return false
            }
            return connections[place].timer == entry.time
        }
    }

    // MARK: Sessions

    /// The end of time never comes.
    mutating func addTimer(_ time: Timestamp, _ task: TimerQueue.Task) {
        guard time.microseconds < .max else { return }
        timers.add(time, task)
        guard timers.count > 64 + 8 * sessionPlaces.count else { return }
        let core = self
        timers.keep { entry in
            switch entry.task {
            case .silence: false
            case .sessionExpiry(let place, let generation):
                core.isSession(place, generation)
                    && core.sessions[place].expiresAt == entry.time
            case .drip(let place, let generation), .resend(let place, let generation):
                core.isSession(place, generation)
            }
        }
    }

    /// Sends one stored message, and the next one a little later.
    mutating func drip(_ place: Int) {
        guard let rate = settings.storedPerSecond, sessions[place].isConnected,
            !sessions[place].isDripping
        else { return }
        if sessions[place].inFlight.hasRoom(settings) {
            while let message = sessions[place].stored.popFirst() {
                guard mayReceive(place, message.topic) else {
                    statistics.deliveriesWithheld &+= 1
                    continue
                }
                start(message, to: place)
                break
            }
        }
        guard !sessions[place].stored.isEmpty else { return }
        sessions[place].isDripping = true
        let pause = 1_000_000 / Int64(max(1, rate))
        addTimer(now.adding(microseconds: pause), .drip(place, sessions[place].generation))
    }

    /// Comes back to a message that may stay unacknowledged.
    mutating func watchUnacknowledged(_ place: Int) {
        guard let seconds = settings.resendSeconds ?? settings.unacknowledgedSeconds,
            !sessions[place].isResending, !sessions[place].inFlight.isEmpty
        else { return }
        sessions[place].isResending = true
        addTimer(
            now.adding(seconds: max(1, seconds)), .resend(place, sessions[place].generation))
    }

    private mutating func lookAfterUnacknowledged(_ place: Int) {
        dropOverdue(place)
        if sessions[place].isConnected {
            if let seconds = settings.resendSeconds {
                resend(place, sentBy: now.adding(seconds: -seconds))
            }
            pump(place)
        }
        watchUnacknowledged(place)
    }

    /// Gives up on messages that nobody acknowledged in time.
    mutating func dropOverdue(_ place: Int) {
        guard let seconds = settings.unacknowledgedSeconds else { return }
        let dropped = sessions[place].inFlight.removeAll(sentBy: now.adding(seconds: -seconds))
        statistics.deliveriesDropped &+= UInt64(dropped)
    }
}

extension ClosedRange {
    fileprivate func clamp(_ value: Bound) -> Bound {
        Swift.min(Swift.max(value, lowerBound), upperBound)
    }
}
