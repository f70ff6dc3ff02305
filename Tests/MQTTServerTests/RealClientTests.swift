import Foundation
import MQTTServer
import Testing

@Suite struct `Clients of others` {
    @Test func `mosquitto_sub gets what mosquitto_pub publishes`() throws {
        let folder = try Folder()
        let broker = try BrokerProcess(["--port", "0"], in: folder)
        let port = try "\(broker.port())"
        for qos in ["0", "1", "2"] {
            let subscriber = try Child(
                Tools.program("stdbuf"),
                [
                    "-oL", "/usr/bin/mosquitto_sub", "-p", port, "-i", "sub\(qos)", "-t", "cats/#",
                    "-q", qos, "-C", "2", "-d",
                ]
                    + ["-F", "%t %q %p", "-W", "60"],
                in: folder)
            _ = try subscriber.line(after: "Subscribed (")
            for text in ["first", "zweite Schüssel 🐈"] {
                let publisher = try Child(
                    Tools.program("mosquitto_pub"),
                    ["-p", port, "-t", "cats/tom", "-q", qos, "-m", text], in: folder
                ).wait()
                #expect(publisher.code == 0, "\(publisher.text)")
            }
            let done = subscriber.wait()
            #expect(done.code == 0)
            #expect(done.text.contains("cats/tom \(qos) first\n"))
            #expect(done.text.contains("cats/tom \(qos) zweite Schüssel 🐈\n"))
        }
        broker.stop()
    }

    @Test func `mosquitto's retained message and will arrive`() throws {
        let folder = try Folder()
        let broker = try BrokerProcess(["--port", "0"], in: folder)
        let port = try "\(broker.port())"
        let retained = try Child(
            Tools.program("mosquitto_pub"), ["-p", port, "-t", "kept", "-r", "-m", "for later"],
            in: folder
        ).wait()
        #expect(retained.code == 0)
        let mortal = try Child(
            Tools.program("stdbuf"),
            [
                "-oL", "/usr/bin/mosquitto_sub", "-p", port, "-i", "mortal", "-t", "kept",
                "--will-topic", "wills",
                "--will-payload", "gone", "-F", "%t %r %p",
            ], in: folder)
        _ = try mortal.line(after: "kept 1 for later")
        let heir = try Child(
            Tools.program("stdbuf"),
            [
                "-oL", "/usr/bin/mosquitto_sub", "-p", port, "-t", "wills", "-C", "1", "-W", "60",
                "-d", "-F", "%t %p",
            ], in: folder)
        _ = try heir.line(after: "Subscribed (")
        mortal.send(SIGKILL)
        #expect(heir.wait().text.contains("wills gone"))
        broker.stop()
    }

    @Test(arguments: [false, true])
    func `paho's QoS 0, 1 and 2, overlapping filters and persistent session work`(
        overUnix: Bool
    ) throws {
        let folder = try Folder()
        let socket = folder.path("broker.sock")
        let broker = try BrokerProcess(
            overUnix ? ["--unix", socket] : ["--port", "0"], in: folder)
        let place: [String]
        if overUnix {
            _ = try broker.child.line(after: "listening on unix:")
            place = ["unix", socket]
        } else {
            place = ["127.0.0.1", try "\(broker.port())"]
        }
        let done = try Child(
            Tools.python(), [Tools.script("clients/paho_round.py")] + place, in: folder
        ).wait()
        #expect(done.code == 0)
        #expect(
            done.text == """
                subscriber Success no session
                granted [2, 1]
                publisher Success no session
                cats/tom/bowl at 0 0
                cats/tom/bowl at 1 1
                cats/tom/bowl at 2 2
                subscriber Success session
                cats/while-away waited 1

                """)
        broker.stop()
    }
}
