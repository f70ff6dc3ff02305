import Foundation

/// Medians by name, in order of first mention.
struct Measurements {
    private var names: [String] = []
    private var rates: [String: [Double]] = [:]
    private var memory: [String: Int] = [:]
    private var events = 0
    var bytes = 0.0

    mutating func add(_ name: String, _ count: Int, _ run: FinishedRun, seconds: Double? = nil) {
        if rates[name] == nil { names.append(name) }
        rates[name, default: []].append(Double(count) / (seconds ?? run.seconds))
        memory[name] = max(memory[name] ?? 0, run.peakKilobytes)
        events = max(events, count)
    }

    /// Something that was measured in this process, whose memory says nothing.
    mutating func add(_ name: String, _ count: Int, seconds: Double) {
        events = max(events, count)
        if rates[name] == nil { names.append(name) }
        rates[name, default: []].append(Double(count) / seconds)
    }

    func median(_ name: String) -> Double {
        let sorted = (rates[name] ?? []).sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[sorted.count / 2]
    }

    func print(rounds: Int) {
        printTable(rounds: rounds)
        let tenths = Int((bytes * 10).rounded())
        let perPress = "\(tenths / 10).\(tenths % 10)"
        Swift.print("\nbytes a press, all included: \(perPress) (aim 100 at most)")
        printRatio("simulate", "raw insert loop (C)", "0.5")
        printRatio("hydrate both projections", "raw scan loop (C)", "0.7")
    }

    func printTable(rounds: Int) {
        func column(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        func row(_ a: String, _ b: String, _ c: String) {
            let name = a + String(repeating: " ", count: max(0, 44 - a.count))
            Swift.print(name + column(b, 14) + column(c, 12))
        }
        Swift.print("\(events) events, \(rounds) rounds, medians\n")
        row("", "events/s", "peak MB")
        for name in names {
            row(name, String(Int(median(name))), memory[name].map { String($0 / 1024) } ?? "")
        }
    }

    func printRatio(_ a: String, _ b: String, _ aim: String) {
        let hundredths = Int((median(a) / median(b) * 100).rounded())
        let digits = String(hundredths % 100 + 100).dropFirst()
        let text = "\(hundredths / 100).\(digits)"
        Swift.print("\(a) / \(b): \(text) (aim \(aim))")
    }
}
