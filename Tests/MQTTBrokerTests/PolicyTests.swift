import EventModel
import MQTTBroker
import Testing

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
