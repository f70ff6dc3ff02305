import EventModel

/// Puts findings as a table, or as JSON.
enum Report {
    static func printTable(_ findings: [LoopFinding]) {
        func row(_ cells: [String]) {
            let widths = [48, 9, 9, 9, 9, 8, 18, 8]
            let texts = zip(cells, widths).enumerated().map { place, cell in
                let pad = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
                return place == 0 ? cell.0 + pad : pad + cell.0
            }
            print(texts.joined())
        }
        row(["loop", "N", "at N", "at 2N", "more", "units", "a unit", "at most"])
        for finding in findings {
            row([
                finding.name, String(finding.single.events),
                String(finding.single.allocations.count), String(finding.doubled.allocations.count),
                String(finding.difference), String(finding.units),
                "\(text(finding.perUnit)) a \(finding.law.unit)", text(finding.law.most),
            ])
        }
        for finding in findings where finding.law.growth > 0 {
            print(
                "\(finding.name): \(finding.law.growth) more, for state that doubles with history")
        }
    }

    static func json(_ findings: [LoopFinding]) -> JSONValue {
        .array(
            findings.map { finding in
                [
                    "loop": .string(finding.name), "unit": .string(finding.law.unit),
                    "events": .array([
                        .int(finding.single.events), .int(finding.doubled.events),
                    ]),
                    "units": .array([.int(finding.single.units), .int(finding.doubled.units)]),
                    "allocations": .array([
                        .int(finding.single.allocations.count),
                        .int(finding.doubled.allocations.count),
                    ]),
                    "bytes": .array([
                        .int(finding.single.allocations.bytes),
                        .int(finding.doubled.allocations.bytes),
                    ]),
                    "difference": .int(finding.difference), "limit": .int(finding.limit),
                    "holds": .bool(finding.holds),
                ]
            })
    }

    /// What is wrong with a loop that broke its law, and what to do.
    static func complaint(_ finding: LoopFinding) -> String {
        let per = "\(finding.law.unit)\(finding.law.growth > 0 ? ", growth included" : "")"
        return "\(finding.name): \(finding.difference) allocations more over"
            + " \(finding.doubled.events) events than over \(finding.single.events), where"
            + " \(finding.limit) are allowed (\(text(finding.law.most)) a \(per)); find what"
            + " allocates in the loop: a breakpoint on malloc shows it"
    }

    /// A number with two decimals, or none.
    static func text(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
