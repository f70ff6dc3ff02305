import EventModel
import Testing

@Suite struct `What an event means` {
    @Test(
        arguments: [
            (#"{"click-type": "SINGLE"}"#, ClickKind.single),
            (#"{"click-type":"DOUBLE"}"#, .double),
            (#"{"a":[{"click-type":"SINGLE"}],"click-type":"LONG"}"#, .long),
            (#"{"click-type":"SINGLE","click-type":"LONG"}"#, .long),
            (#"{"click-type":"LONG","click-type":7}"#, nil),
            (#"{"click\u002dtype":"LONG"}"#, .long),
            (#"{"click-type":"\u0053INGLE"}"#, .single),
            (#"{"button-event":{"click-type":"SINGLE"}}"#, nil),
            (#"{"click-type":"single"}"#, nil),
            (#"{"click-type":"SINGLE "}"#, nil),
            (#"{"click-type":null}"#, nil),
            (#"{"click-type":["SINGLE"]}"#, nil),
            (#"{"Click-Type":"SINGLE"}"#, nil),
            ("{}", nil), ("[]", nil), (#""SINGLE""#, nil), ("", nil), ("{", nil),
        ] as [(String, ClickKind?)])
    func `a press has a click type of its own, the last one`(detail: String, click: ClickKind?) {
        let content = EventContent(
            source: FeederSystem.source, detailType: "any", device: nil, detail: detail)
        #expect(content.click == click)
        #expect(content.meaning == click.map { .press($0) } ?? .other)
    }

    @Test(arguments: [
        "", "com.feedmyfurbabies ", "COM.FEEDMYFURBABIES", "com.feedmyfurbabies.registry",
    ])
    func `another source makes no press`(source: String) {
        let content = EventContent(
            source: source, detailType: FeederSystem.detailType, device: nil,
            detail: #"{"click-type":"SINGLE"}"#)
        #expect(content.meaning == .other)
    }

    @Test func `clicks fill their bowls`() {
        #expect(ClickKind.allCases.map(\.bowls) == [[.left], [.right], [.left, .right]])
        for click in ClickKind.allCases {
            #expect(ClickKind(word: click.word) == click)
            for bowl in Bowl.allCases { #expect(click.fills(bowl) == click.bowls.contains(bowl)) }
        }
    }

    @Test func `forms have names`() {
        for form in EventForm.allCases { #expect(EventForm(name: form.name) == form) }
        #expect(EventForm(name: "JSONL") == nil)
    }

    @Test func `each part of a content changes its digest`() {
        func digest(
            _ source: String = "s", _ type: String = "t", _ device: String? = "d",
            _ detail: String = "{}", _ form: EventForm = .put, _ envelope: String? = "{}"
        ) -> SHA256Digest {
            EventContent(
                source: source, detailType: type, device: device, detail: detail, form: form,
                envelope: envelope
            ).digest
        }
        let digests = [
            digest(), digest("st", ""), digest("", "st"), digest("s", "t", nil),
            digest("s", "t", ""),
            digest("s", "t", "d", "{} "), digest("s", "t", "d", "{}", .jsonLines),
            digest("s", "t", "d", "{}", .put, nil), digest("s", "t", "d", "{}", .put, ""),
        ]
        #expect(Set(digests).count == digests.count)
    }
}

@Suite struct Registrations {
    private let kitchen = Registration(
        device: "G030 \"é\"", feeder: "kitchen", timeZone: "Pacific/Auckland", leftGrams: 25,
        rightGrams: 30)

    @Test func `a registration comes back from its own detail`() {
        #expect(Registration(detail: kitchen.detail) == kitchen)
        let content = kitchen.content(envelope: nil)
        #expect(content.meaning == .registration(kitchen))
        #expect(content.device == kitchen.device)
        #expect(content.click == nil)
    }

    @Test func `another source or type is no registration`() {
        for (source, type) in [
            (FeederSystem.source, Registration.detailType), (Registration.source, "x"),
        ] {
            let content = EventContent(
                source: source, detailType: type, device: nil, detail: kitchen.detail)
            #expect(content.meaning == .other)
        }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"device-id":"d","feeder":"f","time-zone":"z"}"#,
        #"{"device-id":"d","feeder":"f","time-zone":"z","bowls":{"left":1}}"#,
        #"{"device-id":"d","feeder":"f","time-zone":"z","bowls":{"left":1,"right":-1}}"#,
        #"{"device-id":"d","feeder":"f","time-zone":"z","bowls":{"left":1,"right":100001}}"#,
        #"{"device-id":"d","feeder":"f","time-zone":"z","bowls":{"left":1,"right":1.5}}"#,
        #"{"device-id":"d","feeder":"f","time-zone":"z","bowls":{"left":1,"right":"1"}}"#,
        #"{"device-id":"d","feeder":"f","time-zone":"z","bowls":{"left":1,"right":99999999999999999999}}"#,
        #"{"device-id":7,"feeder":"f","time-zone":"z","bowls":{"left":1,"right":1}}"#,
        #"{"device-id":"d","feeder":"f","time-zone":"z","bowls":{"left":1,"right":1}} x"#,
    ])
    func `a detail that lacks a part is no registration`(detail: String) {
        #expect(Registration(detail: detail) == nil)
    }
}
