import CatFeeder
import EventModel
import Testing

@Suite struct `A feeder that loses its power` {
    @Test(arguments: [
        // Pressed at 3: the motors run from 3 to 13, the feeder rests until 15.
        (3, ["3 left 0", "3 right 0"]), (4, ["4 left 2", "4 right 3"]),
        (8, ["8 left 12", "8 right 15"]), (12, ["12 left 22", "12 right 27"]),
        (13, ["13 left 25", "13 right 30"]), (14, ["14 left 25", "14 right 30"]),
    ])
    func `in a feed has dispensed what had fallen`(second: Int, bowls: [String]) {
        var bench = Bench { $0.rightGrams = 30 }
        bench.at(3) { $0.press("LONG") }
        bench.run(to: 3)
        bench.at(second) { $0.losePower() }
        #expect(bench.log == bowls)
        bench.run(to: 500)
        bench.at(501) { $0.boot() }
        bench.run(to: 999)
        // What was fed is not fed again, and nothing is acknowledged for it.
        #expect(bench.log == bowls && bench.died == 0)
        #expect(bench.firmware.hopperGrams == 4_000 - total(bowls))
    }

    private func total(_ bowls: [String]) -> Int {
        bowls.compactMap { $0.split(separator: " ").last }.compactMap { Int($0) }.reduce(0, +)
    }

    @Test func `before a feed loses what waits in its socket`() {
        var bench = Bench()
        bench.at(1) { for _ in 0..<3 { $0.press("SINGLE") } }
        bench.at(2) { $0.losePower() }
        bench.at(9) { $0.boot() }
        bench.run(to: 99)
        #expect(bench.log.isEmpty && bench.died == 3)
    }

    @Test func `after a feed has dispensed it, and loses what waited meanwhile`() {
        var bench = Bench()
        bench.at(3) { $0.press("SINGLE") }
        bench.at(5) { $0.press("SINGLE") }
        bench.at(16) { $0.losePower() }
        // The second feed began at 15.
        #expect(bench.dispensed == ["15 left 25", "16 left 2"])
    }

    @Test func `hears nothing, wakes never and feeds nobody until it is back`() {
        var bench = Bench { $0.states = .all }
        bench.at(4) { $0.losePower() }
        #expect(bench.firmware.nextWake == nil)
        bench.at(8) { $0.press("SINGLE") }
        bench.run(to: 99)
        #expect(bench.firmware.waiting == 0 && bench.dispensed.isEmpty)
        #expect(bench.firmware.nextWake == nil)
        bench.at(100) { $0.boot() }
        #expect(bench.firmware.nextWake == Bench.moment(100))
        bench.at(101) { $0.press("SINGLE") }
        bench.run(to: 130)
        #expect(bench.dispensed == ["115 left 25"])
    }

    @Test func `says its state when it is back, though it has not changed`() {
        var bench = Bench { $0.states = .onChange }
        bench.at(5) { $0.losePower() }
        bench.at(100) { $0.boot() }
        bench.run(to: 200)
        #expect(
            bench.log == [
                #"0 state {"food_capacity":100}"#, #"100 state {"food_capacity":100}"#,
            ])
    }

    @Test func `twice loses nothing twice`() {
        var bench = Bench()
        bench.at(3) { $0.press("SINGLE") }
        bench.at(8) { $0.losePower() }
        bench.at(9) { $0.losePower() }
        #expect(bench.dispensed == ["8 left 12"] && bench.died == 0)
    }
}

@Suite struct `A feeder that loses its Wi-Fi` {
    @Test func `feeds on, and loses what it had not read`() {
        var bench = Bench()
        bench.at(3) { $0.press("SINGLE") }
        bench.at(5) { for _ in 0..<2 { $0.press("DOUBLE") } }
        bench.at(6) { $0.loseConnection() }
        bench.at(40) { $0.press("SINGLE") }
        bench.run(to: 99)
        #expect(bench.dispensed == ["15 left 25", "54 left 25"] && bench.died == 2)
    }
}

@Suite struct `The mended firmware` {
    private static func bench(memory: Int = 1_024) -> Bench {
        Bench {
            $0.remembersMessages = true
            $0.memory = memory
        }
    }

    @Test func `feeds once for each id, leaves copies alone and acknowledges them`() {
        var bench = Self.bench()
        bench.at(3) {
            $0.press("SINGLE", id: "a")
            $0.press("SINGLE", id: "a")
            $0.press("SINGLE", id: "b")
        }
        bench.run(to: 50)
        bench.at(51) { $0.press("SINGLE", id: "a") }
        bench.run(to: 99)
        #expect(
            bench.log == [
                "15 left 25", "15 acknowledge", "15 copy", "15 acknowledge", "27 left 25",
                "27 acknowledge", "51 copy", "51 acknowledge",
            ])
    }

    @Test func `feeds for each message without an id, as the deployed one does for all`() {
        var bench = Self.bench()
        bench.at(3) { for _ in 0..<2 { $0.press("SINGLE") } }
        bench.run(to: 99)
        #expect(bench.dispensed.count == 2)
        var deployed = Bench()
        deployed.at(3) { for _ in 0..<2 { $0.press("SINGLE", id: "a") } }
        deployed.run(to: 99)
        #expect(deployed.dispensed.count == 2 && !deployed.log.contains { $0.contains("copy") })
    }

    @Test func `remembers through a loss of power what it had begun to feed`() {
        var bench = Self.bench()
        bench.at(3) { $0.press("SINGLE", id: "a") }
        bench.at(8) { $0.losePower() }
        bench.at(20) { $0.boot() }
        bench.at(21) { $0.press("SINGLE", id: "a") }
        bench.run(to: 99)
        #expect(bench.log == ["8 left 12", "23 copy", "23 acknowledge"])
    }

    @Test func `feeds for what died in its socket when it comes again`() {
        var bench = Self.bench()
        bench.at(1) { $0.press("SINGLE", id: "a") }
        bench.at(2) { $0.losePower() }
        bench.at(20) { $0.boot() }
        bench.at(21) { $0.press("SINGLE", id: "a") }
        bench.run(to: 99)
        #expect(bench.dispensed == ["35 left 25"] && bench.died == 1)
    }

    @Test func `forgets the oldest ids, and never one of the last that it has room for`() {
        var bench = Self.bench(memory: 4)
        for number in 0..<50 {
            bench.at(bench.now + 30) { $0.press("SINGLE", id: "\(number)") }
            for last in max(0, number - 3)...number {
                bench.at(bench.now + 30) { $0.press("SINGLE", id: "\(last)") }
            }
        }
        bench.run(to: bench.now + 60)
        #expect(bench.dispensed.count == 50)
        bench.at(bench.now + 1) { $0.press("SINGLE", id: "0") }
        bench.run(to: bench.now + 60)
        #expect(bench.dispensed.count == 51)
    }
}
