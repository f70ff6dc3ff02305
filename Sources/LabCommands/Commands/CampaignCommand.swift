import ArgumentParser
import EventModel
import Foundation
import Lab
import Synchronization
import Topology

struct CampaignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaign",
        abstract:
            "Break the system on purpose, seed by seed, and hold each run against invariants.",
        discussion: """
            Each seed draws a household, a variant of the system and its faults; then come faults, \
            healing, a day in which everything comes to its end, a plain pass over the ledger to \
            compare with, and a replay. Each kind of failure is told once, with its smallest seed, \
            reduced, and with the command that repeats it. From 100 seeds on a fault or a recovery \
            that never happened is a failure, too. The same seeds print the same bytes, on any \
            number of jobs. Exit 1 where anything failed. docs/campaigns.md tells more.

              replaylab campaign --seeds 1000 --jobs 2
              replaylab campaign --topology deployed --seeds 200
              replaylab campaign --topology deployed --from-seed 17 --seeds 1 --faults \
            duplicate-delivery=0.2 --reports 3
            """)

    @Option(help: ArgumentHelp("How many seeds, 1 to 10000000.", valueName: "n"))
    var seeds = 100

    @Option(help: ArgumentHelp("The first seed.", valueName: "s"))
    var fromSeed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "The system: mended (each seed takes mended or fleet), another shipped topology, or a "
                + "file.", valueName: "name"),
        completion: Completions.topologies)
    var topology = "mended"

    @Option(
        help: ArgumentHelp(
            "The faults of every seed, in place of those that it draws: lines kind: rate.",
            valueName: "file"), completion: .file())
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "The same on the command line: wifi-lost=0.2,late-event=0.05, or none.",
            valueName: "list"))
    var faults: String?

    @Option(
        help: ArgumentHelp(
            "Of one seed the reports with these numbers alone, as a reduction prints them, or all; "
                + "nothing is reduced or kept.", valueName: "list"))
    var reports: String?

    @Option(help: ArgumentHelp("Threads, 1 to 256.", valueName: "j"))
    var jobs = 1

    @Option(
        help: ArgumentHelp("Where failures are kept, one file each.", valueName: "dir"),
        completion: .directory)
    var keep = "campaign-failures"

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...10_000_000).contains(seeds) else {
            throw ValidationError("--seeds takes 1 to 10000000, not \(seeds)")
        }
        guard !fromSeed.addingReportingOverflow(UInt64(seeds - 1)).overflow else {
            throw ValidationError(
                "there are no \(seeds) seeds from \(fromSeed): the last one is \(UInt64.max)")
        }
        guard (1...256).contains(jobs) else {
            throw ValidationError("--jobs takes 1 to 256, not \(jobs)")
        }
        guard profile == nil || faults == nil else {
            throw ValidationError("--profile and --faults say the same: take one of them")
        }
        guard reports == nil || seeds == 1 else {
            throw ValidationError("--reports are those of one seed: it takes --seeds 1")
        }
    }

    func run() throws {
        var settings = CampaignSettings(systems: try systems(), database: try timeZones())
        settings.firstSeed = fromSeed
        settings.seeds = seeds
        settings.jobs = jobs
        settings.profile = try chosenProfile()
        settings.reports = try reports.flatMap {
            try wrapped { try CampaignReport.numbers($0) }($0)
        }
        settings.reduces = reports == nil
        Interrupts.catchSignals()
        let (bar, all) = (SharedProgress("campaign"), seeds)
        let report = try Campaign(settings).run { done in
            bar.update(done, of: all)
            return Interrupts.isRequested
        }
        bar.clear()
        let printer = CampaignPrinter(report, topology: topology)
        if json { Terminal.print(printer.json.text()) } else { printer.printText() }
        if reports == nil, !report.failures.isEmpty {
            try CampaignFolder(keep).keep(printer)
            if !json { Terminal.print("kept in \(keep)/") }
        }
        if report.isStopped { throw Interruption() }
        guard report.isGreen else { throw ExitStatus.finding }
    }

    /// What is wrong with an option's value is wrong usage.
    private func wrapped<In, Out>(_ body: @escaping (In) throws -> Out) -> (In) throws -> Out {
        { value in
            do { return try body(value) } catch { throw UsageError(description: "\(error)") }
        }
    }

    private func systems() throws -> [(name: String, topology: TopologyFile)] {
        // The mended system is one or many feeders.
        let names =
            topology == ShippedTopology.mended.rawValue
            ? [ShippedTopology.mended.rawValue, ShippedTopology.fleet.rawValue] : [topology]
        return try names.map { ($0, try TopologyFile(named: $0)) }
    }

    private func chosenProfile() throws -> CampaignProfile? {
        if let faults { return try wrapped { try CampaignProfile(text: $0) }(faults) }
        guard let profile else { return nil }
        guard let data = FileManager.default.contents(atPath: profile) else {
            throw MissingFile(description: "\(profile) cannot be read")
        }
        return try CampaignProfile(file: String(decoding: data, as: UTF8.self), name: profile)
    }
}

/// A progress bar that several threads move.
private final class SharedProgress: Sendable {
    private let bar: Mutex<ProgressBar>

    init(_ label: String) { bar = Mutex(ProgressBar(label)) }

    func update(_ done: Int, of all: Int) {
        bar.withLock { $0.update(Double(done) / Double(all), "\(Figures.grouped(done)) seeds") }
    }

    func clear() { bar.withLock { $0.clear() } }
}
