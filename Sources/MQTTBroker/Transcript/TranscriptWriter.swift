import EventModel

extension BrokerCore {
    /// Takes the records since the last call, in order.
    public mutating func takeTranscript() -> [TranscriptRecord] {
        var taken: [TranscriptRecord] = []
        swap(&taken, &transcript)
        return taken
    }

    /// Takes the records since the last call, in order, as JSON Lines appended to `bytes`.
    public mutating func takeTranscript(appendingTo bytes: inout [UInt8]) {
        var writer = TranscriptWriter()
        for record in transcript { writer.write(record, to: &bytes) }
        transcript.removeAll(keepingCapacity: true)
    }
}

/// Writes records as JSON Lines (one object a line, UTF-8, LF):
///
///     {"time":"2024-03-01T07:00:00.000000Z","client":"feeder","event":"PUBLISH","direction":"out",
///      "qos":0,"retain":false,"topic":"cat-feeder/action","payload":"…"}
///
/// A payload that is no UTF-8 text stands under `payloadBase64` instead. The same records give the
/// same bytes; only `"`, `\` and control characters are escaped.
public struct TranscriptWriter: Sendable {
    /// The last time and its text: many records share one.
    private var time: Timestamp?
    private var timeText: [UInt8] = []

    /// A writer that has written nothing; lines do not depend on those before.
    public init() {}

    /// Appends one line.
    public mutating func write(_ record: TranscriptRecord, to bytes: inout [UInt8]) {
        if time != record.time {
            time = record.time
            timeText = Array(unsafeUninitializedCapacity: 27) { buffer, count in
                count = record.time.write(.microsecond, into: buffer)
            }
        }
        bytes.append("{\"time\":\"")
        bytes.append(contentsOf: timeText)
        bytes.append("\",\"client\":")
        bytes.appendQuoted(record.client)
        switch record.event {
        case .connect(let clean, let keepAlive, let present, let code):
            bytes.append(",\"event\":\"CONNECT\",\"cleanSession\":")
            bytes.append(clean)
            bytes.append(",\"keepAlive\":")
            bytes.append(number: Int(keepAlive))
            bytes.append(",\"sessionPresent\":")
            bytes.append(present)
            bytes.append(",\"returnCode\":")
            bytes.append(number: Int(code.rawValue))
        case .subscribe(let filter, let qos, let code):
            bytes.append(",\"event\":\"SUBSCRIBE\",\"topicFilter\":")
            bytes.appendQuoted(filter.bytes)
            bytes.append(",\"qos\":")
            bytes.append(number: Int(qos.rawValue))
            bytes.append(",\"returnCode\":")
            if let code { bytes.append(number: Int(code.byte)) } else { bytes.append("null") }
        case .unsubscribe(let filter):
            bytes.append(",\"event\":\"UNSUBSCRIBE\",\"topicFilter\":")
            bytes.appendQuoted(filter.bytes)
        case .publish(let direction, let message): write(message, direction, to: &bytes)
        case .disconnect(let reason):
            bytes.append(",\"event\":\"DISCONNECT\",\"reason\":\"")
            bytes.append(contentsOf: reason.rawValue.utf8)
            bytes.append("\"")
        }
        bytes.append("}\n")
    }

    private func write(
        _ message: Message, _ direction: TranscriptRecord.Direction, to bytes: inout [UInt8]
    ) {
        switch direction {
        case .in: bytes.append(",\"event\":\"PUBLISH\",\"direction\":\"in\",\"qos\":")
        case .out: bytes.append(",\"event\":\"PUBLISH\",\"direction\":\"out\",\"qos\":")
        case .lost: bytes.append(",\"event\":\"PUBLISH\",\"direction\":\"lost\",\"qos\":")
        case .dropped: bytes.append(",\"event\":\"PUBLISH\",\"direction\":\"dropped\",\"qos\":")
        case .will: bytes.append(",\"event\":\"PUBLISH\",\"direction\":\"will\",\"qos\":")
        }
        bytes.append(0x30 + message.qos.rawValue)
        bytes.append(",\"retain\":")
        bytes.append(message.retain)
        bytes.append(",\"topic\":")
        bytes.appendQuoted(message.topic.bytes)
        let isText = message.payload.withUnsafeBytes(TranscriptWriter.isText)
        if isText {
            bytes.append(",\"payload\":")
            bytes.appendQuoted(message.payload)
        } else {
            bytes.append(",\"payloadBase64\":\"")
            bytes.appendBase64(message.payload)
            bytes.append("\"")
        }
    }

    /// UTF-8; here U+0000 is allowed, which JSON can escape.
    private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        for at in bytes.indices where bytes[at] == 0 {
            guard TopicSyntax.isText(UnsafeRawBufferPointer(rebasing: bytes[start..<at])) else {
                return false
            }
            start = at + 1
        }
        return TopicSyntax.isText(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(_ value: Bool) { append(value ? "true" : "false") }

    fileprivate mutating func append(number: Int) { append(contentsOf: String(number).utf8) }

    /// Valid UTF-8 in quotes, with only the escapes that JSON asks for.
    fileprivate mutating func appendQuoted(_ text: [UInt8]) {
        append(0x22)
        if text.needsNoEscape {
            append(contentsOf: text)
        } else {
            for byte in text { appendEscaped(byte) }
        }
        append(0x22)
    }

    /// Whether JSON takes all as it is. A plain loop: payloads are long, and a generic one is slow in a
    /// debug build.
    private var needsNoEscape: Bool {
        withUnsafeBytes { bytes in
            var at = 0
            while at < bytes.count {
                let byte = bytes[at]
                if byte < 0x20 || byte == 0x22 || byte == 0x5C { return false }
                at += 1
            }
            return true
        }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            append("\\u00")
            append(digits[Int(byte >> 4)])
            append(digits[Int(byte & 0x0F)])
        default: append(byte)
        }
    }

    /// RFC 4648, section 4.
    fileprivate mutating func appendBase64(_ data: [UInt8]) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var at = 0
        while at < data.count {
            let left = data.count - at
            let word =
                UInt32(data[at]) << 16 | (left > 1 ? UInt32(data[at + 1]) << 8 : 0)
                | (left > 2 ? UInt32(data[at + 2]) : 0)
            append(digits[Int(word >> 18)])
            append(digits[Int(word >> 12 & 63)])
            append(left > 1 ? digits[Int(word >> 6 & 63)] : 0x3D)
            append(left > 2 ? digits[Int(word & 63)] : 0x3D)
            at += 3
        }
    }
}
