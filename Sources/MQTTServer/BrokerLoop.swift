import EventModel
import Glibc
import MQTTBroker
import NIOCore

/// The core and its connections, on the one event loop that they live on: no locks, and nobody else
/// ever touches them.
final class BrokerLoop {
    var core: BrokerCore
    let clock: any BrokerClock
    let limits: ConnectionLimits
    let watches: ClientWatches
    private let lockStep: LockStep
    private var wakefulness = Wakefulness()
    let eventLoop: any EventLoop
    /// QoS 0 messages that slow readers have not got.
    var droppedPublishCount = 0

    /// Connections by the low bits of their id: a delivery finds its way without hashing.
    private var slots: [ConnectionHandler?] = []
    private var freeSlots: [Int] = []
    private var serial: UInt64 = 0
    /// When the last two connections came.
    private var arrivals: (previous: Int64?, last: Int64?)

    private var actions: [BrokerAction] = []
    private var touched: [ConnectionHandler] = []
    private var isSettling = false
    /// Watches that have changed since the bell was rung.
    private var hasNews = false
    /// How many PUBLISH packets the core has taken in, by client, not told to anybody yet.
    private var taken: [(watch: ClientWatch, count: UInt64)] = []
    /// One encoded packet.
    private var scratch: [UInt8] = []

    private var timer: (deadline: Timestamp, task: Scheduled<Void>)?

    private static let slotBits: UInt64 = 24
    private static let crowdNanoseconds: Int64 = 100_000_000

    init(
        settings: BrokerSettings, policies: PolicyBook?, clock: any BrokerClock,
        limits: ConnectionLimits, watches: ClientWatches, lockStep: LockStep,
        eventLoop: any EventLoop, recordsTranscript: Bool
    ) {
        core = BrokerCore(settings: settings, policies: policies)
        core.recordsTranscript = recordsTranscript
        self.clock = clock
        self.limits = limits
        self.watches = watches
        self.lockStep = lockStep
        self.eventLoop = eventLoop
    }

    // MARK: Connections

