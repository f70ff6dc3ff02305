import EventModel
import Foundation
import GRDBSQLite
import Ledger
import Projections

extension StoredTrial {
    /// A hydration that ends on the way leaves the store as it was, or as it should be.
    ///
    ///     stopped   the pass throws after a batch, and SQLite rolls back
    ///     killed    the process is gone after any write of SQLite; also while it resumes from such an end
    ///
    /// What a killed process leaves is not sampled: every step that SQLite takes on the store's file and on
    /// its journal is noted, and what lies on the disk after each is opened.
    func checkCrash() throws {
        try checkStops()
        // Every other history has a store that is made anew; the others one that goes on.
        var draws = trial.draws(.crash)
        let drawn = Int(draws.below(UInt64(last)))
        try checkKills(at: trial.generated.number.isMultiple(of: 2) ? drawn : 0)
        try checkSnapshotKills()
    }

    /// Kills a hydration that goes on from a sequence, and one that goes on from what was left.
    private func checkKills(at cut: Int) throws {
        var begin = FileImage()
        if cut > 0 {
            let path = folder + "/begin-\(cut).sqlite"
            try hydrate(HydrationStore(path: path), to: ResolvedPoint(last: cut, time: nil))
            begin = try FileImage(at: path)
        }
        var known: Set<SHA256Digest> = []
        let images = try kill(from: begin, at: cut, "from \(cut)", &known)
        // All pages are written, and the journal is still there: the most that can be left to do.
        guard let worst = images.list.last(where: { $0.image.journal?.isEmpty == false }) else {
            return
        }
        _ = try kill(from: worst.image, at: cut, "from \(cut), \(worst.how), and again", &known)
    }

    /// Runs a hydration to the end, and opens what a process leaves that was killed at any step of it.
    ///
    /// - Parameter known: outcomes that were looked at.
    private func kill(
        from begin: FileImage, at cut: Int, _ what: String, _ known: inout Set<SHA256Digest>
    ) throws -> CrashImages {
        let path = folder + "/killed.sqlite"
        try begin.write(to: path)
        let (_, steps) = try RecordingLayer.recording(path) { layer in
            try StoreLayer.$name.withValue(layer) {
                _ = try hydrate(HydrationStore(path: path), to: head, batch: 2)
            }
        }
        let images = CrashImages(begin, steps, losesPower: true)
        guard try images.last == FileImage(at: path) else {
            throw RecordingLayer.Failure(
                description: "the steps of SQLite that were noted do not lead to \(path)")
        }
        try forEachOutcome(of: images, at: folder + "/left.sqlite", &known) { path, how in
            try checkLeft(at: path, cut, "\(what), \(how)")
        }
        return images
    }

    /// Opens each image as SQLite does, and gives those to `body` that are not like one before.
    private func forEachOutcome(
        of images: CrashImages, at path: String, _ known: inout Set<SHA256Digest>,
        _ body: (String, _ how: String) throws -> Void
    ) throws {
        for crash in images.list {
            trial.tally.crashes += 1
            try crash.image.write(to: path)
            if crash.image.database != nil { try settle(path) }
            var left = try FileImage(at: path)
            // SQLite has looked at the journal: what it leaves of one it does not roll back.
            left.journal = left.journal.map { _ in [] }
            // What is the same on the disk leads to the same.
            if known.insert(left.digest).inserted {
                try body(path, crash.how)
            }
        }
    }

    /// Lets SQLite roll back what is left of a commit.
    private func settle(_ path: String) throws {
        var connection: OpaquePointer?
        var code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil)
        defer { sqlite3_close(connection) }
        if code == SQLITE_OK {
            code = sqlite3_exec(connection, "SELECT count(*) FROM sqlite_master", nil, nil, nil)
        }
        guard code == SQLITE_OK else {
            throw trial.violation(
                .crash, nil, "opening what a killed process left", nil,
                String(cString: sqlite3_errmsg(connection)))
        }
    }

    /// The store is that of `cut` or that of all, and goes on to all.
    private func checkLeft(at path: String, _ cut: Int, _ how: String) throws {
        do {
            let store = try HydrationStore(path: path)
            let found = try store.checkpoints().first?.sequence ?? 0
            guard found == cut || found == last else {
                throw trial.violation(
                    .crash, cut, how, nil,
                    "the store stands at sequence \(found), and should at \(cut) or \(last)")
            }
            if found > 0 {
                let point = ResolvedPoint(last: found, time: nil)
                try compare(store, at: point, .crash, cut: cut, how)
            } else if let table = try store.tables(
                of: trial.type.name, known: [trial.type.name]
            ).first {
                throw trial.violation(
                    .crash, cut, how, nil, "table \(table.name) is there without a checkpoint")
            }
            try hydrate(store, to: head, batch: 2)
            try compare(store, at: head, .crash, cut: cut, how + ", then to the end")
        } catch let error as StoreError {
            throw trial.violation(.crash, cut, how, nil, error.description)
        }
    }
}

extension StoredTrial {
    /// Snapshots that were being made when the process was killed lead to the right state, and can be made
    /// to the end.
    private func checkSnapshotKills() throws {
        let path = Snapshots.path(of: ledger.path)
        let stretch = max(1, last / 3)
        defer { for suffix in ["", "-journal"] { unlink(path + suffix) } }
        let (_, steps) = try RecordingLayer.recording(path) { layer in
            try StoreLayer.$name.withValue(layer) { try makeSnapshots(stretch) }
        }
        let images = CrashImages(FileImage(), steps, losesPower: false)
        var known: Set<SHA256Digest> = []
        var right: Set<SHA256Digest> = []
        // What is the same on the disk leads to the same.
        func compareNew(_ how: String) throws {
            guard try right.insert(FileImage(at: path).digest).inserted else { return }
            try compareSnapshots(how)
        }
        try forEachOutcome(of: images, at: path, &known) { _, how in
            let how = "making snapshots of \(stretch) events, \(how)"
            do {
                try compareNew(how)
                try makeSnapshots(stretch)
                try compareNew(how + ", then to the end")
            } catch let error as StoreError {
                throw trial.violation(.crash, nil, how, nil, error.description)
            }
        }
    }

    private func makeSnapshots(_ stretch: Int) throws {
        _ = try Snapshots.build(
            ledger, projections: [trial.type], settings: trial.settings,
            database: trial.database, stretch: stretch, policy: .unlimited)
    }

    private func compareSnapshots(_ how: String) throws {
        var found = try hydration(to: head)
        found.snapshotPolicy = .unlimited
        try found.run()
        if let fault = found.unsoundSnapshots.first {
            throw trial.violation(.crash, nil, how, nil, "\(fault)")
        }
        try trial.compare(
            found.folds[0], trial.whole(), .crash, how + ", and hydrated with them",
            in: found.history)
    }
}
