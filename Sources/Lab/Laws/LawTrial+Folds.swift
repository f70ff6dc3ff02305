import EventModel
import Ledger
import Projections
import Simulation

extension LawTrial {
    /// Tries the laws that need no store.
    func checkFolds() throws {
        guard last > 0 else { return }
        var passed: ProjectionFold?
        try ledger.scan(1...last) { first, records, lookup in
            precondition(first == 1 && records.count == last, "a history is one batch")
            let folding = LawFolding(trial: self, records: Array(copying: records), lookup: lookup)
            let whole = try folding.fold(1..<last + 1)
            try folding.checkBatches(whole)
            try folding.checkSplit(whole)
            try folding.checkMerge(whole)
            try folding.checkDigest()
            try folding.checkSnapshot(whole)
            try folding.checkRedelivery(whole)
            try folding.checkNames(whole)
            try folding.checkRows()
            try folding.checkFeeders(whole)
            passed = whole
        }
        if let passed { try checkOrder(passed) }
    }
}

/// The records of a history while a scan lends them.
private struct LawFolding {
    let trial: LawTrial
    let records: [EventRecord]
    let lookup: ContentLookup

    var last: Int { records.count }

    /// Folds a range of sequences into a fresh fold.
    func fold(_ range: Range<Int>, batch: Int = .max) throws -> ProjectionFold {
        let fold = ProjectionFold.of(trial.type)
        try feed(range, to: HistoryFold(trial.history, [fold]), batch: batch)
        return fold
    }

    /// Gives a range of sequences to a pass, batch by batch.
    func feed(_ range: Range<Int>, to pass: HistoryFold, batch: Int = .max) throws {
        let records = self.records.span
        var begin = range.lowerBound
        while begin < range.upperBound {
            let end = begin + min(batch, range.upperBound - begin)
            try pass.take(first: begin, records.extracting(begin - 1..<end - 1), lookup)
            begin = end
        }
    }

    func checkBatches(_ whole: ProjectionFold) throws {
        for batch in [1, 2, 7, Int.max] {
            let size = batch == .max ? "one batch" : "batches of \(batch)"
            try trial.compare(
                fold(1..<last + 1, batch: batch), whole, .batches, "\(size), and one batch")
        }
    }

    func checkSplit(_ whole: ProjectionFold) throws {
        for cut in trial.cuts(.split) {
            let early = try fold(1..<cut + 1)
            guard cut.isMultiple(of: 4) else {
                try feed(cut + 1..<last + 1, to: HistoryFold(trial.history, [early]))
                try trial.compare(early, whole, .split, cut: cut, "1...\(cut), then the rest")
                continue
            }
            // The second pass also feeds a fold that is behind.
            let late = ProjectionFold.of(trial.type)
            try feed(1..<last + 1, to: HistoryFold(trial.history, [early, late]))
            try trial.compare(early, whole, .split, cut: cut, "1...\(cut), then the rest")
            try trial.compare(late, whole, .split, cut: cut, "all, beside a fold that is at \(cut)")
        }
    }

    func checkMerge(_ whole: ProjectionFold) throws {
        for cut in trial.cuts(.merge) {
            let (early, late) = (try fold(1..<cut + 1), try fold(cut + 1..<last + 1))
            early.merge(late)
            try trial.compare(early, whole, .merge, cut: cut, "1...\(cut) merged with the rest")
        }
        var draws = trial.draws(.merge)
        for count in [3, 5, 5] {
            let cuts = (1..<count).map { _ in Int(draws.below(UInt64(last + 1))) }.sorted()
            let ranges = zip([0] + cuts, cuts + [last]).map { $0 + 1..<$1 + 1 }
            let names = ranges.map {
                $0.isEmpty ? "none" : "\($0.lowerBound)...\($0.upperBound - 1)"
            }
            .joined(separator: ", ")
            let left = try ranges.map { try fold($0) }
            for part in left.dropFirst() { left[0].merge(part) }
            try trial.compare(left[0], whole, .merge, "\(names), merged from the left")
            let right = try ranges.map { try fold($0) }
            for place in (1..<count).reversed() { right[place - 1].merge(right[place]) }
            try trial.compare(right[0], whole, .merge, "\(names), merged from the right")
        }
    }

    /// States that differ by little must be told apart: those of one event and of two.
    func checkDigest() throws {
        var known: [SHA256Digest: (name: String, tables: ProjectionTables)] = [:]
        for begin in 1...last {
            for end in begin...min(begin + 1, last) {
                let part = try fold(begin..<end + 1)
                let tables = try ProjectionTables(part, trial.history)
                let name = begin == end ? "sequence \(begin)" : "sequences \(begin) and \(end)"
                let digest = part.digest(trial.history)
                if let other = known[digest], let row = tables.firstDifference(from: other.tables) {
                    throw trial.violation(
                        .digest, nil, "\(name) alone, and \(other.name) alone", (digest, digest),
                        row)
                }
                known[digest] = (name, tables)
            }
        }
    }

