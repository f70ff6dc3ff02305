#if TLS
import Foundation
import MQTTServer
import Testing

/// The two things of the deployed system, with their certificates and policies, through the client
/// library that they use.
@Suite struct `Things with certificates` {
    static let policies = """
        {"things": {
          "CatFeederThingLambda": {"policies": [{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "iot:Connect",
             "Resource": "arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThingLambda"},
            {"Effect": "Allow", "Action": "iot:Publish",
             "Resource": "arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/action"}]}]},
          "CatFeederThingESP32": {"policies": [{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "iot:Connect",
             "Resource": "arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThingESP32"},
            {"Effect": "Allow", "Action": "iot:Subscribe",
             "Resource": "arn:aws:iot:ap-southeast-2:123456789012:topicfilter/cat-feeder/action"},
            {"Effect": "Allow", "Action": "iot:Receive",
             "Resource": "arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/action"},
            {"Effect": "Allow", "Action": "iot:Publish",
             "Resource": "arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/states"}]}]}}}
        """

    static let lambda = "CatFeederThingLambda"
    static let feeder = "CatFeederThingESP32"

    /// A broker like AWS IoT Core's, and the two things' certificates.
    struct Home {
        let folder: Folder
        let files: Certificates
        let broker: BrokerProcess
        let port: Int

        init(policies: String = `Things with certificates`.policies) throws {
            folder = try Folder()
            files = try Certificates(in: folder)
            for thing in [`Things with certificates`.lambda, `Things with certificates`.feeder] {
                try files.sign(thing)
            }
            let book = try folder.write(policies, to: "policies.json")
            broker = try BrokerProcess(
                ["--port", "0", "--profile", "aws-iot", "--policies", book] + files.brokerOptions,
                in: folder)
            port = try broker.port("mqtts")
        }

        /// Starts a thing that connects as `id` and takes these steps.
        func start(
            _ certificate: String, as id: String? = nil, _ steps: String...
        ) throws -> Child {
            try Child(
                Tools.python(),
                [
                    Tools.script("clients/aws_iot_thing.py"), "\(port)", files.authority,
                    files.certificate(certificate), files.key(certificate), id ?? certificate,
                ] + steps, in: folder)
        }
    }

    @Test func `the function's message reaches the feeder`() throws {
        let home = try Home()
        let feeder = try home.start(
            Self.feeder, "subscribe", "cat-feeder/action", "publish", "cat-feeder/states", "{}",
            "sleep", "60")
        _ = try feeder.line(after: "published")
        let text = #"{"event": "SINGLE", "reportedTime": "2023-03-12T07:15:04Z"}"#
        let lambda = try home.start(
            Self.lambda, "publish", "cat-feeder/action", text, "sleep", "1")
        #expect(try feeder.line(after: "message cat-feeder/action ") == text)
        #expect(lambda.wait().text == "online\npublished\n")
        home.broker.stop()
    }

    @Test(arguments: [
        (lambda, ["subscribe", "cat-feeder/action"]), (lambda, ["subscribe", "cat-feeder/states"]),
        (lambda, ["publish", "cat-feeder/states", "{}"]),
        (lambda, ["publish", "cat-feeder/action/more", "{}"]),
        (feeder, ["publish", "cat-feeder/action", "{}"]), (feeder, ["subscribe", "#"]),
        (feeder, ["subscribe", "cat-feeder/+"]), (feeder, ["subscribe", "cat-feeder/states"]),
    ])
    func `a thing that does what it may not is disconnected`(
        thing: String, steps: [String]
    ) throws {
        let home = try Home()
        let child = try Child(
            Tools.python(),
            [
                Tools.script("clients/aws_iot_thing.py"), "\(home.port)", home.files.authority,
                home.files.certificate(thing), home.files.key(thing), thing,
            ] + steps + ["sleep", "60"], in: home.folder)
        _ = try child.line(after: "online")
        _ = try child.line(after: "offline")
        home.broker.stop()
    }

