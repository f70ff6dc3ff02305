import EventModel
import MQTTBroker

/// The feeder's firmware as a state machine on virtual time.
///
/// One loop, one thread: publish a state, read what has arrived, sleep. A feed holds the loop for
/// twelve seconds; what arrives meanwhile waits in the socket, and dies with the power.
///
///     every 3 s:  state ─> read a message ─> feed 10 s, rest 2 s ─> read the next one …
public struct FeederFirmware: Sendable {
    /// What the firmware does to the world.
    public enum Output: Sendable {
        /// Publishes its state.
        case state([UInt8])
        /// A motor has run.
        case dispensed(Dispense)
        /// The oldest message has been dealt with.
        case acknowledge
        /// A message was left alone, because it was fed for already.
        case ignoredCopy
    }

    /// How the feeder is built.
    public let settings: FeederSettings
    /// Messages in the socket, the oldest first.
    private var socket = FeederSocket()
    private var isOn = true
    /// When the loop comes round next: a multiple of its period after it was last busy.
    private var loop: Timestamp
    private var feed: Feed?
    private var hopper: Int
    private var published: State?
    private var remembered: [[UInt8]] = []
    private var rememberedIDs: Set<[UInt8]> = []

    /// What a state says: the same one is not published twice, unless all are.
    private struct State: Equatable {
        /// Per cent of a full hopper; the older firmware does not say.
        var capacity: Int?
        /// The older firmware's clock.
        var second: Int64?
    }

    private struct Feed {
        var click: ClickKind
        var begin: Timestamp
        /// When the loop goes on.
        var end: Timestamp
        var payload: [UInt8]
    }

    /// A feeder that has just booted, with a full hopper.
    public init(_ settings: FeederSettings, bootedAt now: Timestamp) {
        self.settings = settings
        hopper = settings.hopperGrams
        loop = now
    }

    /// What the hopper holds, in grams.
    public var hopperGrams: Int { hopper }
    /// How many messages wait.
    public var waiting: Int { socket.count }
    /// The messages that wait, the oldest first.
    public var waitingMessages: [[UInt8]] { socket.waiting }

    /// When the firmware has something to do next; nil while it only waits.
    public var nextWake: Timestamp? {
        guard isOn else { return nil }
        if let feed { return feed.end }
        return settings.states == .all || !socket.isEmpty || hasNews ? loop : nil
    }

    private var hasNews: Bool { settings.states == .onChange && published != state(at: loop) }

    /// A message has arrived in the socket.
    public mutating func receive(_ payload: [UInt8], at now: Timestamp) {
        guard isOn else { return }
        comeRound(by: now)
        socket.append(payload)
    }

    /// The loop's next time round that is not before `now`: in between it has found nothing to do.
    private mutating func comeRound(by now: Timestamp) {
        guard feed == nil, loop < now else { return }
        let period = settings.loopPeriod
        let rounds = (now.microseconds - loop.microseconds + period - 1) / period
        loop.microseconds += rounds * period
    }

    /// Does what is due at `now`, which is `nextWake`.
    public mutating func wake(at now: Timestamp, _ output: (Output) throws -> Void) rethrows {
        if let done = feed {
            feed = nil
            try finish(done, by: done.end, output)
            try output(.acknowledge)
            // Back in the loop: the next message is read at once.
            if try readNext(at: now, output) { return }
            loop.microseconds = now.microseconds + settings.loopPeriod
            return
        }
        try publishState(at: now, output)
        if try readNext(at: now, output) { return }
        loop.microseconds = now.microseconds + settings.loopPeriod
    }

    /// Reads messages up to one that starts a feed; false where none did.
    private mutating func readNext(
        at now: Timestamp, _ output: (Output) throws -> Void
    ) rethrows -> Bool {
        while let payload = socket.read() {
            let command = FeederCommand(payload)
            if settings.remembersMessages, let id = command.id, !remember(id) {
                try output(.ignoredCopy)
                try output(.acknowledge)
                continue
            }
            guard let click = command.click else {
                try output(.acknowledge)
                continue
            }
            feed = Feed(
                click: click, begin: now,
                end: Timestamp(
                    microseconds: now.microseconds + settings.feedDuration + settings.restDuration),
                payload: payload)
            return true
        }
        return false
    }

