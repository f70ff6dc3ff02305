import EventModel
import MQTTBroker
import Testing

/// The two things of the cat feeder, as they are deployed.
private let feederPolicies = #"""
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

    @Test func `do not get again what the certificate of the new connection forbids`() throws {
        let rule = #"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#
        let denial = #"{"Effect": "Deny", "Action": "iot:Receive", "Resource": "*"}"#
        var bench = BrokerBench(
            policies: try PolicyBook(
                parsing: """
                    {"certificates": {"all": {"policies": [{"Statement": \(rule)}]},
                     "mute": {"policies": [{"Statement": [\(rule), \(denial)]}]}}}
                    """))
        let first = try bench.connect("c", clean: false, principal: Principal(name: "all"))
        try bench.subscribe(first, ("t", .one))
        bench.publish(first, "t", qos: .one)
        #expect(bench.deliveries(first, acknowledged: false).count == 1)
        let second = try bench.connect("c", clean: false, principal: Principal(name: "mute"))
        #expect(bench.take(second).isEmpty)
        #expect(bench.core.statistics.deliveriesWithheld == 1)
        #expect(bench.core.pendingDeliveries(to: "c") == 0)
    }
}
