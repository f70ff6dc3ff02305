import CMosquitto
import Glibc
import MQTTBroker

extension MosquittoClient {
    /// Subscribes and waits for SUBACK.
    ///
    /// If it does not come in time, the connection is cut: whether the subscription stands is
    /// unknown.
    ///
    /// - Returns: the QoS that the broker granted; it may be lower.
    @discardableResult
    public func subscribe(
        _ filter: String, qos: QoS, timeout: Duration
    ) throws(MQTTClientError) -> QoS {
        guard !filter.utf8.contains(0), (1...65_535).contains(filter.utf8.count) else {
            let reason = "a topic filter has 1 to 65535 bytes, and no zero byte"
            throw failure(.rejected(reason: reason))
        }
        let deadline = Deadline(after: timeout)
        guard isConnected, let handle else { throw failure(absence) }
        arrivals.subscribed = nil
        var id: Int32 = 0
        let code = mosquitto_subscribe(handle.pointer, &id, filter, Int32(qos.rawValue))
        let number = errno
        switch code {
        case MOSQ_ERR_SUCCESS.code: break
        case MOSQ_ERR_INVAL.code, MOSQ_ERR_MALFORMED_UTF8.code:
            throw failure(.rejected(reason: "\"\(filter)\" is no topic filter"))
        default:
            _ = lose(LibraryCode.text(code, errno: number))
            throw failure(absence)
        }
        do throws(Interruption) {
            try pump(until: deadline) { arrivals.subscribed?.id == id }
        } catch {
            throw interrupted(error, waitingFor: "SUBACK for \"\(filter)\"", timeout, fate: nil)
        }
        guard let granted = arrivals.subscribed?.codes, granted.count == 1,
            let first = granted.first
        else { throw unreadableGrant("\(arrivals.subscribed?.codes.count ?? 0) codes, not 1") }
        if first == 0x80 { throw failure(.subscriptionRefused(filter: filter)) }
        guard let qos = UInt8(exactly: first).flatMap(QoS.init(rawValue:)) else {
            throw unreadableGrant("the code \(first)")
        }
        return qos
    }

    /// Publishes a message.
    ///
    /// QoS 0: returns once every byte is handed to the kernel, which is all that anyone knows of
    /// it. QoS 1 and 2: returns once the broker has acknowledged (PUBACK, PUBCOMP). If that takes
    /// longer than `timeout`, the connection is cut, so that no late byte and no late
    /// acknowledgement is taken for those of a next message.
    ///
    /// - Throws: `MQTTClientError`, whose `fate` says whether the message may be out.
    public func publish(_ message: Message, timeout: Duration) throws(MQTTClientError) {
        if let reason = message.flaw {
            throw failure(.rejected(reason: reason), fate: .notSent)
        }
        // libmosquitto would queue it, and send it behind our back after a reconnect.
        guard isConnected, let handle else { throw failure(absence, fate: .notSent) }
        let deadline = Deadline(after: timeout)
        do throws(Interruption) {
            try glance()
        } catch {
            throw failure(absence, fate: .notSent)
        }
        arrivals.published.removeAll(keepingCapacity: true)
        var id: Int32 = 0
        let code = message.withCParts { topic, payload in
            mosquitto_publish(
                handle.pointer, &id, topic, Int32(payload.count), payload.baseAddress,
                Int32(message.qos.rawValue), message.retain)
        }
        let number = errno
        let fate = fateOfUnfinished(message)
        switch code {
        case MOSQ_ERR_SUCCESS.code: break
        case MOSQ_ERR_INVAL.code, MOSQ_ERR_MALFORMED_UTF8.code:
            throw failure(
                .rejected(reason: "\"\(message.topic)\" is no topic name"), fate: .notSent)
        default:
            _ = lose(LibraryCode.text(code, errno: number))
            throw failure(absence, fate: fate)
        }
        do throws(Interruption) {
            try pump(until: deadline) { arrivals.published.contains(id) }
        } catch {
            if arrivals.published.contains(id) { return }
            let what = ["Room in the kernel's buffer", "PUBACK", "PUBCOMP"]
            let index = min(Int(message.qos.rawValue), what.count - 1)
            throw interrupted(error, waitingFor: what[index], timeout, fate: fate)
        }
    }

    /// Takes the messages that have arrived, in their order, and waits until there are enough.
    ///
    /// What has arrived stays to be taken if this throws: `receive(atLeast: 1)` gives it out even
    /// when the connection has ended.
    public func receive(
        atLeast count: Int, timeout: Duration
    ) throws(MQTTClientError) -> [Message] {
        let deadline = Deadline(after: timeout)
        if isConnected {
            do throws(Interruption) {
                try pump(until: deadline) { arrivals.messages.count >= count }
                drain(until: deadline)
            } catch {
                if case .timeout = error {
                    let what = "\(count) messages (\(arrivals.messages.count) have arrived)"
                    throw failure(.timeout(waitingFor: what, after: timeout))
                }
                if arrivals.messages.count < count { throw failure(absence) }
            }
        } else if arrivals.messages.count < max(count, 1) {
            throw failure(absence)
        }
        let messages = arrivals.messages
        arrivals.messages = []
        return messages
    }

    /// Waits until the broker ends the connection; returns at once where there is none.
    public func waitForDisconnect(timeout: Duration) throws(MQTTClientError) {
        guard isConnected else { return }
        do throws(Interruption) {
            try pump(until: Deadline(after: timeout)) { false }
        } catch {
            guard case .timeout = error else { return }
            throw failure(.timeout(waitingFor: "The end of the connection", after: timeout))
        }
    }

    /// The broker owes an answer, or we owe it bytes: after this the connection cannot be used.
    private func interrupted(
        _ cause: Interruption, waitingFor what: String, _ timeout: Duration, fate: MessageFate?
    ) -> MQTTClientError {
        if case .timeout = cause {
            _ = lose("it was cut, because in time there was no \(what)")
            return failure(.timeout(waitingFor: what, after: timeout), fate: fate)
        }
        return failure(absence, fate: fate)
    }

    private func unreadableGrant(_ what: String) -> MQTTClientError {
        _ = lose("the broker's SUBACK holds \(what)")
        return failure(absence)
    }

    /// A QoS 0 packet that is not wholly with the kernel never becomes a message.
    private func fateOfUnfinished(_ message: Message) -> MessageFate {
        if message.qos == .zero { return .notSent }
        return cleanSession ? .unknown : .unknownAndRepeated
    }
}

extension Message {
    /// The longest packet of MQTT 3.1.1, without its fixed header (section 2.2.3).
    private static let longestPacket = 268_435_455

    /// Why it cannot be published, or nil. What is left to libmosquitto: whether it is UTF-8.
    var flaw: String? {
        let name = topic.bytes
        if name.isEmpty { return "the topic name is empty" }
        if name.count > 65_535 { return "the topic name has \(name.count) bytes, of at most 65535" }
        // libmosquitto takes a C string: a zero byte would cut the name short.
        if name.contains(0) { return "the topic name holds a zero byte" }
        if name.contains(UInt8(ascii: "+")) || name.contains(UInt8(ascii: "#")) {
            return "\"\(topic)\" holds a wildcard: it is a topic filter, no topic name"
        }
        // Checked here: libmosquitto keeps a message that it then finds too long.
        let limit = Message.longestPacket - name.count - 4
        if payload.count > limit {
            return "the payload has \(payload.count) bytes, of at most \(limit)"
        }
        return nil
    }
}
