import EventModel
import Invariants
import Lab
import Projections
import Testing

@Suite struct `The shipped invariants` {
    private static let kitchen = GivenEvent.registration(
        of: "a", feeder: "kitchen", zone: "Pacific/Auckland", left: 40, right: 50,
        at: "2024-03-01T00:00:00Z")

    private static func single(_ time: String, id: String? = nil) -> GivenEvent {
        .press(.single, at: time, device: "a", id: id)
    }

    @Test(arguments: [
        ("2024-03-01T07:00:00Z", "2024-03-01T07:09:59Z", true),
        ("2024-03-01T07:00:00Z", "2024-03-01T07:10:00Z", false),
        // A late report of a feed before the last one.
        ("2024-03-01T07:00:00Z", "2024-03-01T06:55:00Z", true),
    ])
    func `no-double-feed holds two feeds of a bowl apart`(
        first: String, second: String, isBroken: Bool
    ) throws {
        let found = try given(Self.kitchen, Self.single(first), Self.single(second))
            .violation(of: NoDoubleFeed.self)
        #expect((found != nil) == isBroken)
        if isBroken { #expect(found?.witnesses == [2, 3] && found?.subject == "kitchen left") }
        #expect(
            try given(
                Self.kitchen, Self.single(first), .press(.double, at: second, device: "a")
            ).violation(of: NoDoubleFeed.self) == nil)
    }

    @Test func `daily-limit counts the feeder's own days`() throws {
        // Midnight in Auckland is 11:00 UTC.
        let two = try given(
            Self.kitchen, Self.single("2024-03-01T10:59:00Z"), Self.single("2024-03-01T11:00:00Z"))
        #expect(try two.violation(of: DailyLimit.self, 79) == nil)
        let three = try given(
            Self.kitchen, Self.single("2024-03-01T10:59:00Z"), Self.single("2024-03-01T11:00:00Z"),
            .press(.long, at: "2024-03-02T10:59:59Z", device: "a"))
        #expect(try three.violation(of: DailyLimit.self, 129)?.witnesses == [3, 4])
        #expect(try three.violation(of: DailyLimit.self, 130) == nil)
    }

    @Test func `fed-every-day misses whole local days, also at the end`() throws {
        let gap = try given(
            Self.kitchen, Self.single("2024-03-01T10:00:00Z"), Self.single("2024-03-03T10:00:00Z"))
        let found = try #require(try gap.violation(of: FedEveryDay.self))
        #expect(found.witnesses == [2, 3])
        #expect(found.sentence == "kitchen was not fed on 2024-03-02")
        #expect(try gap.violation(of: FedEveryDay.self, 1) == nil)
        let silent = try given(
            Self.kitchen, Self.single("2024-03-01T10:00:00Z"),
            .press(.single, at: "2024-03-03T10:00:00Z", device: "b"))
        #expect(try silent.violation(of: FedEveryDay.self)?.subject == "kitchen")
    }

    @Test func `press-has-one-effect knows a press by button, click and moment`() throws {
        let time = "2024-03-01T10:00:00Z"
        let twice = try given(Self.single(time, id: "x"), Self.single(time, id: "y"))
        #expect(try twice.violation(of: PressHasOneEffect.self)?.witnesses == [1, 2])
        let others = try given(
            Self.single(time), .press(.double, at: time, device: "a"),
            .press(.single, at: time, device: "b"), .press(.single, at: time),
            Self.single("2024-03-01T10:00:00.000001Z"))
        #expect(try others.violation(of: PressHasOneEffect.self) == nil)
    }

    @Test(arguments: [
        ("no-double-feed", "no-double-feed=10"), ("daily-limit=0", "daily-limit=0"),
        ("press-has-one-effect", "press-has-one-effect"),
    ])
    func `are named with their parameter`(text: String, name: String) throws {
        #expect(try ChosenInvariant(text, among: shippedInvariants).description == name)
    }

    @Test(arguments: [
        "no-double-feed=0", "no-double-feed=", "daily-limit=-1", "daily-limit=1e3", "none",
        "press-has-one-effect=1",
    ])
    func `refuse what is no parameter`(text: String) {
        #expect(throws: InvariantError.self) {
            try ChosenInvariant(text, among: shippedInvariants)
        }
    }
}
