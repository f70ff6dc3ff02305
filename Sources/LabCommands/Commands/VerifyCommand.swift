import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Projections

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Prove that a ledger is as it was written, or that a store is what its history makes of it.",
        discussion: """
            Recomputes every hash from the rows and names the sequence of any that was changed, \
            removed or moved. With a root and a size that were noted earlier it also finds a ledger \
            that was cut or rewritten. With a store, hydrates its projections anew in memory and \
            compares row by row. Exit code 1 where something differs.

              replaylab verify --ledger cats.ledger
              replaylab verify --ledger cats.ledger --size 5000 --root 3f1c…
              replaylab verify --ledger cats.ledger --store cats.sqlite
            """)

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: ArgumentHelp("The root that was noted, 64 hexadecimal digits.", valueName: "hash"))
    var root: String?

    @Option(help: ArgumentHelp("How many events the ledger had then.", valueName: "n"))
    var size: Int?

    @Option(
        help: ArgumentHelp("A store to compare with this ledger.", valueName: "file"),
        completion: .file())
    var store: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let root, SHA256Digest(hex: root) == nil {
            throw ValidationError(
                "--root takes 64 hexadecimal digits, as `replaylab info` prints them")
        }
        if let size, size < 0 { throw ValidationError("--size takes a number of events") }
        guard (root == nil) == (size == nil) else {
            throw ValidationError("--root and --size go together: the root of the first N events")
        }
    }

    func run() throws {
        Interrupts.catchSignals()
        var noted: (size: Int, root: SHA256Digest)?
        if let size, let root, let digest = SHA256Digest(hex: root) { noted = (size, digest) }
        if let store, !FileManager.default.fileExists(atPath: store) {
            throw MissingFile(
                description: "no store at \(store); `replaylab hydrate --store` makes one")
        }
        let head: LedgerHead?
        var findings: [String]
        (head, findings) = try audit(noted)
        var checked = "\(ledger.ledger): sound"
        if let head {
            checked += ", \(Figures.count(head.sequence, "event")), root \(head.root.hex)"
        }
        var stores: [String] = []
        if let store, findings.isEmpty {
            let source = try ledger.open()
            let opened = try HydrationStore(path: store, readOnly: true)
            let differences = try opened.verify(
                against: source, projections: ReplayLab.projections, database: timeZones())
            findings += differences.map { "\(store): \($0.projection): \($0.description)" }
            for checkpoint in try opened.checkpoints() where findings.isEmpty {
                stores.append(
                    "\(store): \(checkpoint.projection) equals its history up to sequence"
                        + " \(checkpoint.sequence), digest \(checkpoint.state.hex)")
            }
        }
        if json {
            Terminal.print(
                JSONValue.object([
                    .init("sound", .bool(findings.isEmpty)),
                    .init("head", head.map { .int($0.sequence) } ?? .null),
                    .init("root", .optional(head?.root.hex)),
                    .init("findings", .array(findings.map(JSONValue.string))),
                ]).text())
        } else if findings.isEmpty {
            for line in [checked] + stores { Terminal.print(line) }
        } else {
            for finding in findings { Terminal.print(finding) }
        }
        if !findings.isEmpty { throw ExitStatus.finding }
    }

    /// What the ledger's own audit finds. Damage that keeps the file from opening is a finding, too.
    private func audit(
        _ noted: (size: Int, root: SHA256Digest)?
    ) throws -> (LedgerHead?, findings: [String]) {
        try ledger.checkIsFile()
        var bar = ProgressBar("verify")
        defer { bar.clear() }
        do {
            let total = (try? ledger.open().headSequence()) ?? 0
            let report = try EventLedger.verify(path: ledger.ledger, noted: noted) { sequence in
                bar.update(
                    Double(sequence) / Double(max(1, total)), Figures.count(sequence, "event"))
                if Interrupts.isRequested { throw Interruption() }
            }
            var findings = report.findings.map { "\(ledger.ledger): \($0)" }
            if report.furtherFindings > 0 {
                findings.append("… and \(Figures.grouped(report.furtherFindings)) more")
            }
            return (report.head, findings)
        } catch let error as LedgerError {
            guard case .damaged = error else { throw error }
            return (nil, ["\(error)"])
        }
    }
}
