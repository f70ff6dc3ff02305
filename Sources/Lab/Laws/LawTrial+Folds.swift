import EventModel
import Ledger
import Projections
import Simulation

extension LawTrial {
    /// Folds a range of sequences into a fresh fold.
    func fold(_ range: Range<Int>, batch: Int = .max) throws -> ProjectionFold {
        let fold = blank()
        try feed(range, to: HistoryFold(history, [fold]), batch: batch)
        return fold
    }

    /// The state of all.
    func whole() throws -> LawState {
        if let known = memory.whole { return known }
        let state = try LawState(fold(1..<last + 1), history)
        memory.whole = state
        return state
    }

    /// Gives a range of sequences to a pass, batch by batch.
    func feed(_ range: Range<Int>, to pass: HistoryFold, batch: Int = .max) throws {
        let records = held.records.span
        var begin = range.lowerBound
        while begin < range.upperBound {
            let end = begin + min(batch, range.upperBound - begin)
            try pass.take(first: begin, records.extracting(begin - 1..<end - 1), held.lookup)
            begin = end
        }
    }

    func checkBatches() throws {
        let whole = try whole()
        for batch in [1, 2, 7, Int.max] {
            let size = batch == .max ? "one batch" : "batches of \(batch)"
            try compare(
                fold(1..<last + 1, batch: batch), whole, .batches, "\(size), and one batch")
        }
    }

    func checkSplit() throws {
        let whole = try whole()
        for cut in cuts(.split) {
            let early = try fold(1..<cut + 1)
            guard cut.isMultiple(of: 4) else {
                try feed(cut + 1..<last + 1, to: HistoryFold(history, [early]))
                try compare(early, whole, .split, cut: cut, "1...\(cut), then the rest")
                continue
            }
            // The second pass also feeds a fold that is behind.
            let late = blank()
            try feed(1..<last + 1, to: HistoryFold(history, [early, late]))
            try compare(early, whole, .split, cut: cut, "1...\(cut), then the rest")
            try compare(late, whole, .split, cut: cut, "all, beside a fold that is at \(cut)")
        }
    }

    func checkMerge() throws {
        let whole = try whole()
        for cut in cuts(.merge) {
            let (early, late) = (try fold(1..<cut + 1), try fold(cut + 1..<last + 1))
            early.merge(late)
            try compare(early, whole, .merge, cut: cut, "1...\(cut) merged with the rest")
        }
        var draws = self.draws(.merge)
        for count in [3, 5, 5] {
            let cuts = (1..<count).map { _ in Int(draws.below(UInt64(last + 1))) }.sorted()
            let ranges = zip([0] + cuts, cuts + [last]).map { $0 + 1..<$1 + 1 }
            let names = ranges.map {
                $0.isEmpty ? "none" : "\($0.lowerBound)...\($0.upperBound - 1)"
            }
            .joined(separator: ", ")
            let left = try ranges.map { try fold($0) }
            for part in left.dropFirst() { left[0].merge(part) }
            try compare(left[0], whole, .merge, "\(names), merged from the left")
            let right = try ranges.map { try fold($0) }
            for place in (1..<count).reversed() { right[place - 1].merge(right[place]) }
            try compare(right[0], whole, .merge, "\(names), merged from the right")
        }
    }

    func checkSnapshot() throws {
        let whole = try whole()
        for cut in cuts(.snapshot) {
            let early = try fold(1..<cut + 1)
            // It was written when less was known, and is read when all is.
            let snapshot = try parts.save(early, history(upTo: cut))
            let restored = blank()
            do {
                try parts.restore(restored, snapshot, history)
            } catch let error as StateError {
                throw violation(
                    .snapshot, cut, "the snapshot of 1...\(cut), read back", nil, error.description)
            }
            try compare(
                restored, early, .snapshot, cut: cut, "the snapshot of 1...\(cut), read back")
            try feed(cut + 1..<last + 1, to: HistoryFold(history, [restored]))
            try compare(
                restored, whole, .snapshot, cut: cut,
                "the snapshot of 1...\(cut), read back, then the rest")
        }
    }

    /// Each feeder's events alone make the bytes that are its part of the whole state, and count as many.
    func checkFeeders() throws {
        guard type.feedersAreIndependent else { return }
        let whole = try whole()
        let divided: StateParts
        do {
            divided = try StateParts(whole.fold, history)
        } catch let error as StateError {
            throw violation(.feeders, nil, "the whole state, by feeder", nil, "\(error)")
        }
        var events = 0
        for feeder in history.feedersByName {
            let fold = blank()
            try feed(1..<last + 1, to: HistoryFold(history, [fold], only: feeder))
            events += fold.events
            let part = divided.parts.first { $0.feeder == feeder }
            let expected = blank()
            var snapshot = fold.snapshot(history)
            snapshot.state =
                try part.map { try StateParts.join([$0.bytes]) }
                ?? expected.snapshot(history).state
            try expected.restore(snapshot, history)
            try compare(
                fold, expected, .feeders, "feeder \(history.name(of: feeder)) alone")
        }
        guard events == whole.fold.events else {
            throw violation(
                .feeders, nil, "each feeder alone", nil,
                "\(events) events were given, and should be \(whole.fold.events)")
        }
    }

    func checkRedelivery() throws {
        let whole = try whole()
        var draws = self.draws(.redelivery)
        for cut in cuts(.redelivery) where cut % 3 == 1 {
            let again = 1 + Int(draws.below(UInt64(cut)))
            let fold = try fold(1..<cut + 1)
            try feed(again..<last + 1, to: HistoryFold(history, [fold]), batch: 3)
            try compare(
                fold, whole, .redelivery, cut: cut, "1...\(cut), then \(again)...\(last)")
            let pass = HistoryFold(history, [fold])
            try feed(again..<cut + 1, to: pass)
            guard (try? feed(again..<cut + 1, to: pass)) == nil else {
                throw violation(
                    .redelivery, cut, "\(again)...\(cut) twice in one pass", nil,
                    "sequences that fell were taken")
            }
            try compare(fold, whole, .redelivery, cut: cut, "all, then \(again)...\(cut)")
        }
    }

    /// The same events in a ledger that gave the devices other codes.
    func checkNames() throws {
        let whole = try whole()
        let count = UInt32(held.devices.count)
        let renamed = held.records.map {
            EventRecord(
                time: $0.time, device: $0.device == 0 ? 0 : count + 1 - $0.device,
                content: $0.content)
        }
        let history = try History(
            devices: held.devices.reversed(), registrations: held.registrations,
            settings: settings, database: database)
        let fold = blank()
        try HistoryFold(history, [fold]).take(first: 1, renamed.span, held.lookup)
        try compare(fold, whole, .names, "other codes of the same devices", in: history)
    }

    func checkRows() throws {
        for cut in [last / 2, last] {
            let tables = try ProjectionTables(fold(1..<cut + 1), history)
            if let fault = tables.firstMisfit ?? tables.firstDisorder {
                let events = cut == 0 ? "no event" : "1...\(cut)"
                throw violation(.rows, cut, "the tables of \(events)", nil, fault)
            }
        }
    }
}
