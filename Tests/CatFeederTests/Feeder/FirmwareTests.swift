import CatFeeder
import EventModel
import Testing

@Suite struct `The feeder's firmware` {
    @Test(arguments: [
        ("SINGLE", ["left 25"]), ("DOUBLE", ["right 30"]), ("LONG", ["left 25", "right 30"]),
    ])
    func `feeds for ten seconds and rests for two`(word: String, bowls: [String]) {
        var bench = Bench { $0.rightGrams = 30 }
        bench.at(1) { $0.press(word) }
        // It comes round at 3, and is back in its loop at 15.
        bench.run(to: 14)
        #expect(bench.log.isEmpty && bench.firmware.nextWake == Bench.moment(15))
        bench.run(to: 15)
        #expect(bench.log == bowls.map { "15 \($0)" } + ["15 acknowledge"])
    }

    @Test func `reads what came during a feed when the feed is over, one after the other`() {
        var bench = Bench()
        bench.at(3) { $0.press("SINGLE") }
        bench.at(4) { $0.press("DOUBLE") }
        bench.at(9) { $0.press("SINGLE") }
        #expect(bench.firmware.waiting == 2)
        bench.run(to: 99)
        #expect(bench.dispensed == ["15 left 25", "27 right 25", "39 left 25"])
    }

    @Test(arguments: [
        "", "{", "null", "[]", #""SINGLE""#, "{}", #"{"event": "TRIPLE"}"#,
        #"{"event": "single"}"#, #"{"event": 1}"#, #"{"event": ["SINGLE"]}"#,
        #"{"event": "SINGLE "}"#, #"{"Event": "SINGLE"}"#,
        #"{"event": "SINGLE", "event": "NONE"}"#, "\u{0}\u{1}",
    ])
    func `runs no motor for anything else, and goes on`(payload: String) {
        var bench = Bench()
        bench.at(1) {
            $0.receive(payload)
            $0.press("SINGLE")
        }
        bench.run(to: 60)
        #expect(bench.log == ["3 acknowledge", "15 left 25", "15 acknowledge"])
    }

    @Test func `takes the last event of a message, as its reader does`() {
        var bench = Bench()
        bench.at(3) { $0.receive(#"{"event": "SINGLE", "event": "DOUBLE"}"#) }
        bench.run(to: 60)
        #expect(bench.dispensed == ["15 right 25"])
    }

    @Test(arguments: [(FeederSettings.Firmware.current, 3), (.older, 5)])
    func `publishes a state each time round its loop, and none while it feeds`(
        firmware: FeederSettings.Firmware, period: Int
    ) {
        var bench = Bench {
            $0.firmware = firmware
            $0.states = .all
        }
        bench.at(2 * period) { $0.press("SINGLE") }
        bench.run(to: 40)
        let states = bench.log.filter { $0.contains("state ") }.compactMap {
            Int($0.prefix { $0 != " " })
        }
        let end = 2 * period + 12
        let after = Array(stride(from: end + period, through: 40, by: period))
        #expect(states == [0, period, 2 * period] + after)
        #expect(bench.dispensed == ["\(end) left 25"])
    }

    @Test func `says what is left in hundredths of its hopper`() {
        var bench = Bench {
            $0.states = .onChange
            $0.hopperGrams = 200
            $0.leftGrams = 29
        }
        bench.at(3) { $0.press("SINGLE") }
        bench.run(to: 60)
        bench.at(70) { $0.press("NONE") }
        bench.run(to: 99)
        #expect(
            bench.log == [
                #"0 state {"food_capacity":100}"#, "15 left 29", "15 acknowledge",
                #"18 state {"food_capacity":85}"#, "72 acknowledge",
            ])
        #expect(bench.firmware.nextWake == nil)
    }

    @Test func `in its older form says the time and that both motors stand`() {
        var bench = Bench {
            $0.states = .all
            $0.firmware = .older
        }
        bench.run(to: 6)
        #expect(
            bench.log == [
                #"0 state {"time":"1970-01-01T00:00:00Z","state_1":0,"state_2":0}"#,
                #"5 state {"time":"1970-01-01T00:00:05Z","state_1":0,"state_2":0}"#,
            ])
    }

    @Test func `without states wakes for messages alone`() {
        var bench = Bench()
        bench.run(to: 1_000)
        #expect(bench.log.isEmpty && bench.firmware.nextWake == nil)
        bench.at(1_001) { $0.press("SINGLE") }
        #expect(bench.firmware.nextWake == Bench.moment(1_002))
    }

    @Test func `dispenses what its hopper holds, and then nothing`() {
        var bench = Bench {
            $0.hopperGrams = 60
            $0.isRefilled = false
        }
        bench.at(1) { for _ in 0..<2 { $0.press("LONG") } }
        bench.run(to: 60)
        #expect(bench.dispensed == ["15 left 25", "15 right 25", "27 left 10", "27 right 0"])
        #expect(bench.firmware.hopperGrams == 0)
        bench.firmware.refill(at: Bench.moment(60))
        bench.at(61) { $0.press("SINGLE") }
        bench.run(to: 99)
        #expect(bench.dispensed.last == "75 left 25")
    }

    @Test func `is filled up before a feed that would empty it`() {
        var bench = Bench { $0.hopperGrams = 60 }
        bench.at(1) { for _ in 0..<3 { $0.press("SINGLE") } }
        bench.run(to: 99)
        #expect(bench.dispensed == ["15 left 25", "27 left 25", "39 left 25"])
        #expect(bench.firmware.hopperGrams == 35)
    }

    @Test func `publishes a new state when somebody fills it, and not in the past`() {
        var bench = Bench {
            $0.hopperGrams = 100
            $0.isRefilled = false
            $0.states = .onChange
        }
        bench.at(1) { $0.press("SINGLE") }
        bench.run(to: 1_000)
        bench.firmware.refill(at: Bench.moment(1_000))
        #expect(bench.firmware.nextWake == Bench.moment(1_002))
        bench.run(to: 1_002)
        #expect(bench.log.last == #"1002 state {"food_capacity":100}"#)
    }

    @Test func `with a hopper of nothing divides by nothing`() {
        var bench = Bench {
            $0.hopperGrams = 0
            $0.states = .onChange
        }
        bench.at(1) { $0.press("LONG") }
        bench.run(to: 60)
        #expect(bench.dispensed == ["15 left 0", "15 right 0"])
        #expect(bench.log.first == #"0 state {"food_capacity":0}"#)
    }
}
