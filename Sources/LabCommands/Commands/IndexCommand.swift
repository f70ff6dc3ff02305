import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Build what a ledger's replay index lacks, build it anew, or drop it.",
        discussion: """
            The index holds the events again as 16-byte records, 65,536 a segment, so that hydrate \
            need not step over rows. It is derived: whoever writes a ledger adds each segment that \
            fills, this command adds those that lack, and dropping it changes no result. A file keeps \
            its size when the index is dropped; what is written next uses the room.

              replaylab index --ledger cats.ledger
              replaylab index --ledger cats.ledger --rebuild
              replaylab index --ledger cats.ledger --drop
            """)

    @OptionGroup var ledger: LedgerOption

    @Flag(help: "Drop all segments first, sound or not.")
    var rebuild = false

    @Flag(help: "Drop the index.")
    var drop = false

    @Option(
        help: ArgumentHelp(
            "Seconds to wait for another writer of the ledger.", valueName: "seconds"))
    var wait: Double = 0

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if rebuild, drop { throw ValidationError("--rebuild and --drop do not go together") }
        guard wait >= 0 else {
            throw ValidationError("--wait takes seconds from 0 on, not \(wait)")
        }
    }

    func run() throws {
        try ledger.checkIsFile()
        Interrupts.catchSignals()
        let holder = "pid \(ProcessInfo.processInfo.processIdentifier), index"
        let outcome: ReplayIndex.Outcome
        if drop {
            outcome = try ReplayIndex.drop(path: ledger.ledger, holder: holder, patience: wait)
        } else {
            let total = (try? ledger.open().headSequence()) ?? 0
            var bar = ProgressBar("index")
            defer { bar.clear() }
            outcome = try ReplayIndex.build(
                path: ledger.ledger, rebuild: rebuild, holder: holder, patience: wait
            ) { sequence in
                bar.update(
                    Double(sequence) / Double(max(1, total)), Figures.count(sequence, "event"))
                if Interrupts.isRequested { throw Interruption() }
            }
        }
        json ? printJSON(outcome) : printLine(outcome)
    }

    private func printJSON(_ outcome: ReplayIndex.Outcome) {
        Terminal.print(
            JSONValue.object([
                .init("head", .int(outcome.head)), .init("written", .int(outcome.written)),
                .init("dropped", .int(outcome.dropped)),
                .init("segments", .int(outcome.extent.segments)),
                .init("events", .int(outcome.extent.events)),
                .init("bytes", .int(outcome.extent.bytes)),
            ]).text())
    }

    private func printLine(_ outcome: ReplayIndex.Outcome) {
        var parts: [String] = []
        if outcome.dropped > 0 || drop {
            parts.append("\(Figures.count(outcome.dropped, "segment")) dropped")
        }
        if !drop {
            parts.append("\(Figures.count(outcome.written, "segment")) written")
            parts.append(
                "\(Figures.grouped(outcome.extent.events)) of \(Figures.count(outcome.head, "event"))"
                    + " in the index")
        }
        Terminal.print("\(ledger.ledger): " + parts.joined(separator: ", "))
    }
}
