import EventModel
import Foundation
import Lab
import Ledger
import Projections

/// What a hydration came to, as JSON for programs or as tables and pictures for people.
struct HydrationReport {
    /// Where the history came from.
    private enum Origin {
        case ledger(EventLedger)
        case scenario(SimulationRun, path: String)
    }

    let folds: [ProjectionFold]
    private let origin: Origin
    private let point: ResolvedPoint
    private let settings: HydrationSettings
    private let history: History
    private let asked: String
    private let asOf: String?
    private let store: String?
    private let steps: [StoreStep]
    private let unsound: [SegmentFault]
    private let unsoundSnapshots: [SnapshotFault]
    private let spared: SnapshotUse
    private let given: Int
    private let straddle: ClosedRange<Int>?
    private let feeder: String?
    private let undecodable: (count: Int, first: Int?)
    /// The time of the last event that was generated.
    private let lastGenerated: Timestamp?

    init(_ hydration: Hydration, asked: String, asOf: String?, store: String?, steps: [StoreStep]) {
        origin = .ledger(hydration.ledger)
        (point, settings) = (hydration.point, hydration.settings)
        (history, folds) = (hydration.history, hydration.folds)
        (self.asked, self.asOf, self.store, self.steps) = (asked, asOf, store, steps)
        unsound = hydration.unsound
        (unsoundSnapshots, spared) = (hydration.unsoundSnapshots, hydration.spared)
        (given, straddle) = (hydration.given, hydration.straddle)
        feeder = hydration.only.map { hydration.history.name(of: $0) }
        undecodable = (hydration.undecodable, hydration.firstUndecodable)
        lastGenerated = nil
    }

    /// - Parameter scenario: the scenario file's path.
    init(
        _ hydration: DirectHydration, scenario: String, asked: String, asOf: String?,
        store: String?, steps: [StoreStep]
    ) {
        origin = .scenario(hydration.simulation, path: scenario)
        (point, settings) = (hydration.point, hydration.settings)
        (history, folds) = (hydration.history, hydration.folds)
        (self.asked, self.asOf, self.store, self.steps) = (asked, asOf, store, steps)
        unsound = []
        (unsoundSnapshots, spared) = ([], SnapshotUse())
        (given, straddle, feeder) = (0, hydration.straddle, nil)
        lastGenerated = hydration.lastTime
        undecodable = (hydration.undecodable, hydration.firstUndecodable)
    }

    /// The last sequence that counts, over all projections.
    private var sequence: Int { folds.map(\.sequence).max() ?? 0 }

    /// The moment that the point means: the time asked for, or that of its last event.
    private func moment() throws -> Timestamp? {
        if let time = point.time { return time }
        guard point.last > 0 else { return nil }
        switch origin {
        case .ledger(let ledger): return try ledger.event(at: point.last).time
        case .scenario: return lastGenerated
        }
    }

    private var isPrefix: Bool { folds.allSatisfy(\.isPrefix) }
}

extension HydrationReport {
    /// Says on standard error what a person should know of the pass.
    func printNotes() {
        for note in history.notes { Terminal.note("replaylab: \(note.printable)") }
        if let first = unsound.first {
            Terminal.note(
                "replaylab: \(Figures.count(unsound.count, "segment")) of the replay index"
                    + " could not be used, and rows took the place: \(first);"
                    + " `replaylab index --rebuild` makes the index anew")
        }
        if let first = unsoundSnapshots.first {
            Terminal.note(
                "replaylab: \(Figures.count(unsoundSnapshots.count, "snapshot")) could not be used, and"
                    + " events took the place: \(first); `replaylab snapshots --rebuild` makes them"
                    + " anew")
        }
        if let first = undecodable.first {
            Terminal.note(
                "replaylab: \(Figures.count(undecodable.count, "event")) could not be decoded by a"
                    + " projection that hears them; the first is sequence \(first)")
        }
    }

    /// Prints the digest of each state, and nothing else.
    func printDigests() {
        for fold in folds { Terminal.print("\(fold.name) \(fold.digest(history).hex)") }
    }

    /// The history's own member of the object.
    private func originMember() throws -> JSONValue.Member {
        switch origin {
        case .ledger(let ledger):
            let head = try ledger.head()
            return .init(
                "ledger",
                [
                    "path": .string(ledger.path), "root": .string(head.root.hex),
                    "head": .int(head.sequence),
                ])
        case .scenario(let run, let path):
            return .init(
                "scenario",
                [
                    "path": .string(path), "name": .string(run.scenario.name),
                    "sha256": .string(run.scenario.hash.hex), "seed": .number(String(run.seed)),
                    "start": .string(run.start.description), "years": .int(run.years),
                ])
        }
    }

    /// `cats.ledger until head: 5,123 events of 5,123`
    private func heading() throws -> String {
        let counted = folds.map(\.input.count).max() ?? 0
        let events = Figures.count(counted, "event")
        switch origin {
        case .ledger(let ledger):
            let head = try ledger.headSequence()
            let part = feeder.map { ", feeder \($0)" } ?? ""
            return "\(ledger.path)\(part) until \(asked): \(events) of \(Figures.grouped(head))"
        case .scenario(let run, _):
            return "\(run.title), \(Figures.count(run.years, "year")) until \(asked): \(events)"
        }
    }
}