    /// Names a new connection, in the order of their coming.
    func open(_ handler: ConnectionHandler, principal: Principal?) -> ConnectionID {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot] = handler
        } else {
            slot = slots.count
            slots.append(handler)
        }
        serial += 1
        arrivals.previous = arrivals.last
        arrivals.last = SystemClock.nanoseconds(CLOCK_MONOTONIC)
        let id = ConnectionID(serial << Self.slotBits | UInt64(slot))
        core.open(id, principal: principal, at: clock.now())
        return id
    }

    /// Whether another connection has come just now, so that more may wait.
    func isCrowded(besides id: ConnectionID) -> Bool {
        let isLast = id.rawValue >> Self.slotBits == serial
        guard let other = isLast ? arrivals.previous : arrivals.last else { return false }
        return SystemClock.nanoseconds(CLOCK_MONOTONIC) - other < Self.crowdNanoseconds
    }

    func receive(
        _ bytes: UnsafeRawBufferPointer, on id: ConnectionID, of handler: ConnectionHandler
    ) {
        let before = core.statistics.publishesReceived
        core.receive(bytes, on: id, at: clock.now())
        // Counted by the core's sum: the connection may be over already, and its own count gone.
        let count = core.statistics.publishesReceived &- before
        if let watch = handler.watch?.watch {
            if count > 0 { taken.append((watch, count)) }
        } else if let client = core.clientID(of: id) {
            let watch = watches.take(client)
            handler.watch = (client, watch)
            watch.connected(id)
            taken.append((watch, count))
        }
    }

    /// The transport is gone.
    func transportEnded(_ id: ConnectionID, _ handler: ConnectionHandler) {
        core.close(id, at: clock.now())
        forget(id, handler)
        handler.end()
    }

    private func forget(_ id: ConnectionID, _ handler: ConnectionHandler) {
        let slot = Int(id.rawValue & (1 << Self.slotBits - 1))
        slots[slot] = nil
        freeSlots.append(slot)
        guard let (client, watch) = handler.watch else { return }
        handler.watch = nil
        watch.disconnected(id)
        watches.giveBack(client)
        hasNews = true
    }

    private func handler(_ id: ConnectionID) -> ConnectionHandler? {
        let slot = Int(id.rawValue & (1 << Self.slotBits - 1))
        guard slot < slots.count, let handler = slots[slot], handler.id == id else { return nil }
        return handler
    }

    // MARK: Actions

    /// Carries out what the core wants done, then tells those who wait.
    func settle() {
        guard !isSettling else { return }
        isSettling = true
        defer { isSettling = false }
        // A write that fails ends its connection, and that end (a will) makes new actions.
        repeat {
            core.takeActions(into: &actions)
            for action in actions { perform(action) }
            let flushed = touched
            touched.removeAll(keepingCapacity: true)
            for handler in flushed {
                handler.isTouched = false
                handler.flush()
            }
        } while core.hasActions
        // Only now: who sees the count may rely on what follows from those packets being out.
        for (watch, count) in taken { watch.published(count) }
        if hasNews || !taken.isEmpty {
            taken.removeAll(keepingCapacity: true)
            hasNews = false
            watches.bell.ring()
        }
        armTimer()
    }

    /// Waits a little for the next packet of a client in this process.
    func stayAwake() {
        wakefulness.awaitMore(than: core.statistics.publishesReceived, lockStep)
    }

    private func perform(_ action: BrokerAction) {
        switch action {
        case .send(let id, let packet):
            guard let handler = handler(id) else { return }
            guard stage(packet, id, handler), !handler.isTouched else { return }
            handler.isTouched = true
            touched.append(handler)
        case .close(let id):
            guard let handler = handler(id) else { return }
            forget(id, handler)
            handler.end()
        }
    }

    /// false where the client reads too slowly to get the packet.
    private func stage(
        _ packet: Packet, _ id: ConnectionID, _ handler: ConnectionHandler
    ) -> Bool {
        switch handler.enqueue(packet) {
        case .staged:
            if case .publish = packet {
                handler.watch?.watch.delivered()
                hasNews = true
            }
            return true
        case .dropped:
            droppedPublishCount += 1
            if case .publish(let publish) = packet {
                core.dropped(publish.message, on: id, at: clock.now())
            }
        case .tooMuch: core.disconnect(id, reason: .throttled, at: clock.now())
        }
        return false
    }

    func encode(_ packet: Packet, into buffer: inout ByteBuffer) {
        scratch.removeAll(keepingCapacity: true)
        packet.encode(into: &scratch)
        _ = scratch.withUnsafeBytes { buffer.writeBytes($0) }
        // One big message must not be held for ever.
        if scratch.capacity > 1 << 20 { scratch = [] }
    }

    // MARK: Time

    /// Sees to it that the core's next deadline is heard of. One that has moved away is found out
    /// when it comes: that is cheaper than to cancel a timer with every packet.
    private func armTimer() {
        guard clock.isRunning, let deadline = core.nextDeadline else { return }
        if let timer {
            guard deadline < timer.deadline else { return }
            timer.task.cancel()
        }
        let delay = deadline.microseconds - clock.now().microseconds
        let task = eventLoop.assumeIsolated().scheduleTask(in: .microseconds(max(1000, delay))) {
            self.timer = nil
            self.core.advance(to: self.clock.now())
            self.settle()
        }
        timer = (deadline, task)
    }

    // MARK: The end

    /// Ends every connection, as a broker that goes away does.
    func shutDown() {
        timer?.task.cancel()
        timer = nil
        for case let handler? in slots {
            guard let id = handler.id else { continue }
            core.disconnect(id, publishingWill: false, at: clock.now())
        }
        settle()
        for case let handler? in slots { handler.end() }
        slots = []
        freeSlots = []
    }
}
