import EventModel
import Expectations
import Lab

/// Shows what came of a replay.
struct ReplayPrinter {
    let report: ReplayReport
    let ledger: String

    func printText() {
        let progress = report.progress
        Terminal.print(
            "replay \(Terminal.bold(report.name)) of \(ledger): \(report.state.rawValue),"
                + " \(Figures.count(progress.events, "event"))"
                + (progress.lastReplayed.map { ", the last of \($0.shortText)" } ?? ""))
        if progress.events == 0, report.state == .completed {
            Terminal.print("  window       no event lies in it")
        }
        Terminal.print("  delivery     \(report.model)" + seedText)
        if !report.decisions.isEmpty {
            let list = report.decisions.map { "\(Figures.grouped($0.count)) \($0.kind)" }
            Terminal.print("  decisions    \(list.joined(separator: ", "))")
        }
        let bus = report.bus
        Terminal.print(
            "  bus          \(Figures.count(bus.attempts, "attempt")),"
                + " \(Figures.grouped(bus.delivered)) delivered"
                + (bus.failed > 0 ? ", \(Figures.grouped(bus.failed)) failed" : "")
                + (bus.deadLettered > 0 ? ", \(Figures.grouped(bus.deadLettered)) given up" : "")
                + (bus.redriven > 0 ? ", \(Figures.grouped(bus.redriven)) redriven" : ""))
        printLetters()
        printMessages()
        for one in report.digests {
            Terminal.print(
                "  \(padded(one.projection)) \(Figures.count(one.events, "event"))"
                    + (one.copies > 0 ? ", \(Figures.grouped(one.copies)) copies dropped" : "")
                    + ", state \(one.digest)")
        }
        Terminal.print("  root         \(report.root)")
    }

    private func printLetters() {
        var parts = report.deadLetters.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
            .map { "\(Figures.grouped($0.value.count)) in \($0.key)" }
        if report.dropped > 0 {
            parts.append(
                "\(Figures.grouped(report.dropped)) dropped, whose targets name no dead-letter queue"
            )
        }
        if !parts.isEmpty { Terminal.print("  dead letters \(parts.joined(separator: ", "))") }
    }

    private var seedText: String {
        report.model == "ordered" ? "" : ", seed \(report.seed): \(report.faults)"
    }

    private func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(0, 12 - name.count))
    }

    private func printMessages() {
        let audit = report.audit
        if report.feeders.isEmpty {
            Terminal.print("  messages     none: no target that sends them is on (--target)")
        } else {
            var line =
                "  messages     \(Figures.grouped(audit.expected)) expected,"
                + " \(Figures.grouped(audit.received)) received"
            for (name, deviation) in audit.deviations {
                line += ", \(Figures.grouped(deviation.count)) \(name)"
            }
            Terminal.print(line)
        }
        for (name, deviation) in audit.deviations {
            guard let first = deviation.first else { continue }
            Terminal.print(
                "    first \(name): "
                    + (first.sequence.map { "sequence \($0), " } ?? "no event, ")
                    + (first.at.map { "\($0.shortText), " } ?? "") + "\(first.key)".printable)
        }
        for reason in audit.refused.prefix(10) { Terminal.print("    not allowed: \(reason)") }
        if audit.refused.count > 10 {
            Terminal.print("    and \(Figures.grouped(audit.refused.count - 10)) more")
        }
        if report.replaysIgnored > 0 {
            Terminal.print(
                "  function     left \(Figures.count(report.replaysIgnored, "replayed event")) alone"
            )
        }
        for feeder in report.feeders.prefix(10) {
            let counts = feeder.counts
            Terminal.print(
                "  feeder       \(feeder.name.printable):"
                    + " \(Figures.count(counts.dispenses, "dispense")),"
                    + " \(Figures.grouped(counts.leftGrams)) g left,"
                    + " \(Figures.grouped(counts.rightGrams)) g right")
        }
        if report.feeders.count > 10 {
            Terminal.print(
                "               and \(Figures.grouped(report.feeders.count - 10)) feeders more;"
                    + " in all \(Figures.grouped(report.grams)) g")
        }
    }

    func printJSON() {
        let audit = report.audit
        let progress = report.progress
        let messages: [JSONValue.Member] =
            [
                .init("expected", .int(audit.expected)), .init("received", .int(audit.received)),
            ] + audit.deviations.map { .init(key($0.name), deviation($0.1)) } + [
                .init("refused", .array(audit.refused.map { .string($0) })),
                .init("accepted", .bool(audit.isAccepted)),
            ]
        let value: JSONValue = .object([
            .init("replay", .string(report.name)), .init("state", .string(report.state.rawValue)),
            .init("delivery", .string(report.model)), .init("seed", .int(report.seed)),
            .init("faults", .string(report.faults)), .init("events", .int(progress.events)),
            .init("sequence", .int(progress.sequence)),
            .init("eventLastReplayedTime", .optional(progress.lastReplayed?.text)),
            .init(
                "decisions",
                .object(report.decisions.map { .init(key($0.kind), .int($0.count)) })),
            .init("messages", .object(messages)),
            .init("replaysIgnored", .int(report.replaysIgnored)),
            .init("dispenses", .int(report.dispenses)), .init("grams", .int(report.grams)),
            .init("redriven", .int(report.bus.redriven)), .init("dropped", .int(report.dropped)),
            .init(
                "deadLetters",
                .object(
                    report.deadLetters.sorted { $0.key < $1.key }.map {
                        .init($0.key, .int($0.value.count))
                    })),
            .init(
                "digests",
                .object(report.digests.map { .init($0.projection, .string($0.digest)) })),
            .init("root", .string(report.root)),
        ])
        Terminal.print(value.text())
    }

    /// `out of order` as `outOfOrder`.
    private func key(_ words: String) -> String {
        let parts = words.split { $0 == " " || $0 == "-" }
        return parts.enumerated()
            .map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }
            .joined()
    }

    private func deviation(_ deviation: AuditReport.Deviation) -> JSONValue {
        guard let first = deviation.first else { return .object([.init("count", .int(0))]) }
        return .object([
            .init("count", .int(deviation.count)),
            .init(
                "first",
                .object([
                    .init("sequence", first.sequence.map { .int($0) } ?? .null),
                    .init("at", .optional(first.at?.text)),
                    .init("topic", .string(String(decoding: first.key.topic, as: UTF8.self))),
                    .init("payload", .string(String(decoding: first.key.payload, as: UTF8.self))),
                ])),
        ])
    }
}