    @Test(arguments: [(lambda, feeder), (feeder, lambda), (lambda, "Stranger")])
    func `a thing with another's id is refused`(thing: String, id: String) throws {
        let home = try Home()
        // The SDK takes any CONNACK for a connection; then it sees that it has none.
        let child = try home.start(thing, as: id, "sleep", "60")
        _ = try child.line(after: "offline")
        let done = try Child(
            Tools.program("mosquitto_pub"),
            [
                "-h", "127.0.0.1", "-p", "\(home.port)", "--cafile", home.files.authority,
                "--cert", home.files.certificate(thing), "--key", home.files.key(thing), "-i", id,
                "-t", "cat-feeder/action", "-m", "{}", "-d",
            ], in: home.folder
        ).wait()
        #expect(done.text.contains("received CONNACK (7)"), "\(done.text)")
        #expect(done.code != 0)
        home.broker.stop()
    }

    @Test func `a certificate of a foreign authority, or none, is no way in`() throws {
        let home = try Home()
        let elsewhere = try Folder()
        let foreign = try Certificates(in: elsewhere, named: "foreign")
        try foreign.sign(Self.lambda)
        for options in [
            ["--cert", foreign.certificate(Self.lambda), "--key", foreign.key(Self.lambda)], [],
        ] {
            let done = try Child(
                Tools.program("mosquitto_pub"),
                [
                    "-h", "127.0.0.1", "-p", "\(home.port)", "--cafile", home.files.authority,
                    "-i", Self.lambda, "-t", "cat-feeder/action", "-m", "{}",
                ] + options, in: home.folder
            ).wait()
            #expect(done.code != 0, "\(done.text)")
        }
        // Bytes that are no TLS, and a connection that says nothing, disturb nobody.
        let noise = try RawClient(.tcp(host: "127.0.0.1", port: home.port))
        try noise.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        let silence = try RawClient(.tcp(host: "127.0.0.1", port: home.port))
        let lambda = try home.start(Self.lambda, "publish", "cat-feeder/action", "{}", "sleep", "1")
        #expect(lambda.wait().text == "online\npublished\n")
        withExtendedLifetime(silence) {}
        home.broker.stop()
    }

    @Test func `a feeder that may not receive gets nothing, though it is subscribed`() throws {
        let deaf = Self.policies.replacingOccurrences(of: "iot:Receive", with: "iot:RetainPublish")
        let home = try Home(policies: deaf)
        let feeder = try home.start(
            Self.feeder, "subscribe", "cat-feeder/action", "sleep", "3")
        _ = try feeder.line(after: "subscribed")
        let lambda = try home.start(Self.lambda, "publish", "cat-feeder/action", "{}", "sleep", "1")
        #expect(lambda.wait().text == "online\npublished\n")
        #expect(feeder.wait().text == "online\nsubscribed\n")
        home.broker.stop()
    }

    @Test func `a certificate is known by its fingerprint, too`() throws {
        let folder = try Folder()
        let files = try Certificates(in: folder)
        try files.sign("nobody")
        let printed = try Child(
            Tools.program("openssl"),
            ["x509", "-in", files.certificate("nobody"), "-noout", "-fingerprint", "-sha256"],
            in: folder
        ).wait().text
        let fingerprint = try #require(printed.split(separator: "=").last)
            .filter(\.isHexDigit).lowercased()
        let book = try folder.write(
            """
            {"certificates": {"\(fingerprint)": {"policies": [{"Version": "2012-10-17",
              "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}]}}}
            """, to: "policies.json")
        let broker = try BrokerProcess(
            ["--port", "0", "--policies", book] + files.brokerOptions, in: folder)
        let done = try Child(
            Tools.program("mosquitto_pub"),
            [
                "-h", "127.0.0.1", "-p", "\(broker.port("mqtts"))", "--cafile", files.authority,
                "--cert", files.certificate("nobody"), "--key", files.key("nobody"), "-q", "1",
                "-t", "anything", "-m", "x",
            ], in: folder
        ).wait()
        #expect(done.code == 0, "\(done.text)")
        broker.stop()
    }
}
#endif
