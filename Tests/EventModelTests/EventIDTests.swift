import EventModel
import Testing

@Suite struct `Event ids` {
    @Test func `a canonical UUID is two integers`() {
        let text = "0189f7e0-1234-7abc-8def-0123456789ab"
        let id = EventID(text)
        #expect(id == .uuid(0x0189_F7E0_1234_7ABC, 0x8DEF_0123_4567_89AB))
        #expect(id.text == text)
        #expect(id.description == text)
    }

    @Test(arguments: [
        "", "x", "0189F7E0-1234-7ABC-8DEF-0123456789AB", "0189f7e0-1234-7abc-8def-0123456789a",
        "0189f7e0-1234-7abc-8def-0123456789abc", "0189f7e012347abc8def0123456789abcdef",
        "0189f7e0_1234_7abc_8def_0123456789ab", "0189f7e0-1234-7abc-8def-0123456789ag",
        "0189f7e-01234-7abc-8def-0123456789ab", "katzenfütterung", "a\u{0}b",
    ])
    func `any other text stays as it came`(text: String) {
        #expect(EventID(text) == .other(text))
        #expect(EventID(text).text == text)
    }

    @Test func `ids are compared byte by byte`() {
        let (one, two) = (EventID("f\u{FC}ttern"), EventID("fu\u{308}ttern"))
        #expect(one.text == two.text)  // canonically equivalent, which Swift calls equal
        #expect(one != two)
        #expect(Set([one, two, EventID("f\u{FC}ttern")]).count == 2)
    }

    @Test func `a derived id is a version 8 UUID of the digest's bytes`() {
        let digest = SHA256.hash("abc")
        let text = EventID(derivedFrom: digest).text
        #expect(text == "ba7816bf-8f01-8fea-8141-40de5dae2223")
        #expect(EventID(text) == EventID(derivedFrom: digest))
    }

    @Test func `an id by time is a version 7 UUID that rises with time`() throws {
        let time = try Timestamp(text: "2022-02-22T19:22:22.000Z")
        // RFC 9562, appendix A.6
        let id = EventID(time: time, random: (0xFFFF_FFFF_FFFF_FCC3, 0xD8C4_DC0C_0C07_398F))
        #expect(id.text == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        let later = EventID(time: Timestamp(microseconds: time.microseconds + 1000), random: (0, 0))
        #expect(id.text < later.text)
        #expect(EventID(time: .earliest, random: (0, 0)).text.hasPrefix("00000000-0000-7000-8"))
    }
}