    /// false where the id was remembered already.
    private mutating func remember(_ id: [UInt8]) -> Bool {
        guard rememberedIDs.insert(id).inserted else { return false }
        remembered.append(id)
        if remembered.count > 2 * settings.memory {
            for old in remembered.prefix(settings.memory) { rememberedIDs.remove(old) }
            remembered.removeFirst(settings.memory)
        }
        return true
    }

    /// What fell into the bowls by `end`.
    private mutating func finish(
        _ feed: Feed, by end: Timestamp, _ output: (Output) throws -> Void
    ) rethrows {
        let ran = min(max(0, end.microseconds - feed.begin.microseconds), settings.feedDuration)
        for bowl in Bowl.allCases where feed.click.fills(bowl) {
            let portion = Int(Int64(settings.grams(bowl)) * ran / settings.feedDuration)
            if settings.isRefilled, hopper < portion { hopper = settings.hopperGrams }
            let grams = min(portion, hopper)
            hopper -= grams
            try output(
                .dispensed(
                    Dispense(bowl: bowl, grams: grams, begin: feed.begin, payload: feed.payload)))
        }
    }

    private mutating func publishState(
        at now: Timestamp, _ output: (Output) throws -> Void
    ) rethrows {
        guard settings.states != .none else { return }
        let state = state(at: now)
        if settings.states == .onChange, state == published { return }
        published = state
        // Outside a feed, which is when states are published, both motors stand.
        let text =
            state.capacity.map { "{\"food_capacity\":\($0)}" }
            ?? "{\"time\":\"\(now.text(.second))\",\"state_1\":0,\"state_2\":0}"
        try output(.state(Array(text.utf8)))
    }

    private func state(at now: Timestamp) -> State {
        guard settings.firmware == .current else {
            return State(second: now.floored(to: .second).seconds)
        }
        return State(
            capacity: settings.hopperGrams == 0 ? 0 : hopper * 100 / settings.hopperGrams)
    }
}

extension FeederFirmware {
    /// The power goes: a feed stops where it is, and what was in the socket is gone.
    ///
    /// - Returns: how many messages died in the socket. One in the middle of its feed is not among
    ///   them: a part of it is in the bowls.
    public mutating func losePower(
        at now: Timestamp, _ output: (Output) throws -> Void
    ) rethrows -> Int {
        guard isOn else { return 0 }
        isOn = false
        let died = socket.count
        socket.removeAll()
        if let feed {
            self.feed = nil
            try finish(feed, by: now, output)
        }
        return died
    }

    /// The power is back: the loop begins anew.
    public mutating func boot(at now: Timestamp) {
        isOn = true
        loop = now
        published = nil
    }

    /// The connection is gone, and with it what had not been read from its socket.
    ///
    /// - Returns: how many messages died.
    public mutating func loseConnection() -> Int {
        defer { socket.removeAll() }
        return socket.count
    }

    /// Somebody fills the hopper; the next state says so.
    public mutating func refill(at now: Timestamp) {
        comeRound(by: now)
        hopper = settings.hopperGrams
    }
}

/// What a message on the action topic tells the feeder.
struct FeederCommand {
    /// nil for any other word, and for what is no JSON: no motor runs.
    var click: ClickKind?
    /// The event's id, which only the mended function sends.
    var id: [UInt8]?

    init(_ payload: [UInt8]) {
        payload.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            var click: ClickKind?
            var id: [UInt8]?
            let read: Void? = try? reader.forEachMember { (reader, key) throws(JSONError) in
                let isString = try reader.peekKind() == .string
                let value = try reader.skipValue(depth: 1)
                if reader.string(at: key, is: "event") {
                    click = isString ? FeederCommand.click(bytes[value]) : nil
                } else if reader.string(at: key, is: "id"), isString {
                    id = Array(bytes[value])
                }
            }
            guard read != nil else { return }
            self.click = click
            self.id = id
        }
    }

    private static func click(_ quoted: Slice<UnsafeRawBufferPointer>) -> ClickKind? {
        ClickKind.allCases.first {
            quoted.count == $0.word.utf8.count + 2
                && quoted.dropFirst().dropLast().elementsEqual($0.word.utf8)
        }
    }
}
