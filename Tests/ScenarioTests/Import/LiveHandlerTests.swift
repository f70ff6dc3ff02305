import EventModel
import Scenario
import Testing

/// The three forms of a button event.
private enum Form {
    static let tested =
        #"{"devicePayload": {"clickType": "SINGLE"}, "deviceEvent": {"buttonClicked": {"reportedTime": 1111111}}}"#
    static let oneClick = #"""
        {"deviceEvent": {"buttonClicked": {"clickType": "DOUBLE", "reportedTime": "2018-05-04T23:26:33.747Z"}},
         "deviceInfo": {"attributes": {"room": "kitchen"}, "type": "button", "deviceId": "G030PMXXXXXXXXXX", "remainingLife": 95.5},
         "placementInfo": {"projectName": "cats", "placementName": "home", "attributes": {}, "devices": {"feeder": "G030PMXXXXXXXXXX"}}}
        """#
    static let enterprise =
        #"{"serialNumber": "G030PMXXXXXXXXXX", "clickType": "LONG", "batteryVoltage": "1567 mV"}"#
}

@Suite struct `The handler on the live path` {
    private func put(
        _ text: String, _ variant: ButtonHandler.Variant
    ) throws -> ButtonHandler.Put {
        try ButtonHandler().put(try JSONValue(parsing: text), as: variant)
    }

    @Test(arguments: [
        (Form.tested, #"{"click-type": "SINGLE"}"#),
        (Form.oneClick, #"{"click-type": "DOUBLE"}"#),
        (Form.enterprise, #"{"click-type": "LONG"}"#),
    ])
    func `puts the click and nothing else, as deployed`(form: String, detail: String) throws {
        let put = try put(form, .deployed)
        #expect(put.detail == detail)
        #expect(put.time == nil)
    }

    @Test(arguments: [
        (
            Form.tested,
            #"{"click-type": "SINGLE", "reported-time": "1970-01-01T00:18:31.111Z"}"#,
            "1970-01-01T00:18:31.111Z"
        ),
        (
            Form.oneClick,
            #"{"click-type": "DOUBLE", "reported-time": "2018-05-04T23:26:33.747Z", "device-id": "G030PMXXXXXXXXXX"}"#,
            "2018-05-04T23:26:33.747Z"
        ),
        (Form.enterprise, #"{"click-type": "LONG", "device-id": "G030PMXXXXXXXXXX"}"#, nil),
    ])
    func `keeps time and device where the form has them, as mended`(
        form: String, detail: String, time: String?
    ) throws {
        let put = try put(form, .mended)
        #expect(put.detail == detail)
        #expect(put.time == (try time.map { try Timestamp(text: $0) }))
    }

    @Test(arguments: ButtonHandler.Variant.allCases)
    func `knows the button where the form names it`(variant: ButtonHandler.Variant) throws {
        #expect(try put(Form.tested, variant).device == nil)
        #expect(try put(Form.oneClick, variant).device == "G030PMXXXXXXXXXX")
        #expect(try put(Form.enterprise, variant).device == "G030PMXXXXXXXXXX")
    }

    @Test func `writes the entry of PutEvents`() throws {
        #expect(
            try put(Form.oneClick, .deployed).text(bus: "feedmyfurbabies")
                == #"{"Source": "com.feedmyfurbabies", "DetailType": "AWS IoT 1-Click", "Detail": "{\"click-type\": \"DOUBLE\"}", "EventBusName": "feedmyfurbabies"}"#
        )
        #expect(
            try put(Form.tested, .mended).text(bus: "feedmyfurbabies")
                == #"{"Time": "1970-01-01T00:18:31.111Z", "Source": "com.feedmyfurbabies", "DetailType": "AWS IoT 1-Click", "Detail": "{\"click-type\": \"SINGLE\", \"reported-time\": \"1970-01-01T00:18:31.111Z\"}", "EventBusName": "feedmyfurbabies"}"#
        )
    }

    @Test(arguments: [
        // No time that could be read, no device that is text, a word that no feeder knows, two clicks.
        (
            #"{"devicePayload": {"clickType": "SINGLE"}, "deviceEvent": {"buttonClicked": {"reportedTime": "soon"}}}"#,
            #"{"click-type": "SINGLE"}"#
        ),
        (#"{"serialNumber": 7, "clickType": "LONG"}"#, #"{"click-type": "LONG"}"#),
        (#"{"clickType": "TRIPLÉ"}"#, #"{"click-type": "TRIPL\u00c9"}"#),
        (
            #"{"devicePayload": {"clickType": "SINGLE"}, "clickType": "LONG"}"#,
            #"{"click-type": "SINGLE"}"#
        ),
    ])
    func `refuses as deployed nothing that the mended one refuses for its other fields`(
        form: String, detail: String
    ) throws {
        #expect(try put(form, .deployed).detail == detail)
        #expect(throws: ButtonHandler.Refusal.self) { try put(form, .mended) }
    }

    @Test(
        arguments: [
            "{}", "[]", "5", #"{"clickType": 5}"#, #"{"devicePayload": {}}"#,
            #"{"deviceEvent": {"deviceHealthEvent": {"remainingLife": 3}}}"#,
        ], ButtonHandler.Variant.allCases)
    func `refuses what has no click`(form: String, variant: ButtonHandler.Variant) {
        #expect(throws: ButtonHandler.Refusal.self) { try put(form, variant) }
    }
}
