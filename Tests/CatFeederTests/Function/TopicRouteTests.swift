import CatFeeder
import EventBus
import EventModel
import Testing

@Suite struct `A topic` {
    private let directory = FeederDirectory([
        (2, Self.registration("b1", "kitchen")), (5, Self.registration("b1", "hall")),
        (7, Self.registration("caf\u{E9}", "one scalar")),
        (8, Self.registration("slash", "a/b")),
    ])

    private static func registration(_ device: String, _ feeder: String) -> Registration {
        Registration(
            device: device, feeder: feeder, timeZone: "UTC", leftGrams: 1, rightGrams: 1)
    }

    private func topic(
        _ template: String, _ device: String?, _ sequence: Int?
    ) throws -> String {
        var route = TopicRoute(template, directory: directory)
        return try route.topic(of: Self.press(of: device), at: sequence).description
    }

    private static func press(of device: String?) -> EventContent {
        EventContent(
            source: FeederSystem.source, detailType: FeederSystem.detailType, device: device,
            detail: #"{"click-type":"LONG"}"#)
    }

    @Test(arguments: [
        (1, "b1"), (2, "b1"), (3, "kitchen"), (5, "kitchen"), (6, "hall"), (99, "hall"),
    ])
    func `follows the registration that came before the event in the ledger`(
        sequence: Int, feeder: String
    ) throws {
        #expect(try topic("f/${feeder}/action", "b1", sequence) == "f/\(feeder)/action")
    }

    @Test func `of an event that is in no ledger follows the last registration`() throws {
        #expect(try topic("f/${feeder}", "b1", nil) == "f/hall")
    }

    @Test func `of a device that nobody registered is its own, and of none is the default's`()
        throws
    {
        #expect(try topic("f/${feeder}", "b2", 9) == "f/b2")
        #expect(try topic("f/${feeder}/${device}", nil, 9) == "f/default/default")
        #expect(try topic("f/${feeder}/${device}", "b1", 9) == "f/hall/b1")
    }

    @Test func `tells two spellings of one letter apart`() throws {
        #expect(try topic("${feeder}", "caf\u{E9}", 9) == "one scalar")
        var route = TopicRoute("${feeder}", directory: directory)
        let other = try route.topic(of: Self.press(of: "cafe\u{301}"), at: 9)
        #expect(other.bytes == Array("cafe\u{301}".utf8))
    }

    @Test func `without variables is the same for all`() throws {
        for device in ["b1", "a/b", nil] {
            #expect(try topic("cat-feeder/action", device, 1) == "cat-feeder/action")
        }
    }

    @Test(arguments: ["a/b", "+", "#", "a+", "nul\u{0}"])
    func `cannot be made of a name that is no level: no attempt helps`(name: String) throws {
        for template in ["f/${device}", "f/${feeder}"] {
            let failure = #expect(throws: TargetFailure.self) { try topic(template, name, 1) }
            #expect(failure?.isPermanent == true && failure?.reason.contains("topic") == true)
        }
        let sent = try Sent(
            detail: #"{"click-type":"LONG"}"#, device: name, topic: "f/${feeder}")
        #expect(sent.messages.isEmpty && sent.attempts == 1)
        #expect(sent.letters.map(\.condition) == [.notRetryable])
    }

    @Test func `asks no more of a name than to stand where it stands`() throws {
        let odd = FeederDirectory([(1, Self.registration("a/b", "kitchen"))])
        var route = TopicRoute("f/${feeder}", directory: odd)
        #expect(try route.topic(of: Self.press(of: "a/b"), at: 2).description == "f/kitchen")
        #expect(try topic("f/${device}", "slash", 9) == "f/slash")
    }

    @Test func `directory names all feeders once, in order of their bytes`() {
        #expect(directory.feeders == ["a/b", "default", "hall", "kitchen", "one scalar"])
    }
}
