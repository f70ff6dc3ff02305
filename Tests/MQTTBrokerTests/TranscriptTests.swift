import EventModel
import MQTTBroker
import Testing

@Suite struct `The transcript` {
    @Test func `is a line an event, in the words of the standard`() throws {
        var bench = BrokerBench()
        bench.core.recordsTranscript = true
        bench.now = try Timestamp(text: "2024-03-01T07:00:00Z")
        let feeder = try bench.connect("feeder", clean: false, keepAlive: 30)
        try bench.subscribe(feeder, ("cat/+", .one))
        let will = Message(topic: TopicName("cat/will"), payload: [0xFF, 0x00, 0x01], qos: .one)
        let function = try bench.connect("function", will: will)
        bench.now.microseconds += 1
        bench.publish(
            function, "cat/action", "{\"event\": \"é\\\n\u{1}\"}", qos: .two, retain: true)
        bench.send(.pingreq, on: feeder)
        _ = bench.deliveries(feeder)
        bench.lose(function)
        let filter = try #require(TopicFilter("cat/+"))
        bench.send(.unsubscribe(Unsubscribe(packetID: 1, filters: [filter])), on: feeder)
        bench.send(.disconnect, on: feeder)
        let first = #"{"time":"2024-03-01T07:00:00.000000Z","client":"#
        let then = #"{"time":"2024-03-01T07:00:00.000001Z","client":"#
        let action = #""topic":"cat/action","payload":"{\"event\": \"é\\\n\u0001\"}"}"#
        #expect(
            bench.lines() == [
                first
                    + #""feeder","event":"CONNECT","cleanSession":false,"keepAlive":30,"sessionPresent":false,"returnCode":0}"#,
                first
                    + #""feeder","event":"SUBSCRIBE","topicFilter":"cat/+","qos":1,"returnCode":1}"#,
                first
                    + #""function","event":"CONNECT","cleanSession":true,"keepAlive":0,"sessionPresent":false,"returnCode":0}"#,
                then
                    + #""function","event":"PUBLISH","direction":"in","qos":2,"retain":true,"#
                    + action,
                then
                    + #""feeder","event":"PUBLISH","direction":"out","qos":1,"retain":false,"#
                    + action,
                then + #""function","event":"DISCONNECT","reason":"CONNECTION_LOST"}"#,
                then
                    + #""function","event":"PUBLISH","direction":"will","qos":1,"retain":false,"topic":"cat/will","payloadBase64":"/wAB"}"#,
                then
                    + #""feeder","event":"PUBLISH","direction":"out","qos":1,"retain":false,"topic":"cat/will","payloadBase64":"/wAB"}"#,
                then + #""feeder","event":"UNSUBSCRIBE","topicFilter":"cat/+"}"#,
                then + #""feeder","event":"DISCONNECT","reason":"CLIENT_INITIATED_DISCONNECT"}"#,
            ])
        #expect(bench.lines().isEmpty)
    }

    @Test(arguments: ["", "a", "ab", "abc", "abcd"])
    func `has other bytes in Base64`(text: String) throws {
        let wanted = ["": "/w==", "a": "/2E=", "ab": "/2Fi", "abc": "/2FiYw==", "abcd": "/2FiY2Q="]
        var bench = BrokerBench()
        bench.core.recordsTranscript = true
        let id = try bench.connect("c")
        let payload = [0xFF] + Array(text.utf8)
        bench.send(.publish(Publish(Message(topic: TopicName("t"), payload: payload))), on: id)
        let line = try #require(bench.lines().last)
        let value = try JSONValue(parsing: line)
        #expect(value["payloadBase64"]?.string == wanted[text])
        #expect(value["payload"] == nil)
    }

    @Test func `is JSON that gives back every text`() throws {
        var bench = BrokerBench()
        bench.core.recordsTranscript = true
        let name = "\"\\\u{1F}\u{7F}/é猫\u{2028}"
        let id = try bench.connect(name)
        let payload = String((0...0x80).compactMap { UnicodeScalar($0).map(Character.init) })
        bench.publish(id, name, payload)
        let value = try JSONValue(parsing: try #require(bench.lines().last))
        #expect(value["client"] == .string(name))
        #expect(value["topic"] == .string(name))
        #expect(value["payload"]?.string.map { Array($0.utf8) } == Array(payload.utf8))
    }

    @Test func `has a message that is sent again once`() throws {
        var bench = BrokerBench()
        bench.core.recordsTranscript = true
        let id = try bench.connect("c", clean: false)
        try bench.subscribe(id, ("t", .one))
        bench.publish(id, "t", "x", qos: .one)
        bench.lose(id)
        let back = try bench.connect("c", clean: false)
        #expect(bench.deliveries(back).map(\.isDuplicate) == [true])
        #expect(bench.lines().filter { $0.contains("\"out\"") }.count == 1)
    }

    @Test func `has the reason of each end`() throws {
        var bench = BrokerBench()
        bench.core.recordsTranscript = true
        let error = try bench.connect("error")
        bench.send([0, 0], on: error)
        _ = try bench.connect("twice")
        _ = try bench.connect("twice")
        let ended = try bench.connect("ended")
        bench.core.disconnect(ended, at: bench.now)
        bench.settle()
        _ = try bench.connect("silent", keepAlive: 1)
        bench.wait(seconds: 2)
        let reasons = bench.core.takeTranscript().compactMap { record -> String? in
            guard case .disconnect(let reason) = record.event else { return nil }
            return String(decoding: record.client, as: UTF8.self) + " " + reason.rawValue
        }
        #expect(
            reasons == [
                "error CLIENT_ERROR", "twice DUPLICATE_CLIENTID",
                "ended SERVER_INITIATED_DISCONNECT", "silent MQTT_KEEP_ALIVE_TIMEOUT",
            ])
    }

    @Test func `is the same through bytes and through packets, however they are split`() throws {
        func run(_ carry: (inout BrokerCore, Packet, ConnectionID, Timestamp) -> Void) throws
            -> [UInt8]
        {
            var core = BrokerCore()
            core.recordsTranscript = true
            let filter = try #require(TopicFilter("a/+"))
            for k in 1...4 {
                let id = ConnectionID(UInt64(k))
                core.open(id, at: Timestamp(microseconds: 0))
                let time = Timestamp(microseconds: Int64(k))
                carry(&core, .connect(Connect(clientID: "c\(5 - k)")), id, time)
                carry(
                    &core,
                    .subscribe(Subscribe(packetID: 1, entries: [.init(filter, .two)])), id, time)
                for qos in QoS.allCases {
                    let message = Message(topic: TopicName("a/b"), payload: [UInt8(k)], qos: qos)
                    let packetID: UInt16 = qos == .zero ? 0 : 3
                    carry(&core, .publish(Publish(message, packetID: packetID)), id, time)
                }
            }
            var bytes: [UInt8] = []
            core.takeTranscript(appendingTo: &bytes)
            return bytes
        }
        let packets = try run { $0.receive($1, on: $2, at: $3) }
        let whole = try run { $0.receive($1.encoded, on: $2, at: $3) }
        let split = try run { core, packet, id, time in
            for byte in packet.encoded { core.receive([byte], on: id, at: time) }
        }
        #expect(!packets.isEmpty)
        #expect(packets == whole && whole == split)
    }

    @Test func `is off unless it is asked for`() throws {
        var bench = BrokerBench()
        _ = try bench.connect("c")
        #expect(bench.core.takeTranscript().isEmpty)
    }
}
