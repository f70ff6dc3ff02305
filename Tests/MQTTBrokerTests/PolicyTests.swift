import EventModel
import MQTTBroker
import Testing

/// The two things of the cat feeder, as they are deployed.
let feederPolicies = #"""
    {"policies": {
       "lambda": {"Version": "2012-10-17", "Statement": [
         {"Effect": "Allow", "Action": ["iot:Connect"],
          "Resource": ["arn:aws:iot:ap-southeast-2:123456789012:client/CatFeederThingLambda"]},
         {"Effect": "Allow", "Action": "iot:Publish",
          "Resource": "arn:aws:iot:ap-southeast-2:123456789012:topic/cat-feeder/action"}]}},
     "things": {
       "CatFeederThingLambda": {"certificates": ["lambda-certificate"], "policies": ["lambda"]},
       "CatFeederThingESP32": {"policies": [{"Version": "2012-10-17", "Statement": [
         {"Effect": "Allow", "Action": "iot:Connect",
          "Resource": "arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}"},
         {"Effect": "Allow", "Action": "iot:Subscribe",
          "Resource": "arn:aws:iot:*:*:topicfilter/cat-feeder/action"},
         {"Effect": "Allow", "Action": "iot:Receive",
          "Resource": "arn:aws:iot:*:*:topic/cat-feeder/action"},
         {"Effect": "Allow", "Action": "iot:Publish",
          "Resource": "arn:aws:iot:*:*:topic/cat-feeder/states"}]}]}}}
    """#

private func permissions(
    _ statements: String, client: String = "c", thing: String = "c"
) throws -> Permissions {
    let book = try PolicyBook(
        parsing: """
            {"things": {"\(thing)": {"certificates": ["cert"],
             "policies": [{"Version": "2012-10-17", "Statement": [\(statements)]}]}}}
            """)
    return book.permissions(
        principal: Principal(name: "cert"), clientID: Array(client.utf8), bindingByClientID: false)
}

private func statement(_ effect: String, _ action: String, _ resource: String) -> String {
    #"{"Effect": "\#(effect)", "Action": "\#(action)", "Resource": "arn:aws:iot:*:*:\#(resource)"}"#
}

@Suite struct `Policies` {
    private static let table: [(String, String, PolicyAction, String, Bool)] = [
        ("iot:Publish", "topic/a", .publish, "a", true),
        ("iot:Publish", "topic/a", .publish, "A", false),
        ("iot:Publish", "topic/a", .publish, "a/b", false),
        ("iot:Publish", "topic/a", .receive, "a", false),
        ("iot:Publish", "topic/a", .retainPublish, "a", false),
        ("iot:Publish", "topicfilter/a", .publish, "a", false),
        ("iot:*", "topic/a", .receive, "a", true), ("*", "topic/a", .retainPublish, "a", true),
        ("iot:*", "topic/a", .subscribe, "a", false),
        ("iot:*ublish", "topic/a", .publish, "a", true),
        ("iot:?ublish", "topic/a", .retainPublish, "a", false),
        ("iot:?ublish", "topic/a", .publish, "a", true),
        ("iot:Publish", "topic/*", .publish, "a/b/c", true),
        ("iot:Publish", "topic/a/*/c", .publish, "a/b/b/c", true),
        ("iot:Publish", "topic/a/*/c", .publish, "a/c", false),
        ("iot:Publish", "topic/a?", .publish, "ab", true),
        ("iot:Publish", "topic/a?", .publish, "a猫", true),
        ("iot:Publish", "topic/a?", .publish, "a", false),
        ("iot:Publish", "topic/a?", .publish, "abc", false),
        ("iot:Publish", "*", .publish, "a/b", true), ("iot:Connect", "*", .connect, "c", true),
        ("iot:Publish", "topic/a/+", .publish, "a/b", false),
        ("iot:Publish", "topic/a/#", .publish, "a/b", false),
        ("iot:Subscribe", "topicfilter/a/+", .subscribe, "a/+", true),
        ("iot:Subscribe", "topicfilter/a/+", .subscribe, "a/b", false),
        ("iot:Subscribe", "topicfilter/a/#", .subscribe, "a/#", true),
        ("iot:Subscribe", "topicfilter/a/*", .subscribe, "a/#", true),
        ("iot:Subscribe", "topicfilter/a/*", .subscribe, "#", false),
        ("iot:Publish", "topic/${iot:ClientId}/x", .publish, "c/x", true),
        ("iot:Publish", "topic/${iot:ClientId}/x", .publish, "d/x", false),
        ("iot:Publish", "topic/${iot:Connection.Thing.ThingName}", .publish, "c", true),
        ("iot:Publish", "topic/${*}${?}${$}", .publish, "*?$", true),
        ("iot:Publish", "topic/${*}", .publish, "x", false),
        ("iot:Publish", "topic/a***b*", .publish, "aXb", true),
        ("iot:GetThingShadow", "thing/c", .publish, "c", false),
    ]

    @Test(arguments: table) func `allow what a statement names`(
        row: (
            allowed: String, resource: String, action: PolicyAction, name: String, isAllowed: Bool
        )
    ) throws {
        let found = try permissions(statement("Allow", row.allowed, row.resource))
        #expect(found.allows(row.action, Array(row.name.utf8)) == row.isAllowed)
    }

    @Test func `deny what no statement names, and what one denies`() throws {
        let allow = statement("Allow", "iot:*", "*")
        let deny = statement("Deny", "iot:Publish", "topic/secret/*")
        #expect(try !permissions(deny).allows(.publish, Array("a".utf8)))
        for statements in ["\(allow),\(deny)", "\(deny),\(allow)"] {
            let found = try permissions(statements)
            #expect(found.allows(.publish, Array("a".utf8)))
            #expect(!found.allows(.publish, Array("secret/a".utf8)))
            #expect(found.allows(.receive, Array("secret/a".utf8)))
        }
    }

    @Test func `leave a thing's name without a value where the client id is no thing`() throws {
        let rule = statement("Allow", "iot:Connect", "client/${iot:Connection.Thing.ThingName}")
        #expect(try permissions(rule, client: "c", thing: "c").allows(.connect, Array("c".utf8)))
        #expect(try !permissions(rule, client: "d", thing: "c").allows(.connect, Array("d".utf8)))
    }

    @Test func `take a variable's value literally, so that + widens a filter and * does not`()
        throws
    {
        let rule = statement("Allow", "iot:Subscribe", "topicfilter/${iot:ClientId}/x")
        #expect(try permissions(rule, client: "+").allows(.subscribe, Array("+/x".utf8)))
        #expect(try !permissions(rule, client: "*").allows(.subscribe, Array("any/x".utf8)))
    }

    @Test func `of all names of a certificate speak together`() throws {
        let digits = String(repeating: "ab", count: 32)
        let colons = Array(repeating: "AB", count: 32).joined(separator: ":")
        let book = try PolicyBook(
            parsing: """
                {"certificates": {"\(colons)": {"policies": [{"Statement":
                  \(statement("Allow", "iot:Connect", "*"))}]}}}
                """)
        let fingerprint = Principal(name: "any", fingerprint: digits)
        for (principal, isAllowed) in [(fingerprint, true), (Principal(name: "any"), false)] {
            let found = book.permissions(
                principal: principal, clientID: [0x63], bindingByClientID: true)
            #expect(found.allows(.connect, [0x63]) == isAllowed)
        }
    }

    private static let mistakes: [(String, String, String)] = [
        ("{\n\"things\": }", "line 2", "a JSON value was expected"),
        ("[]", "", "an object was expected"),
        (#"{"thing": {}}"#, "thing", #"did you mean "things"?"#),
        (#"{"things": {"a": {}}}"#, "things.a", "`policies` is missing"),
        (#"{"things": {"a": {"policies": ["x"]}}}"#, "things.a.policies[0]", "no policy is called"),
        (#"{"policies": {"p": {}}}"#, "policies.p", "`Statement` is missing"),
        (#"{"policies": {"p": {"Statement": []}}}"#, "policies.p.Statement", "the array is empty"),
        (
            #"{"policies": {"p": {"Version": "2008-10-17", "Statement": []}}}"#,
            "policies.p.Version", "2012-10-17"
        ),
        (
            #"{"policies": {"p": {"Statement": [{"Effect": "allow"}]}}}"#,
            "policies.p.Statement[0].Effect", #"did you mean "Allow"?"#
        ),
        (
            #"{"policies": {"p": {"Statement": [{"Effect": "Allow", "Condition": {}}]}}}"#,
            "policies.p.Statement[0].Condition", "is not evaluated here"
        ),
        (
            #"{"policies": {"p": {"Statement": {"Effect": "Allow", "Action": "iot:Publsh"}}}}"#,
            "policies.p.Statement.Action", #"did you mean "iot:Publish"?"#
        ),
        (
            #"{"policies": {"p": {"Statement": {"Effect": "Allow", "Action": "s3:Get"}}}}"#,
            "policies.p.Statement.Action", "no action of AWS IoT Core"
        ),
        (
            #"{"policies":{"p":{"Statement":{"Effect":"Allow","Action":"iot:*","Resource":["a"]}}}}"#,
            "policies.p.Statement.Resource[0]", "no resource of AWS IoT Core"
        ),
        (
            #"{"policies":{"p":{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iot:r:a:topics/x"}}}}"#,
            "policies.p.Statement.Resource", "has no kind that is known"
        ),
        (
            #"{"policies":{"p":{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iot:r:a:topic/${iot:Clientid}"}}}}"#,
            "policies.p.Statement.Resource", #"did you mean "iot:ClientId"?"#
        ),
        (
            #"{"policies":{"p":{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iot:r:a:topic/${x"}}}}"#,
            "policies.p.Statement.Resource", "does not end with }"
        ),
        (#"{"things": {}, "things": {}}"#, "things", "twice"),
    ]

    @Test(arguments: mistakes) func `with a mistake say where and what to do`(
        row: (file: String, place: String, reason: String)
    ) throws {
        let error = try #require(throws: PolicyError.self) { try PolicyBook(parsing: row.file) }
        #expect(error.place == row.place)
        #expect(error.reason.contains(row.reason), "\(error)")
    }
}

@Suite struct `The two things of the cat feeder` {
    private let lambda = Principal(name: "lambda-certificate")
    private let esp32 = Principal(name: "CatFeederThingESP32")

    private func bench(_ refusal: BrokerSettings.SubscribeRefusal = .disconnect) throws
        -> BrokerBench
    {
        var settings = BrokerSettings(profile: .awsIoT)
        settings.subscribeRefusal = refusal
        var bench = BrokerBench(settings, policies: try PolicyBook(parsing: feederPolicies))
        bench.core.recordsTranscript = true
        return bench
    }

    private func lastReason(_ bench: inout BrokerBench) -> DisconnectReason? {
        guard case .disconnect(let reason)? = bench.core.takeTranscript().last?.event else {
            return nil
        }
        return reason
    }

    @Test func `may do what they are for`() throws {
        var bench = try bench()
        let feeder = try bench.connect("CatFeederThingESP32", principal: esp32)
        #expect(try bench.subscribe(feeder, ("cat-feeder/action", .zero)) == [.granted(.zero)])
        let function = try bench.connect("CatFeederThingLambda", principal: lambda)
        bench.publish(function, "cat-feeder/action", "feed")
        #expect(bench.payloads(feeder) == ["feed"])
        bench.publish(feeder, "cat-feeder/states", "full", qos: .one)
        #expect(!bench.isClosed(feeder) && !bench.isClosed(function))
    }

    @Test func `are cut off when they publish or subscribe to more`() throws {
        for topic in ["cat-feeder/states", "cat-feeder/action/x", "cat-feeder"] {
            var bench = try bench()
            let id = try bench.connect("CatFeederThingLambda", principal: lambda)
            bench.publish(id, "cat-feeder/action")
            bench.publish(id, topic, qos: .one)
            #expect(bench.isClosed(id) && bench.take(id).isEmpty)
            #expect(lastReason(&bench) == .authError)
        }
        for (name, principal) in [("CatFeederThingESP32", esp32), ("CatFeederThingLambda", lambda)]
        {
            for filter in ["#", "cat-feeder/+", "cat-feeder/#", "cat-feeder/states"] {
                var bench = try bench()
                let id = try bench.connect(name, principal: principal)
                #expect(try bench.subscribe(id, (filter, .zero)).isEmpty)
                #expect(bench.isClosed(id))
                #expect(lastReason(&bench) == .authError)
            }
        }
    }

    @Test func `may not retain`() throws {
        var bench = try bench()
        let id = try bench.connect("CatFeederThingLambda", principal: lambda)
        bench.publish(id, "cat-feeder/action", retain: true)
        #expect(bench.isClosed(id))
        #expect(bench.core.retainedCount == 0)
    }

    @Test func `may not take the other's name, nor come without a certificate`() throws {
        for principal in [esp32, Principal(name: "stranger"), nil] {
            var bench = try bench()
            let id = bench.open(principal: principal)
            bench.send(.connect(Connect(clientID: "CatFeederThingLambda")), on: id)
            #expect(
                bench.take(id) == [.connack(sessionPresent: false, code: .forbiddenByAWSIoT)])
            #expect(bench.isClosed(id))
            #expect(lastReason(&bench) == .forbiddenAccess)
        }
    }

    @Test func `throw nobody out when they are refused`() throws {
        var bench = try bench()
        let rightful = try bench.connect("CatFeederThingLambda", principal: lambda)
        let other = bench.open(principal: esp32)
        bench.send(.connect(Connect(clientID: "CatFeederThingLambda")), on: other)
        #expect(!bench.isClosed(rightful))
    }

    @Test func `may be refused a filter without losing the connection`() throws {
        var bench = try bench(.failureCode)
        let id = try bench.connect("CatFeederThingESP32", principal: esp32)
        let codes = try bench.subscribe(id, ("#", .zero), ("cat-feeder/action", .one))
        #expect(codes == [.failure, .granted(.one)])
        #expect(bench.core.subscriptions(of: "CatFeederThingESP32").count == 1)
    }

    @Test func `may not leave a will that they may not publish`() throws {
        var bench = try bench()
        let id = bench.open(principal: lambda)
        let will = Message(topic: TopicName("cat-feeder/states"), payload: [])
        bench.send(.connect(Connect(clientID: "CatFeederThingLambda", will: will)), on: id)
        #expect(bench.isClosed(id))
    }

    @Test func `are bound by client id where there are no certificates, if asked`() throws {
        var settings = BrokerSettings()
        settings.bindsPoliciesByClientID = true
        var bench = BrokerBench(settings, policies: try PolicyBook(parsing: feederPolicies))
        let id = try bench.connect("CatFeederThingLambda")
        bench.publish(id, "cat-feeder/action")
        #expect(!bench.isClosed(id))
        let stranger = bench.open()
        bench.send(.connect(Connect(clientID: "stranger")), on: stranger)
        #expect(bench.take(stranger) == [.connack(sessionPresent: false, code: .notAuthorized)])
    }

    @Test func `get nothing without iot:Receive, silently`() throws {
        let policies = feederPolicies.replacing("iot:Receive", with: "iot:GetThingShadow")
        var bench = BrokerBench(policies: try PolicyBook(parsing: policies))
        let function = try bench.connect("CatFeederThingLambda", principal: lambda)
        let feeder = try bench.connect("CatFeederThingESP32", clean: false, principal: esp32)
        try bench.subscribe(feeder, ("cat-feeder/action", .one))
        bench.publish(function, "cat-feeder/action", qos: .one)
        #expect(bench.take(feeder).isEmpty)
        #expect(bench.core.statistics.deliveriesWithheld == 1)
        bench.lose(feeder)
        bench.publish(function, "cat-feeder/action", qos: .one)
        let back = try bench.connect("CatFeederThingESP32", clean: false, principal: esp32)
        #expect(bench.take(back).isEmpty)
        #expect(bench.core.statistics.deliveriesWithheld == 2)
        #expect(!bench.isClosed(back))
    }
}
