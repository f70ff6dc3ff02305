import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Scenario

struct TailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show a ledger's last events, a line each, and those that are appended.",
        discussion: """
            A line has sequence, time, device and what happened; with --json it is the line that \
            `export --format jsonl` writes. --follow goes on with what other processes append, until \
            Ctrl-C (exit code 130) or until nobody reads its output. It holds no lock between two \
            looks, so writers open and close the ledger as they like.

              replaylab tail --ledger cats.ledger
              replaylab tail --ledger cats.ledger -n 100 --json
              replaylab tail --ledger cats.ledger -n 0 --follow
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        name: [.customShort("n"), .customLong("lines")],
        help: ArgumentHelp("How many of the events that are there.", valueName: "events"))
    var lines = 10

    @Flag(name: .shortAndLong, help: "Go on with what is appended.")
    var follow = false

    @Option(
        help: ArgumentHelp("Seconds between two looks, 0.05 to 3600.", valueName: "seconds"))
    var interval = 0.5

    @Flag(help: "Print a JSON object a line.")
    var json = false

    func validate() throws {
        guard lines >= 0 else {
            throw ValidationError("--lines takes a number of events from 0 on, not \(lines)")
        }
        guard (0.05...3600).contains(interval) else {
            throw ValidationError("--interval takes 0.05 to 3600 seconds, not \(interval)")
        }
    }

    func run() throws {
        try ledger.checkIsFile()
        if follow { Interrupts.catchSignals() }
        var tail = try LedgerTail(path: ledger.ledger, count: lines)
        var left = follow ? Int.max : lines
        while Terminal.outputError == nil {
            let events = try look(&tail, limit: min(left, 1000))
            try print(events)
            left -= events.count
            if Interrupts.isRequested { throw Interruption() }
            guard events.isEmpty || left == 0 else { continue }
            guard follow, waitForMore() else { return }
        }
    }

    /// The events that are new. A ledger that somebody holds shut just now has none yet for a
    /// follower.
    private func look(
        _ tail: inout LedgerTail, limit: Int
    ) throws -> [(sequence: Int, event: Event)] {
        do {
            return try tail.next(limit: limit)
        } catch LedgerError.busy where follow {
            return []
        }
    }

    private func print(_ events: [(sequence: Int, event: Event)]) throws {
        guard json else {
            let lines = events.map { EventLine.text($1, at: $0) + "\n" }
            Terminal.write(lines.joined(), to: STDOUT_FILENO)
            return
        }
        var exporter = EventExporter(format: .jsonl) { Terminal.write($0, to: STDOUT_FILENO) }
        for (sequence, event) in events { try exporter.write(event, sequence: Int64(sequence)) }
        try exporter.finish()
    }

    /// Waits until it is time to look again; false where nobody reads any more.
    private func waitForMore() -> Bool {
        var rest = Int32(interval * 1000)
        while rest > 0, !Interrupts.isRequested {
            // A pipe whose reader is gone shows at once; everything else is a pause.
            var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            let slice = min(rest, 100)
            if poll(&output, 1, slice) > 0,
                output.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
            {
                return false
            }
            rest -= slice
        }
        return true
    }
}

/// One event in one line of text.
enum EventLine {
    /// `12,067  2024-12-31T06:57:53.396000Z  G030PM0123456789  SINGLE`
    static func text(_ event: Event, at sequence: Int) -> String {
        let number = Figures.grouped(sequence)
        let blanks = String(repeating: " ", count: max(0, 10 - number.count))
        let recorded = event.recorded ?? event.time
        let lag = recorded.microseconds - event.time.microseconds
        var text =
            "\(blanks)\(number)  \(event.time.text)  \(event.device ?? "–")  \(what(event.content))"
        // A second on the way is nothing to speak of.
        if abs(lag) >= 1_000_000 {
            text += ", recorded \(Figures.duration(abs(lag))) \(lag < 0 ? "earlier" : "later")"
        }
        return text.printableLine
    }

    private static func what(_ content: EventContent) -> String {
        switch content.meaning {
        case .press(let click): click.word
        case .registration(let one):
            "registered with \(one.feeder), \(one.timeZone),"
                + " \(Figures.grouped(one.leftGrams)) g and \(Figures.grouped(one.rightGrams)) g"
        case .other: "\(content.detailType) (\(content.source)) \(content.detail)"
        }
    }
}
