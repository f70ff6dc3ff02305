import Simulation
import Testing

@Suite struct Philox4x64Tests {
    struct KnownAnswer: Sendable, CustomTestStringConvertible {
        var name: String
        var counter: [UInt64]
        var key: [UInt64]
        var words: [UInt64]
        var testDescription: String { name }
    }

    // The vectors of Random123, `kat_vectors`, philox4x64 with 10 rounds.
    static let answers = [
        KnownAnswer(
            name: "all zero", counter: [0, 0, 0, 0], key: [0, 0],
            words: [
                0x1655_4d9e_ca36_314c, 0xdb20_fe9d_672d_0fdc, 0xd7e7_72ce_e186_176b,
                0x7e68_b68a_ec7b_a23b,
            ]),
        KnownAnswer(
            name: "all ones", counter: [.max, .max, .max, .max], key: [.max, .max],
            words: [
                0x87b0_92c3_013f_e90b, 0x438c_3c67_be8d_0224, 0x9cc7_d7c6_9cd7_77b6,
                0xa09c_aebf_594f_0ba0,
            ]),
        KnownAnswer(
            name: "digits of pi",
            counter: [
                0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0,
                0x082e_fa98_ec4e_6c89,
            ],
            key: [0x4528_21e6_38d0_1377, 0xbe54_66cf_34e9_0c6c],
            words: [
                0xa528_f454_03e6_1d95, 0x38c7_2dbd_566e_9788, 0xa5a1_610e_72fd_18b5,
                0x57bd_43b5_e52b_7fe6,
            ]),
    ]

    @Test(arguments: answers)
    func `gives the known answers of Random123`(answer: KnownAnswer) {
        let words = Philox4x64.words(
            counter: (answer.counter[0], answer.counter[1], answer.counter[2], answer.counter[3]),
            key: (answer.key[0], answer.key[1]))
        #expect([words.0, words.1, words.2, words.3] == answer.words)
    }

    @Test func `gives the 10,000th value that C++26 asks of philox4x64`() {
        // Value n is word n % 4 of counter n / 4, from counter 0 on.
        let words = Philox4x64.words(counter: (9999 / 4, 0, 0, 0), key: (20_111_115, 0))
        #expect(words.3 == 3_409_172_418_970_261_260)
    }
}

@Suite struct RandomStreamTests {
    @Test func `the key holds seed, map version and domain, the counter holds the address`() {
        let stream = RandomStream(seed: 42, domain: .snackTime)
        let words = stream.words(draw: 1, slot: 2, day: -3, entity: 4)
        let expected = Philox4x64.words(
            counter: (1, 2, UInt64(bitPattern: -3), 4), key: (42, 1 << 32 | 5))
        #expect(words == expected)
    }

    @Test func `draws hand out the words of draw 0, then those of draw 1`() {
        let stream = RandomStream(seed: 7, domain: .habitTime)
        var draws = stream.draws(slot: 5, day: 6, entity: 8)
        let (first, second) = (
            stream.words(draw: 0, slot: 5, day: 6, entity: 8),
            stream.words(draw: 1, slot: 5, day: 6, entity: 8)
        )
        let expected = [first.0, first.1, first.2, first.3, second.0]
        #expect((0..<5).map { _ in draws.next() } == expected)
    }

    @Test func `an entity is the begin of its text's SHA-256`() {
        // printf abc | sha256sum
        #expect(RandomStream.entity("abc") == 0xba78_16bf_8f01_cfea)
    }

    @Test func `no number of a domain was changed`() {
        let numbers = RandomDomain.allCases.map { "\($0.rawValue) \($0)" }
        #expect(
            numbers == [
                "1 eventID", "2 habitHappens", "3 habitTime", "4 snackCount", "5 snackTime",
                "6 clickKind", "7 fleetZone", "8 fleetHabitShift", "9 lateness", "10 duplication",
                "11 loss", "12 clockSkew", "13 tieOrder", "14 faultProfile", "15 deliveryOrder",
                "16 retryDelay", "17 lawHistory", "18 lawCut", "19 targetFailure", "20 archiveLag",
                "21 outage", "22 trip", "23 fleetAppetite", "24 fleetPortion", "25 fleetMove",
                "26 fleetLeave", "27 repeatedPress", "28 lateReport", "29 duplicateReport",
                "30 splitDouble", "31 unsetClock", "32 battery", "33 healthReport",
                "34 campaign",
            ])
        #expect(RandomDomain.streamMapVersion == 1)
    }
}
