import CatFeeder
import EventModel
import Lab
import Projections

/// Shows the steps of one press.
struct PressPrinter {
    let live: LivePress
    let archived: LivePress.Archived
    let ledger: String

    /// A line of the story: what it is about, and what there is to say.
    private func say(_ name: String, _ text: String) {
        let blanks = String(repeating: " ", count: max(0, 13 - name.count))
        Terminal.print("\(Terminal.bold(name))\(blanks) \(text)".printable)
    }

    /// What is done before anything goes over the bus.
    func printArchived() {
        say("button", live.press.buttonEvent)
        say(
            "handler",
            "\(live.topology.buttonHandler.rawValue), puts "
                + archived.handled.put.text(bus: live.topology.bus.name))
        say(
            "ledger",
            "\(ledger): sequence \(Figures.grouped(archived.head.sequence)),"
                + " root \(archived.head.root.hex)")
    }

    func printText(_ report: LiveReport) {
        say(
            "archives",
            report.archives.isEmpty
                ? "none of topology \(live.topology.name) has it"
                : report.archives.joined(separator: ", "))
        say("event", String(decoding: report.event, as: UTF8.self))
        for rule in report.rules { printRule(rule, report.event) }
        for message in report.messages {
            say(
                "message",
                "\(message.topic), QoS \(message.qos): "
                    + String(decoding: message.payload, as: UTF8.self))
        }
        if !report.messages.isEmpty, report.feeders.isEmpty {
            say("feeder", "none was told")
        }
        for feeder in report.feeders { say("feeder", words(feeder)) }
        for changed in report.projections {
            if changed.rows.isEmpty { say(changed.projection, "unchanged") }
            for row in changed.rows { say(changed.projection, words(row)) }
        }
        if report.waiting > 0 {
            say("bus", "\(Figures.count(report.waiting, "attempt")) more would be made later")
        }
    }

    private func printRule(_ rule: LiveReport.Rule, _ event: [UInt8]) {
        let state =
            !rule.isEnabled ? "is disabled" : rule.isMatched ? "matches" : "does not match"
        say("rule", "\(rule.name) \(state)")
        for delivery in rule.deliveries {
            var line = "  \(delivery.target) is given "
            switch delivery.input {
            case nil: line += "nothing"
            case event: line += "the event"
            case let input?: line += String(decoding: input, as: UTF8.self)
            }
            if delivery.attempt > 1 { line += ", attempt \(delivery.attempt)" }
            if let failure = delivery.failure { line += ", and fails: \(failure)" }
            say("", line)
        }
    }

    private func words(_ feeder: LiveReport.Fed) -> String {
        var text = "\(feeder.clientID): "
        if feeder.runs.isEmpty { text += "no motor runs" }
        text += feeder.runs.map { run in
            "\(run.bowl.name) motor \(feeder.duration / 1_000_000) s from \(run.begin.shortText),"
                + " \(Figures.grouped(run.grams)) g"
        }
        .joined(separator: "; ")
        return text + "; hopper \(Figures.grouped(feeder.hopperGrams)) of"
            + " \(Figures.grouped(feeder.hopperSize)) g"
    }

    private func words(_ row: RowChange) -> String {
        let cells = row.cells.map { cell in
            let before = cell.before.map { words($0) + " → " } ?? ""
            return "\(cell.column) \(before)\(words(cell.after))"
        }
        let isNew = row.cells.allSatisfy { $0.before == nil }
        return "\(row.table) \(row.key.joined(separator: " "))\(isNew ? ", new" : ""): "
            + cells.joined(separator: ", ")
    }

    private func words(_ cell: Cell) -> String {
        switch cell {
        case .integer(let number): Figures.grouped(number)
        case .null: "–"
        default: cell.description
        }
    }
}

extension PressPrinter {
    func printJSON(_ report: LiveReport) {
        func parsed(_ text: String) -> JSONValue {
            (try? JSONValue(parsing: text)) ?? .string(text)
        }
        func parsed(_ bytes: [UInt8]) -> JSONValue {
            parsed(String(decoding: bytes, as: UTF8.self))
        }
        let value: JSONValue = .object([
            .init("button", parsed(live.press.buttonEvent)),
            .init("handler", .string(live.topology.buttonHandler.rawValue)),
            .init("put", parsed(archived.handled.put.text(bus: live.topology.bus.name))),
            .init("ledger", .string(ledger)), .init("sequence", .int(archived.head.sequence)),
            .init("root", .string(archived.head.root.hex)),
            .init("archives", .array(report.archives.map { .string($0) })),
            .init("event", parsed(report.event)),
            .init(
                "rules",
                .array(
                    report.rules.map { rule in
                        [
                            "name": .string(rule.name), "enabled": .bool(rule.isEnabled),
                            "matched": .bool(rule.isMatched),
                            "targets": .array(
                                rule.deliveries.map { one in
                                    [
                                        "id": .string(one.target), "attempt": .int(one.attempt),
                                        "input": one.input.map { parsed($0) } ?? .null,
                                        "failure": .optional(one.failure?.description),
                                    ]
                                }),
                        ]
                    })),
            .init(
                "messages",
                .array(
                    report.messages.map {
                        [
                            "topic": .string($0.topic), "qos": .int($0.qos),
                            "payload": .string(String(decoding: $0.payload, as: UTF8.self)),
                        ]
                    })), .init("feeders", .array(report.feeders.map(json))),
            .init("projections", .object(report.projections.map(json))),
            .init("attemptsWaiting", .int(report.waiting)),
        ])
        Terminal.print(value.text())
    }

    private func json(_ feeder: LiveReport.Fed) -> JSONValue {
        let runs = feeder.runs.map { run -> JSONValue in
            [
                "motor": .string(run.bowl.name), "begin": .string(run.begin.text),
                "seconds": .int(feeder.duration / 1_000_000), "grams": .int(run.grams),
            ]
        }
        return [
            "client": .string(feeder.clientID), "runs": .array(runs),
            "hopperGrams": .int(feeder.hopperGrams), "hopperSize": .int(feeder.hopperSize),
        ]
    }

    private func json(_ changed: LiveReport.Changed) -> JSONValue.Member {
        let rows = changed.rows.map { row -> JSONValue in
            let cells = row.cells.map { cell in
                JSONValue.Member(
                    cell.column,
                    ["before": cell.before.map(json) ?? .null, "after": json(cell.after)])
            }
            return [
                "table": .string(row.table), "key": .array(row.key.map { .string($0) }),
                "changes": .object(cells),
            ]
        }
        return .init(changed.projection, .array(rows))
    }

    private func json(_ cell: Cell) -> JSONValue {
        switch cell {
        case .integer(let number): .int(number)
        case .text(let text): .string(text)
        case .time(let time): .string(time.shortText)
        case .null: .null
        }
    }
}
