import Testing

@testable import Topology

@Suite struct NameTemplateTests {
    @Test(arguments: [
        ("cat-feeder/${feeder}/action", "cat-feeder/kitchen/action"),
        ("${feeder}${device}", "kitchenB1"), ("$${feeder}$", "$kitchen$"),
        ("$aws/things/x", "$aws/things/x"), ("plain", "plain"),
        ("${feeder}\u{301}", "kitchen\u{301}"),
    ])
    func `a topic is filled`(template: String, name: String) throws {
        let topic = try NameTemplate(template, as: .topic)
        let filled = try topic.filled(feeder: "kitchen", device: "B1")
        #expect(Array(filled.utf8) == Array(name.utf8))
    }

    @Test(arguments: [
        ("a/b", "it has a \"/\""), ("a+", "it has a \"+\""), ("#", "it has a \"#\""),
        ("+\u{301}", "it has a \"+\""), ("", "it is empty"), ("a\u{0}", "a control character"),
        ("a\nb", "a control character"), ("\r\n", "a control character"),
        (String(repeating: "k", count: 65_531), "at most 65535 bytes"),
    ])
    func `a feeder that cannot be a topic level is named`(feeder: String, reason: String) throws {
        let topic = try NameTemplate("cats/${feeder}", as: .topic)
        let error = try #require(throws: NameError.self) { try topic.filled(feeder: feeder) }
        #expect(error.feeder == feeder)
        #expect(error.message.contains(reason), "\(error)")
        #expect(error.description.hasPrefix("feeder \"\(feeder)\" in \"cats/${feeder}\": "))
    }

    @Test func `what a topic may not begin with may stand in its middle`() throws {
        #expect(throws: NameError.self) {
            try NameTemplate("${feeder}/x", as: .topic).filled(feeder: "$SYS")
        }
        #expect(try NameTemplate("x/${feeder}", as: .topic).filled(feeder: "$SYS") == "x/$SYS")
    }

    @Test func `an event without a device has no topic of a device`() throws {
        let topic = try NameTemplate("cats/${device}", as: .topic)
        let error = try #require(throws: NameError.self) { try topic.filled(feeder: "kitchen") }
        #expect(error.message.contains("the event names no device"))
    }

    @Test(arguments: ["two words", "a.b", "küche", "", String(repeating: "k", count: 129)])
    func `a feeder that cannot be in a thing's name is named`(feeder: String) throws {
        let thing = try NameTemplate("F-${feeder}", as: .thing)
        #expect(throws: NameError.self) { try thing.filled(feeder: feeder) }
    }

    @Test(arguments: ["*", "a*", "?", "${iot:ClientId}", "a/#", "+"])
    func `no feeder's name widens a policy`(feeder: String) throws {
        let policy = try NameTemplate(#"{"Resource":"topic/${feeder}"}"#, as: .policy)
        #expect(throws: NameError.self) { try policy.filled(feeder: feeder) }
    }

    @Test func `a name in a policy is escaped, and the service's variables stay`() throws {
        let policy = try NameTemplate(
            #"{"Resource":"${iot:Connection.Thing.ThingName}/${aws:x}/${*}/${feeder}"}"#,
            as: .policy)
        #expect(
            try policy.filled(feeder: #"a"b\c"#)
                == #"{"Resource":"${iot:Connection.Thing.ThingName}/${aws:x}/${*}/a\"b\\c"}"#)
    }
}
