import CMosquitto
import Glibc
import MQTTBroker

/// What libmosquitto's callbacks left for the client to look at.
///
/// The callbacks are C functions without captures; they find this box through `userdata`. It is
/// touched by the thread that runs the client's loop only.
final class Arrivals {
    /// Messages that nobody has taken yet, in the order of their arrival.
    var messages: [Message] = []
    /// The return code of each CONNACK of this connection.
    var connectCodes: [Int32] = []
    /// Packet ids of messages that are out: written (QoS 0) or acknowledged (QoS 1 and 2).
    var published: [Int32] = []
    /// The last SUBACK: its packet id and the codes that it granted.
    var subscribed: (id: Int32, codes: [Int32])?
    /// What libmosquitto and OpenSSL complained of while connecting.
    var complaints: [String] = []

    static func from(_ userdata: UnsafeMutableRawPointer?) -> Arrivals? {
        userdata.map { Unmanaged<Arrivals>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Registers the callbacks.
    static func listen(to handle: OpaquePointer) {
        mosquitto_connect_callback_set(handle) { _, userdata, code in
            Arrivals.from(userdata)?.connectCodes.append(code)
        }
        mosquitto_publish_callback_set(handle) { _, userdata, id in
            Arrivals.from(userdata)?.published.append(id)
        }
        mosquitto_subscribe_callback_set(handle) { _, userdata, id, count, codes in
            let granted = UnsafeBufferPointer(start: codes, count: Int(max(0, count)))
            Arrivals.from(userdata)?.subscribed = (id, Array(granted))
        }
        mosquitto_message_callback_set(handle) { _, userdata, message in
            guard let message, let box = Arrivals.from(userdata) else { return }
            box.messages.append(Message(taking: message.pointee))
        }
    }

    /// Collects complaints, or stops it: formatting them costs time for every packet.
    static func collectComplaints(_ wanted: Bool, of handle: OpaquePointer) {
        guard wanted else { return mosquitto_log_callback_set(handle, nil) }
        mosquitto_log_callback_set(handle) { _, userdata, level, text in
            guard level == MOSQ_LOG_ERR, let text else { return }
            Arrivals.from(userdata)?.complaints.append(String(cString: text))
        }
    }
}

extension Message {
    /// Copies what libmosquitto lends for the time of a callback. It has checked topic and QoS.
    fileprivate init(taking message: mosquitto_message) {
        var topic: [UInt8] = []
        if let start = message.topic {
            let bytes = UnsafeRawBufferPointer(start: start, count: strlen(start))
            topic = Array(bytes)
        }
        var payload: [UInt8] = []
        if let start = message.payload, message.payloadlen > 0 {
            payload = Array(
                UnsafeRawBufferPointer(start: start, count: Int(message.payloadlen)))
        }
        self.init(
            topic: TopicName(bytes: topic), payload: payload,
            qos: QoS(rawValue: UInt8(truncatingIfNeeded: message.qos)) ?? .zero,
            retain: message.retain)
    }
}
