import Lab
import Testing

@Suite struct `The profile of a campaign` {
    @Test(arguments: [
        "none", "wifi-lost=0.2", "duplicate-delivery=0.05,dead-battery=1",
        "late-event=0.000001,power-cut=0.123456",
    ])
    func `reads what it writes`(text: String) throws {
        #expect(try CampaignProfile(text: text).text == text)
    }

    @Test func `of a seed has some kinds on and some off, each by its own draw`() {
        let drawn = (1...60 as ClosedRange<UInt64>).map { CampaignProfile(seed: $0) }
        for kind in CampaignFault.allCases {
            let rates = Set(drawn.map { $0[kind] })
            #expect(rates.contains(0) && rates.count > 1, "\(kind): \(rates)")
        }
        #expect(Set(drawn.map(\.text)).count == 60)
    }

    @Test func `is read from a file of lines`() throws {
        let text = "# a bad week\nwifi-lost: 0.5\n\n  late-report:0.01 # some\n"
        #expect(
            try CampaignProfile(file: text, name: "week").text == "wifi-lost=0.5,late-report=0.01")
    }

    @Test func `is read from a file whose lines end as on Windows`() throws {
        let text = "wifi-lost: 0.5\r\n# some\r\nlate-report: 0.01\r\n"
        #expect(
            try CampaignProfile(file: text, name: "week").text == "wifi-lost=0.5,late-report=0.01")
    }

    @Test(arguments: [
        ("wifi-lost", "--faults: \"wifi-lost\" is no fault with its rate"),
        ("wifi-lots=0.1", "--faults: there is no fault wifi-lots; did you mean \"wifi-lost\"?"),
        ("wifi-lost=2", "2 is no rate of wifi-lost: a share of its days of a feeder"),
        ("wifi-lost=0.1234567", "at most 6 decimals"), ("wifi-lost=1.1", "1.1 is no rate"),
        ("wifi-lost=0.1,wifi-lost=0.2", "wifi-lost is there twice"),
        ("wifi-lost=0,wifi-lost=0.2", "wifi-lost is there twice"),
        ("", "is no fault with its rate"),
        ("wifi-lost=", " is no rate"), ("wifi-lost=-0.1", "-0.1 is no rate"),
    ])
    func `says what is wrong`(text: String, message: String) {
        let error = #expect(throws: CampaignProfileError.self) { try CampaignProfile(text: text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `a kind at a rate of 0 is as one that is not named`() throws {
        #expect(try CampaignProfile(text: "wifi-lost=0,late-event=0.1").text == "late-event=0.1")
        #expect(try CampaignProfile(text: "wifi-lost=0") == CampaignProfile())
    }

    @Test func `says in which line of a file`() {
        let error = #expect(throws: CampaignProfileError.self) {
            try CampaignProfile(file: "wifi-lost: 0.5\nwifi-last: 1\n", name: "week")
        }
        #expect(error?.description.hasPrefix("week:2: there is no fault wifi-last") == true)
    }

    @Test(arguments: ["none", "3", "3-5", "3,17-19", "1,3,5"])
    func `lists of reports are read as they are written`(text: String) throws {
        let numbers = try #require(try CampaignReport.numbers(text))
        #expect(CampaignReport.text(of: numbers) == text)
    }

    @Test(arguments: ["", "x", "0", "5-3", "1,,2", "1-2-3", "-3", "1-99999999999999999999"])
    func `a list of reports that is none is refused`(text: String) {
        #expect(throws: CampaignError.self) { try CampaignReport.numbers(text) }
    }

    @Test func `all reports are no list`() throws {
        #expect(try CampaignReport.numbers("all") == nil)
    }
}
