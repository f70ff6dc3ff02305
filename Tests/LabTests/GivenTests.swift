import EventModel
import Lab
import Projections
import Testing

@Suite struct `Given, hydrate, then` {
    @Test func `a long press fills both bowls`() throws {
        try given(
            .press(.single, at: "2024-03-01T07:00:00Z"), .press(.long, at: "2024-03-01T18:00:00Z")
        )
        .hydrate(BowlTotals.self, until: "2024-03-02T00:00:00Z")
        .then { #expect($0.dispenses(.left) == 2) }
        .then { #expect($0.dispenses(.right) == 1) }
        .then { #expect($0.lastDispense(.right) == "2024-03-01T18:00:00Z") }
    }

    @Test func `what happened after the moment does not count, the moment itself does`() throws {
        try given(
            .press(.single, at: "2024-03-01T07:00:00Z"), .press(.long, at: "2024-03-01T18:00:00Z")
        )
        .hydrate(BowlTotals.self, until: "2024-03-01T07:00:00Z")
        .then { #expect($0.dispenses(.left) == 1 && $0.dispenses(.right) == 0) }
    }

    @Test func `a late report changes the day that it belongs to`() throws {
        let late = try given(
            .press(.single, at: "2024-03-01T07:00:00Z"),
            .press(.single, at: "2024-03-02T07:00:00Z"),
            .press(.double, at: "2024-03-01T19:00:00Z", recorded: "2024-03-09T00:00:00Z"))
        try late.hydrate(FeedingStats.self).then {
            #expect($0.day("2024-03-01")?.feeds == 2)
            #expect($0.day("2024-03-02")?.longestGap == 43_200_000_000)
        }
        try late.hydrate(FeedingStats.self, asOf: "2024-03-05T00:00:00Z").then {
            #expect($0.day("2024-03-01")?.feeds == 1)
            #expect($0.day("2024-03-02")?.longestGap == 86_400_000_000)
        }
    }

    @Test func `portions are those of the registration before the press`() throws {
        try given(
            .press(.single, at: "2024-03-01T07:00:00Z", device: "b"),
            .registration(
                of: "b", feeder: "kitchen", zone: "Pacific/Auckland", left: 40,
                at: "2024-03-01T08:00:00Z"),
            .press(.single, at: "2024-03-01T09:00:00Z", device: "b")
        )
        .hydrate(GramsServed.self)
        .then { #expect($0.value($0.grams, of: "kitchen") == 40) }
        .then { #expect($0.value($0.grams, of: "b") == 25) }
        .then {
            let grams = try $0.rows("feeders").map { $0["grams"] }
            #expect(grams == [.integer(25), .integer(40)])
        }
    }

    @Test func `other events are heard by those who ask`() throws {
        try given(
            .event("Feed Dispensed", "{\"grams\": 20}", at: "2024-03-01T07:00:00Z"),
            .event("Feed Dispensed", "{\"grams\": \"many\"}", at: "2024-03-01T07:00:01Z"),
            .event("Door Opened", at: "2024-03-01T07:00:02Z")
        )
        .hydrate(GramsHeard.self)
        .then { #expect($0.events == 1 && $0.latest == 1) }
    }

    @Test func `a time that is none is named`() {
        #expect(throws: GivenError.self) { try given(.press(.single, at: "yesterday")) }
    }
}
