import CMosquitto
import Glibc

/// Why a wait ended before what it waited for.
enum Interruption: Error {
    case timeout
    /// The connection is gone; the reason is kept in `loss`.
    case lost
}

extension MosquittoClient {
    /// How long a wait asks again and again before it sleeps: waking up from `poll` costs more
    /// than the broker on the same machine needs to answer.
    private static let spinNanoseconds: Int64 = 50_000

    /// The longest sleep: libmosquitto's keep-alive counts in seconds.
    private static let longestSleepMilliseconds: Int64 = 1_000

    /// What `poll` saw.
    struct Glimpse {
        var isReadable = false
        var isHungUp = false
    }

    /// Reads and writes until `isDone`, at least once.
    func pump(until deadline: Deadline, _ isDone: () -> Bool) throws(Interruption) {
        let started = Deadline.now
        while !isDone() {
            let isLastLook = deadline.hasPassed
            let spins = isLastLook || Deadline.now - started < MosquittoClient.spinNanoseconds
            let sleep =
                spins
                ? 0
                : deadline.remainingMilliseconds(atMost: MosquittoClient.longestSleepMilliseconds)
            try turn(sleepingMilliseconds: sleep)
            if isLastLook && !isDone() { throw .timeout }
        }
    }

    /// Takes in what has arrived. A connection that turns out to be gone is noted in `loss`.
    func drain(until deadline: Deadline) {
        do throws(Interruption) {
            while try turn(sleepingMilliseconds: 0).isReadable, !deadline.hasPassed {}
        } catch {}
    }

    /// Looks whether the connection still stands, and takes in a packet if there is one: what is
    /// written to a connection that the broker has closed would be lost without a word.
    func glance() throws(Interruption) {
        while try turn(sleepingMilliseconds: 0).isHungUp {}
    }

    /// One look at the socket: reads a packet if one is there, writes what is queued.
    ///
    /// `poll`, never libmosquitto's own loop, whose `select` fails from descriptor 1,024 on.
    @discardableResult
    func turn(sleepingMilliseconds: Int32) throws(Interruption) -> Glimpse {
        guard let handle, handle.socket >= 0 else { throw lose("it is closed") }
        var sleep = sleepingMilliseconds
        let isTLS = handle.address.isTLS
        let isBuffered = handle.bufferedCount > 0
        if isBuffered {
            sleep = 0
        } else if isTLS && !isConnected && sleep > 0 {
            try read(handle)
            try write(handle)
            // libmosquitto does not say whether the handshake waits to write: ask it now and then.
            sleep = min(sleep, 10)
        }
        // In the handshake its wish to write stays set after the writing, and would make us spin.
        let wantsWrite = mosquitto_want_write(handle.pointer) && (isConnected || !isTLS)
        var glimpse = try look(at: handle, wantsWrite: wantsWrite, sleepingMilliseconds: sleep)
        glimpse.isReadable = glimpse.isReadable || isBuffered
        if glimpse.isReadable || glimpse.isHungUp {
            try read(handle)
            if glimpse.isHungUp && handle.bufferedCount == 0 { try checkProgress(handle) }
        } else if keepAliveSeconds > 0 {
            // Only once everything is read: an unread PINGRESP would count as a missing one.
            try check(mosquitto_loop_misc(handle.pointer), handle)
        }
        if wantsWrite || isTLS { try write(handle) }
        return glimpse
    }

    private func look(
        at handle: LibraryHandle, wantsWrite: Bool, sleepingMilliseconds: Int32
    ) throws(Interruption) -> Glimpse {
        // POLLRDHUP tells of the broker's end of stream even behind unread packets.
        let hangUp = POLLRDHUP | Int32(POLLHUP | POLLERR | POLLNVAL)
        var entry = pollfd(
            fd: handle.socket,
            events: Int16(truncatingIfNeeded: Int32(POLLIN) | POLLRDHUP)
                | (wantsWrite ? Int16(POLLOUT) : 0),
            revents: 0)
        let count = poll(&entry, 1, sleepingMilliseconds)
        if count < 0 {
            let number = errno
            if number == EINTR { return Glimpse() }
            throw lose(SystemError.text(number))
        }
        let seen = Int32(entry.revents)
        return Glimpse(isReadable: seen & Int32(POLLIN) != 0, isHungUp: seen & hangUp != 0)
    }

    private func read(_ handle: LibraryHandle) throws(Interruption) {
        // Its count of packets is ignored by libmosquitto: one packet, or what OpenSSL holds.
        try check(mosquitto_loop_read(handle.pointer, 1), handle)
        if isConnected && !arrivals.connectCodes.isEmpty {
            throw lose("the broker sent a second CONNACK")
        }
    }

    private func write(_ handle: LibraryHandle) throws(Interruption) {
        try check(mosquitto_loop_write(handle.pointer, 1), handle)
    }

    /// After a hang-up everything is read, packet by packet; then it is over. libmosquitto itself
    /// does not notice it in the middle of a TLS handshake.
    private func checkProgress(_ handle: LibraryHandle) throws(Interruption) {
        var byte: UInt8 = 0
        let count = recv(handle.socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        guard count <= 0 else { return }
        let number = count == 0 ? 0 : errno
        if number == EAGAIN || number == EINTR { return }
        throw lose(number == 0 ? "the broker closed it" : SystemError.text(number))
    }

    private func check(_ code: Int32, _ handle: LibraryHandle) throws(Interruption) {
        if code == MOSQ_ERR_SUCCESS.code { return }
        // Closing the socket, libmosquitto leaves errno as the failure set it.
        throw lose(LibraryCode.text(code, errno: errno))
    }

    func lose(_ reason: String) -> Interruption {
        loss = reason
        cut()
        return .lost
    }
}

extension BrokerAddress {
    var isTLS: Bool {
        if case .tls = self { return true }
        return false
    }
}
