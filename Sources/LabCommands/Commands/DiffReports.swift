import EventModel
import Lab
import Ledger
import Projections

/// Says what came of comparing two projections.
struct ProjectionDiffReport {
    let ledger: EventLedger
    let diff: ProjectionDiff
    let rows: Int

    private var printer: DifferencePrinter {
        DifferencePrinter(
            onlyFirst: "in \(diff.first) alone",
            onlySecond: "in \(diff.second) alone", limit: rows)
    }

    func printText() throws {
        Terminal.print("\(diff.first) and \(diff.second), \(Figures.count(diff.events, "event"))")
        for table in diff.compared { Terminal.print("  compared    \(table.printableLine)") }
        for omission in diff.omissions { Terminal.print("  left out    \(omission.printableLine)") }
        guard let parting = diff.parting else {
            Terminal.print(
                diff.every == 1
                    ? "  equal after every event"
                    : "  equal, looked at after every \(Figures.grouped(diff.every)) events;"
                        + " --every 1 looks after each")
            return
        }
        if parting.sequence == 0 {
            Terminal.print("they differ before the first event:")
        } else {
            let event = try ledger.event(at: parting.sequence)
            Terminal.print(
                "they part at seq:\(parting.sequence),"
                    + " \(event.time.shortText), \(RowHistoryPrinter.words(event)):")
        }
        printer.printText(parting.difference)
        if diff.every > 1 {
            Terminal.note(
                "before that it was looked at after every \(Figures.grouped(diff.every)) events, and"
                    + " they were equal; --every 1 looks after each")
        }
        Terminal.print(diff.difference.isEmpty ? "at the end they are equal" : "at the end:")
        printer.printText(diff.difference)
    }

    func object() -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("equal", .bool(diff.isEqual)), .init("first", .string(diff.first)),
            .init("second", .string(diff.second)), .init("events", .int(diff.events)),
            .init("every", .int(diff.every)),
            .init("compared", .array(diff.compared.map { .string($0) })),
            .init("leftOut", .array(diff.omissions.map { .string($0) })),
        ]
        let parting = diff.parting.map { parting -> JSONValue in
            .object(
                [.init("sequence", .int(parting.sequence))] + printer.object(parting.difference))
        }
        members.append(.init("parting", parting ?? .null))
        members.append(.init("end", .object(printer.object(diff.difference))))
        return .object(members)
    }
}

/// Says what came of comparing a store with its ledger.
struct StoreDiffReport {
    let ledger: EventLedger
    let store: String
    let diff: StoreDiff
    let rows: Int

    private var printer: DifferencePrinter {
        DifferencePrinter(
            onlyFirst: "missing in the store",
            onlySecond: "in the store alone", limit: rows)
    }

    func printText() throws {
        let checkpoint = diff.checkpoint
        Terminal.print(
            "\(checkpoint.projection) in \(store.printableLine), checkpoint at"
                + " seq:\(checkpoint.sequence)"
                + (checkpoint.point.time.map { ", events until \($0.shortText)" } ?? ""))
        for note in diff.notes { Terminal.print("  \(note.printableLine)") }
        guard !diff.isEqual else {
            Terminal.print("  equal: the store holds the rows that the ledger leads to")
            return
        }
        Terminal.print("ledger → store:")
        printer.printText(diff.difference)
        if let sequence = diff.isStateAt {
            Terminal.print(
                "the store is the state at seq:\(sequence),"
                    + " \(distance(sequence))")
        } else {
            Terminal.print(
                "the store is none of the \(Figures.count(diff.looks, "other state")) that it was"
                    + " compared with")
        }
        for cause in diff.causes {
            Terminal.print("made \("\(cause.table) \(cause.keyText)".printableLine):")
            for line in try RowHistoryPrinter(ledger: ledger, history: cause).lines() {
                Terminal.print("  " + line)
            }
        }
    }

    /// `3 behind its checkpoint`
    private func distance(_ sequence: Int) -> String {
        let distance = diff.checkpoint.sequence - sequence
        return distance > 0
            ? "\(Figures.grouped(distance)) behind its checkpoint"
            : "\(Figures.grouped(-distance)) ahead of its checkpoint"
    }

    func object() throws -> JSONValue {
        let causes = try diff.causes.map { cause -> JSONValue in
            .object(try RowHistoryPrinter(ledger: ledger, history: cause).object())
        }
        return .object(
            [
                .init("equal", .bool(diff.isEqual)),
                .init("projection", .string(diff.checkpoint.projection)),
                .init("sequence", .int(diff.checkpoint.sequence)),
                .init("notes", .array(diff.notes.map { .string($0) })),
                .init("isStateAt", diff.isStateAt.map { .int($0) } ?? .null),
                .init("looks", .int(diff.looks)),
            ] + printer.object(diff.difference) + [.init("causes", .array(causes))])
    }
}
