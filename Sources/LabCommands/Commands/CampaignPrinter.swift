import EventModel
import Foundation
import Lab

/// Shows what came of a campaign.
struct CampaignPrinter {
    let report: CampaignReport
    let topology: String

    init(_ report: CampaignReport, topology: String) {
        self.report = report
        self.topology = topology
    }

    /// The command that repeats a failure, reduced where it was.
    func command(_ failure: CampaignReport.Failure) -> String {
        let profile = failure.reduced?.profile ?? failure.profile
        let kept = failure.reduced?.reports ?? failure.reports
        let reports = kept.map { CampaignReport.text(of: $0) } ?? "all"
        return ShellLine.command([
            "campaign", "--topology", topology, "--from-seed", "\(failure.seed)", "--seeds", "1",
            "--faults", profile.text, "--reports", reports,
        ])
    }

    func printText() {
        let stopped =
            report.isStopped ? "stopped after \(Figures.grouped(report.seedsRun)) of " : ""
        Terminal.print(
            "\(stopped)\(Figures.count(report.seeds, "seed")) from \(report.firstSeed) to "
                + "\(report.lastSeed) over "
                + "\(report.systems.joined(separator: ", ")): "
                + "\(Figures.count(report.reports, "report")) of presses")
        printMarks()
        printExcused()
        for failure in report.failures { printFailure(failure) }
        Terminal.print(verdict)
        if let next = report.nextSeed { Terminal.print("go on with --from-seed \(next)") }
    }

    private func printMarks() {
        Terminal.print("  marks: times, seeds")
        let width = report.marks.map(\.mark.name.count).max() ?? 0
        let counts = report.marks.map { Figures.grouped($0.count) }
        let widest = counts.map(\.count).max() ?? 0
        for (mark, count) in zip(report.marks, counts) {
            let name = mark.mark.name + String(repeating: " ", count: width - mark.mark.name.count)
            let blanks = String(repeating: " ", count: widest - count.count)
            let note =
                !mark.isPossible
                ? "cannot happen here"
                : mark.count == 0 ? "NEVER" : "\(Figures.grouped(mark.seeds))"
            Terminal.print("    \(name)  \(blanks)\(count)  \(note)")
        }
    }

    private func printExcused() {
        let excused = report.excused.filter { $0.count > 0 }
        guard !excused.isEmpty else { return }
        Terminal.print(
            "  excused by a fault that the system cannot know of, or need not make up for")
        let names = excused.map { "\($0.invariant), \($0.fault.rawValue)" }
        let width = names.map(\.count).max() ?? 0
        for (name, one) in zip(names, excused) {
            Terminal.print(
                "    \(name)\(String(repeating: " ", count: width - name.count))  "
                    + Figures.grouped(one.count))
        }
    }

    private func printFailure(_ failure: CampaignReport.Failure) {
        Terminal.print(
            "  \(Terminal.bold(failure.identity)): \(Figures.count(failure.seeds.count, "seed")), "
                + "the smallest \(failure.seed)")
        Terminal.print("    \(failure.setting)")
        Terminal.print("    faults \(failure.profile)")
        Terminal.print("    \(failure.what)")
        if let reduced = failure.reduced {
            Terminal.print(
                "    reduced\(reduced.isMinimal ? "" : ", until it was stopped,") to \(Figures.count(reduced.reports.count, "report")), "
                    + "\(reduced.profile), in \(Figures.count(reduced.probes, "trial")): "
                    + reduced.what)
        }
        Terminal.print("    repeat: \(command(failure))")
    }

    private var verdict: String {
        let failing =
            report.failures.isEmpty
            ? report.isStopped ? "every run so far holds" : "every run holds"
            : "\(Figures.count(report.failingSeeds, "seed")) FAIL in "
                + Figures.count(report.failures.count, "way")
        let unfired = report.unfired.map(\.name).joined(separator: ", ")
        if unfired.isEmpty { return "\(failing); every mark fired" }
        return report.demandsMarks
            ? "\(failing); NEVER fired: \(unfired)"
            : "\(failing); not fired in so few seeds: \(unfired)"
    }
}

extension CampaignPrinter {
    var json: JSONValue {
        .object([
            .init("firstSeed", .int(report.firstSeed)), .init("seeds", .int(report.seeds)),
            .init("seedsRun", .int(report.seedsRun)),
            .init("nextSeed", report.nextSeed.map { .int($0) } ?? .null),
            .init("systems", .array(report.systems.map { .string($0) })),
            .init("reports", .int(report.reports)),
            .init(
                "marks",
                .array(
                    report.marks.map {
                        [
                            "mark": .string($0.mark.name), "possible": .bool($0.isPossible),
                            "count": .int($0.count), "seeds": .int($0.seeds),
                        ]
                    })),
            .init(
                "excused",
                .array(
                    report.excused.filter { $0.count > 0 }.map {
                        [
                            "invariant": .string($0.invariant), "fault": .string($0.fault.rawValue),
                            "count": .int($0.count),
                        ]
                    })),
            .init("failingSeeds", .int(report.failingSeeds)),
            .init("failures", .array(report.failures.map(json))),
            .init("unfired", .array(report.unfired.map { .string($0.name) })),
            .init("green", .bool(report.isGreen)),
        ])
    }

    /// A failure, as its file holds it.
    func json(_ failure: CampaignReport.Failure) -> JSONValue {
        .object([
            .init("identity", .string(failure.identity)), .init("seed", .int(failure.seed)),
            .init("seeds", .array(failure.seeds.map { .int($0) })),
            .init("setting", .string(failure.setting)),
            .init("faults", .string(failure.profile.text)), .init("what", .string(failure.what)),
            .init(
                "reduced",
                failure.reduced.map {
                    [
                        "faults": .string($0.profile.text),
                        "reports": .array($0.reports.map { .int($0) }), "trials": .int($0.probes),
                        "minimal": .bool($0.isMinimal),
                        "what": .string($0.what),
                    ]
                } ?? .null),
            .init("repeat", .string(command(failure))),
        ])
    }
}

/// Where failures are kept: a file of JSON for each identity.
struct CampaignFolder {
    private let path: String

    init(_ path: String) { self.path = path }

    func keep(_ printer: CampaignPrinter) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            for failure in printer.report.failures {
                let name = failure.identity.replacing("/", with: ".") + ".json"
                try Data((printer.json(failure).text() + "\n").utf8)
                    .write(to: URL(fileURLWithPath: "\(path)/\(name)"), options: .atomic)
            }
        } catch {
            throw MissingFile(
                description: "failures cannot be kept in \(path): \(error); take another --keep",
                status: .cannotCreate)
        }
    }
}
