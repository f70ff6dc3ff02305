import Lab

extension Figures {
    /// Microseconds in the two greatest units that they fill: `21 h 56 min`, `1.5 s`, `12 d 3 h`.
    static func duration(_ microseconds: Int64) -> String {
        guard microseconds >= 0 else {
            return "-" + duration(microseconds == .min ? .max : -microseconds)
        }
        guard microseconds >= 60_000_000 else {
            let seconds = microseconds / 1_000_000
            let milliseconds = String(microseconds / 1000 % 1000 + 1000).dropFirst()
            let fraction = milliseconds.reversed().drop { $0 == "0" }.reversed()
            return fraction.isEmpty ? "\(seconds) s" : "\(seconds).\(String(fraction)) s"
        }
        let seconds = Int(microseconds / 1_000_000)
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
            (seconds % 60, "s"),
        ]
        let first = parts.firstIndex { $0.0 > 0 } ?? 3
        return parts[first..<min(first + 2, 4)].filter { $0.0 > 0 }
            .map { "\(grouped($0.0)) \($0.1)" }.joined(separator: " ")
    }
}