extension HydrationReport {
    /// Prints one object; rows are written as they come, however many there are.
    func printJSON() throws {
        let origin = try originMember()
        var out = BufferedOutput()
        func pair(_ key: String, _ value: JSONValue) -> String {
            JSONText.quoted(key) + ":" + value.text()
        }
        out.put("{" + pair(origin.key, origin.value))
        out.put(
            ","
                + pair(
                    "until",
                    [
                        "asked": .string(asked), "asOf": .optional(asOf),
                        "sequence": .int(sequence), "time": .optional(try moment()?.shortText),
                        "prefix": .bool(isPrefix),
                        "straddled": straddle.map {
                            ["first": .int($0.lowerBound), "last": .int($0.upperBound)]
                        } ?? .null,
                    ]))
        out.put(
            ","
                + pair(
                    "defaults",
                    [
                        "zone": .string(settings.defaultZone),
                        "portionGrams": .int(settings.portionGrams),
                        "doubleFeedMinutes": .int(settings.doubleFeedMinutes),
                    ]))
        out.put("," + pair("tzdata", .string(history.zoneVersion)))
        if let store { out.put("," + pair("store", .string(store))) }
        if let feeder { out.put("," + pair("feeder", .string(feeder))) }
        if spared.snapshots > 0 {
            out.put(
                ","
                    + pair(
                        "snapshots",
                        [
                            "used": .int(spared.snapshots), "bytes": .int(spared.bytes),
                            "folded": .int(given),
                        ]))
        }
        out.put(",\"projections\":{")
        for (place, fold) in folds.enumerated() {
            out.put((place == 0 ? "" : ",") + JSONText.quoted(fold.name) + ":{")
            out.put(pair("version", .int(fold.version)))
            out.put("," + pair("events", .int(fold.events)))
            out.put("," + pair("digest", .string(fold.digest(history).hex)))
            out.put("," + pair("input", .string(fold.input.description)))
            if place < steps.count {
                out.put("," + pair("step", .string(steps[place].description)))
            }
            out.put(",\"state\":{")
            try write(to: &out) { try fold.write(to: $0) }
            out.put("}")
            if let moment = try moment() {
                out.put(",\"open\":{")
                try write(to: &out) { try fold.report(at: moment, to: $0) }
                out.put("}")
            }
            out.put("}")
        }
        out.put("}}\n")
        out.flush()
    }

    private func write(
        to out: inout BufferedOutput, _ body: (StoreWriter) throws -> Void
    ) throws {
        let sink = RowSink(out)
        try body(StoreWriter(history: history) { try sink.begin($0) })
        sink.end()
        out = sink.out
    }
}

extension HydrationReport {
    /// Prints a heading, and each projection's tables and pictures.
    func printTables() throws {
        let moment = try moment()
        var line = try heading()
        if let moment { line += ", \(moment.shortText)" }
        Terminal.print(Terminal.bold(line))
        if !isPrefix {
            let stretch = straddle.map {
                " over \(Figures.count($0.count, "event")), sequences \(Figures.grouped($0.lowerBound))"
                    + " to \(Figures.grouped($0.upperBound))"
            }
            Terminal.print(
                "Late reports straddle this time\(stretch ?? ""): a later --until rebuilds the store,"
                    + " and does not resume.")
        }
        if spared.snapshots > 0 {
            Terminal.print(
                "From \(Figures.count(spared.snapshots, "snapshot"))"
                    + " (\(Figures.grouped(spared.bytes)) bytes), and"
                    + " \(Figures.count(given, "event")) folded.")
        }
        for (place, fold) in folds.enumerated() {
            Terminal.print()
            let step = place < steps.count ? ", \(steps[place])" : ""
            Terminal.print(
                "\(Terminal.bold(fold.name)) version \(fold.version),"
                    + " \(Figures.count(fold.events, "event"))\(step)")
            if let stats = fold as? TypedFold<FeedingStats> {
                FeedingPicture(stats.state, history).print()
            } else {
                try printTables(fold)
            }
            if let time = point.time { try printOpenGaps(fold, time) }
            Terminal.print("  digest \(fold.digest(history).hex)")
        }
        if let store { Terminal.print("\nStore: \(store)  (sqlite3 \(store) .tables)") }
    }

    private func printTables(_ fold: ProjectionFold) throws {
        try printTables(limit: 20) { try fold.write(to: $0) }
    }

    private func printOpenGaps(_ fold: ProjectionFold, _ moment: Timestamp) throws {
        try printTables(limit: 5, isCaptioned: true) { try fold.report(at: moment, to: $0) }
    }

    /// - Parameter isCaptioned: whether even a table that stands alone gets its name as a caption.
    private func printTables(
        limit: Int, isCaptioned: Bool = false, _ body: (StoreWriter) throws -> Void
    ) throws {
        var printers: [TablePrinter] = []
        let store = StoreWriter(history: history) { shape in
            printers.append(TablePrinter(shape, limit: limit))
            let place = printers.count - 1
            return { printers[place].add($0) }
        }
        try body(store)
        for printer in printers {
            if isCaptioned || printers.count > 1 { Terminal.print("  " + printer.caption + ":") }
            for line in printer.lines() { Terminal.print(line) }
        }
    }
}
