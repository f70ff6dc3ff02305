import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one event, and prove that it is in the ledger.",
        discussion: """
            Prints the event as it came in, what it means, the feeder with its zone as registered then, \
            and the hashes that lead from the event to the ledger's root (RFC 9162, an inclusion \
            proof). The proof is checked; exit code 1 where the event's rows do not lead to the root. \
            --proof prints it as a shell script that checks it with sha256sum and basenc alone. With \
            a root and a size that were noted earlier, the event is proven to have been there then.

              replaylab show --ledger cats.ledger seq:5
              replaylab show --ledger cats.ledger id:5d9dc9f8-1818-4811-892f-902bd23f0824 --json
              replaylab show --ledger cats.ledger seq:5 --proof | sh
              replaylab show --ledger cats.ledger seq:5 --size 5000 --root 3f1c…
            """)

    @OptionGroup var ledger: LedgerOption

    @Argument(help: ArgumentHelp("Which event: seq:N, id:ID, or head.", valueName: "event"))
    var event: String

    @Option(
        help: ArgumentHelp(
            "How many events the tree has that it is proven in; all if absent.", valueName: "n"))
    var size: Int?

    @Option(
        help: ArgumentHelp(
            "The root of those, as noted earlier, 64 hexadecimal digits.", valueName: "hash"))
    var root: String?

    @OptionGroup var defaults: FeederDefaultsOptions

    @Flag(help: "Print the proof alone, as a shell script that checks it.")
    var proof = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if proof, json { throw ValidationError("--proof and --json do not go together") }
        if let root, SHA256Digest(hex: root) == nil {
            throw ValidationError(
                "--root takes 64 hexadecimal digits, as `replaylab info` prints them")
        }
        if let size, size < 1 { throw ValidationError("--size takes a number of events from 1 on") }
        if root != nil, size == nil {
            throw ValidationError("--root needs --size: the root of the first N events")
        }
    }

    func run() throws {
        let source = try ledger.open()
        let zones = try timeZones()
        try defaults.checkZone(in: zones)
        let sequence = try sequence(in: source)
        var noted: (size: Int, root: SHA256Digest)?
        if let size {
            noted = (size, try root.flatMap { SHA256Digest(hex: $0) } ?? source.root(of: size))
        }
        let account = try EventAccount(
            of: sequence, in: source, noted: noted,
            settings: defaults.settings, zones: zones)
        for note in account.notes { Terminal.note("replaylab: \(note.printable)") }
        let printer = EventPrinter(account, ledger: ledger.ledger)
        if proof {
            printer.printScript()
        } else if json {
            printer.printJSON()
        } else {
            printer.printText()
        }
        guard account.isProven else {
            Terminal.error(
                "the event at sequence \(sequence) does not lead to root \(account.root.hex) of"
                    + " \(Figures.count(account.proof.size, "event")): "
                    + (root == nil
                        ? "a row of its block was changed; `replaylab verify` says which"
                        : "the ledger is not the one that the root was noted of, or was rewritten"))
            throw ExitStatus.finding
        }
    }

    private func sequence(in source: EventLedger) throws -> Int {
        let point = try PointInTime(text: event)
        switch point {
        case .head, .id, .sequence(1...): break
        default:
            throw UsageError(
                description: "show takes one event, seq:N from 1 on, id:ID or head, not \(event)")
        }
        let sequence = try source.resolve(point).last
        guard sequence > 0 else {
            throw LedgerError.notFound(path: source.path, what: "event yet")
        }
        return sequence
    }
}
