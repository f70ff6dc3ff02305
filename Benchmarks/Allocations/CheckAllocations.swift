import ArgumentParser
import EventModel
import Foundation

/// Counts what every hot loop of the product allocates over N events and over 2N, and holds it to its
/// law.
@main
struct CheckAllocations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allocations",
        abstract: "Count the allocations of each hot loop over N events and over 2N.",
        discussion: """
            A hydration may allocate so much a batch, and nothing an event: 2N events cost no more \
            than N and their batches. Other loops may allocate so much an event. Exits 1 and names \
            the loop where one does not keep to it.
            """)

    @Option(help: "The package's folder, with its scenarios and fixtures.")
    var root = "."

    @Flag(help: "Print one JSON array.")
    var json = false

    func run() throws {
        try CountProof.run()
        let folder = try WorkFolder()
        let sample = try SampleHistory(root: root, folder: folder)
        let loops =
            try sample.hydrations() + sample.results() + sample.replays()
            + PatternLoops(root: root).loops()
            + BrokerLoops().loops() + sample.sources()
        let findings = try loops.map { try $0.measure() }
        if json {
            print(Report.json(findings).text())
        } else {
            Report.printTable(findings)
        }
        let broken = findings.filter { !$0.holds }
        for finding in broken {
            FileHandle.standardError.write(Data((Report.complaint(finding) + "\n").utf8))
        }
        if !broken.isEmpty { throw ExitCode(1) }
    }
}

/// A folder that is there as long as somebody holds this, in memory where there is such a place.
final class WorkFolder {
    let path: String

    init() throws {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        path = "\(parent)/replaylab-allocations-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
