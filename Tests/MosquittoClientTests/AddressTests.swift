import MosquittoClient
import Testing

@Suite struct `A broker's address` {
    @Test(arguments: [
        ("mqtt://127.0.0.1", BrokerAddress.tcp(host: "127.0.0.1", port: 1883)),
        ("mqtt://localhost:1884", .tcp(host: "localhost", port: 1884)),
        ("mqtts://iot.example", .tls(host: "iot.example", port: 8883)),
        ("mqtts://iot.example:443", .tls(host: "iot.example", port: 443)),
        ("mqtt://[::1]", .tcp(host: "::1", port: 1883)),
        ("mqtts://[fd00::2]:8884", .tls(host: "fd00::2", port: 8884)),
        ("unix:/run/broker.sock", .unix(path: "/run/broker.sock")),
        ("mqtt://host:65535", .tcp(host: "host", port: 65_535)),
    ]) func `is read, and its description reads back`(
        text: String, address: BrokerAddress
    ) throws {
        #expect(try BrokerAddress(parsing: text) == address)
        #expect(try BrokerAddress(parsing: address.description) == address)
    }

    @Test(arguments: [
        "", "localhost", "localhost:1883", "http://localhost", "mqtt:/localhost", "MQTT://h",
        "mqtt://", "mqtt://:1883", "mqtt://host:", "mqtt://host:0", "mqtt://host:65536",
        "mqtt://host:+1", "mqtt://host:18 83", "mqtt://ho st", "mqtt://host/path",
        "mqtt://user@host", "mqtt://::1", "mqtt://[::1", "mqtt://[::1]1883", "mqtt://[host]:1",
        "mqtt://host:99999999999999999999", "mqtt://h\0ost", "unix:", "unix:/a\0b",
        "unix:/" + String(repeating: "a", count: 107),
    ]) func `is refused with the text and what was expected`(text: String) {
        let error = #expect(throws: BrokerAddressError.self) {
            try BrokerAddress(parsing: text)
        }
        #expect(error?.text == text)
        #expect(error?.description.contains("mqtt://host:1883") == true)
    }

    @Test(arguments: [
        ("mqtt://127.0.0.1", true), ("mqtt://127.255.3.4", true), ("mqtts://[::1]:1", true),
        ("mqtt://LocalHost", true), ("unix:/tmp/x", true), ("mqtt://[::ffff:127.0.0.1]", true),
        ("mqtt://128.0.0.1", false), ("mqtt://0.0.0.0", false), ("mqtt://10.127.0.1", false),
        ("mqtt://localhost.example", false), ("mqtt://127.0.0.1.example", false),
        ("mqtt://0127.0.0.1", false), ("mqtt://[::2]", false), ("mqtt://[fe80::1]", false),
        ("mqtt://[::ffff:10.0.0.1]", false), ("mqtts://x-ats.iot.amazonaws.com", false),
    ]) func `says whether it is on this machine`(text: String, isLoopback: Bool) throws {
        #expect(try BrokerAddress(parsing: text).isLoopback == isLoopback)
    }
}
