import EventModel
import Foundation
import Ledger
import Scenario

extension SampleHistory {
    /// Where histories come from: the generator, and the import of files.
    func sources() throws -> [HotLoop] {
        [generator(), try importing(.eventbridge), try importing(.jsonl)]
    }

    private func generator() -> HotLoop {
        HotLoop(
            name: "simulate's generator", law: AllocationLaw(unit: "event", most: 0.05)
        ) { doubled in
            let end = Timestamp.Day(number: scenario.start.number + (doubled ? 120 : 60))
            var generator = try ScenarioGenerator(
                scenario, seed: SampleHistory.seed, start: scenario.start, end: end,
                zones: database)
            var events = 0
            let allocations = Allocations.of {
                while let batch = generator.next() { events += batch.count }
            }
            return LoopRun(events: events, units: events, allocations: allocations)
        }
    }

    /// Both readings of an import: the check, and the events.
    private func importing(_ format: ExportFormat) throws -> HotLoop {
        let count = 50_000
        for (name, events) in [("one", count), ("two", 2 * count)] {
            try export(events, format, to: "\(folder.path)/\(name).\(format.rawValue)")
        }
        return HotLoop(
            name: "import's parser, \(format.rawValue)",
            law: AllocationLaw(unit: "event", most: 0.01)
        ) { doubled in
            let path = "\(folder.path)/\(doubled ? "two" : "one").\(format.rawValue)"
            var events = 0
            let allocations = try Allocations.of {
                let importer = try EventImporter(paths: [path])
                _ = try importer.check()
                let found = try importer.events()
                while let batch = try found.next() { events += batch.events.count }
            }
            return LoopRun(events: events, units: events, allocations: allocations)
        }
    }

    private func export(_ count: Int, _ format: ExportFormat, to path: String) throws {
        var data = Data()
        var exporter = EventExporter(format: format) { data.append(contentsOf: $0) }
        try ledger.forEachEvent(1...count) { sequence, event in
            try exporter.write(event, sequence: Int64(sequence))
        }
        try exporter.finish()
        try data.write(to: URL(filePath: path))
    }
}