    func checkSnapshot(_ whole: ProjectionFold) throws {
        for cut in trial.cuts(.snapshot) {
            let early = try fold(1..<cut + 1)
            // It was written when less was known, and is read when all is.
            let snapshot = early.snapshot(try trial.history(upTo: cut))
            let restored = ProjectionFold.of(trial.type)
            do {
                try restored.restore(snapshot, trial.history)
            } catch let error as StateError {
                throw trial.violation(
                    .snapshot, cut, "the snapshot of 1...\(cut), read back", nil, error.description)
            }
            try trial.compare(
                restored, early, .snapshot, cut: cut, "the snapshot of 1...\(cut), read back")
            try feed(cut + 1..<last + 1, to: HistoryFold(trial.history, [restored]))
            try trial.compare(
                restored, whole, .snapshot, cut: cut,
                "the snapshot of 1...\(cut), read back, then the rest")
        }
    }

    /// Each feeder's events alone make the bytes that are its part of the whole state, and count as many.
    func checkFeeders(_ whole: ProjectionFold) throws {
        guard trial.type.feedersAreIndependent else { return }
        let history = trial.history
        let parts: StateParts
        do {
            parts = try StateParts(whole, history)
        } catch let error as StateError {
            throw trial.violation(.feeders, nil, "the whole state, by feeder", nil, "\(error)")
        }
        var events = 0
        for feeder in history.feedersByName {
            let fold = ProjectionFold.of(trial.type)
            try feed(1..<last + 1, to: HistoryFold(history, [fold], only: feeder))
            events += fold.events
            let part = parts.parts.first { $0.feeder == feeder }
            let expected = ProjectionFold.of(trial.type)
            var snapshot = fold.snapshot(history)
            snapshot.state =
                try part.map { try StateParts.join([$0.bytes]) }
                ?? expected.snapshot(history).state
            try expected.restore(snapshot, history)
            try trial.compare(
                fold, expected, .feeders, "feeder \(history.name(of: feeder)) alone")
        }
        guard events == whole.events else {
            throw trial.violation(
                .feeders, nil, "each feeder alone", nil,
                "\(events) events were given, and should be \(whole.events)")
        }
    }

    func checkRedelivery(_ whole: ProjectionFold) throws {
        var draws = trial.draws(.redelivery)
        for cut in trial.cuts(.redelivery) where cut % 3 == 1 {
            let again = 1 + Int(draws.below(UInt64(cut)))
            let fold = try fold(1..<cut + 1)
            try feed(again..<last + 1, to: HistoryFold(trial.history, [fold]), batch: 3)
            try trial.compare(
                fold, whole, .redelivery, cut: cut, "1...\(cut), then \(again)...\(last)")
            let pass = HistoryFold(trial.history, [fold])
            try feed(again..<cut + 1, to: pass)
            guard (try? feed(again..<cut + 1, to: pass)) == nil else {
                throw trial.violation(
                    .redelivery, cut, "\(again)...\(cut) twice in one pass", nil,
                    "sequences that fell were taken")
            }
            try trial.compare(fold, whole, .redelivery, cut: cut, "all, then \(again)...\(cut)")
        }
    }

    /// The same events in a ledger that gave the devices other codes.
    func checkNames(_ whole: ProjectionFold) throws {
        let count = UInt32(trial.devices.count)
        let renamed = records.map {
            EventRecord(
                time: $0.time, device: $0.device == 0 ? 0 : count + 1 - $0.device,
                content: $0.content)
        }
        let history = try History(
            devices: trial.devices.reversed(), registrations: trial.registrations,
            settings: trial.settings, database: trial.database)
        let fold = ProjectionFold.of(trial.type)
        try HistoryFold(history, [fold]).take(first: 1, renamed.span, lookup)
        try trial.compare(fold, whole, .names, "other codes of the same devices", in: history)
    }

    func checkRows() throws {
        for cut in [last / 2, last] {
            let tables = try ProjectionTables(fold(1..<cut + 1), trial.history)
            if let disorder = tables.firstDisorder {
                throw trial.violation(.rows, cut, "the tables of 1...\(cut)", nil, disorder)
            }
        }
    }
}

extension Array where Element: BitwiseCopyable {
    fileprivate init(copying span: Span<Element>) {
        self = span.withUnsafeBufferPointer { Array($0) }
    }
}
