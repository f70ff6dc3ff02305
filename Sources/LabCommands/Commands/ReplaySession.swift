import CatFeeder
import EventBus
import EventModel
import Foundation
import Lab
import Ledger
import MosquittoClient
import Projections

/// One run of `replay`: progress, pace, files, Ctrl-C.
struct ReplaySession {
    let request: ReplayRequest
    let link: LinkChoice
    let speed: Speed
    let transcript: String?
    let deadLetters: String?
    let store: String?
    /// Whether somebody wants to see that no motor moves: says where none could.
    let assertsNoDispense: Bool

    func run() throws -> ReplayReport {
        if let transcript {
            try checkFolder(of: transcript)
            try refuseToReplace(transcript, besides: request.ledger.path, "--transcript")
        }
        if let deadLetters {
            try checkFolder(of: deadLetters)
            try refuseToReplace(deadLetters, besides: request.ledger.path, "--dead-letters")
        }
        if let store { try checkFolder(of: store) }
        Interrupts.catchSignals()
        guard let store else {
            return try run(try Replay(request))
        }
        var hydration = try Hydration(
            request.ledger,
            to: ResolvedPoint(last: request.window.last, time: request.window.until),
            projections: request.projections, settings: request.settings,
            database: request.database)
        var report: ReplayReport?
        _ = try HydrationStore(path: store).hydrate(
            &hydration,
            through: { hydration in
                let replay = try Replay(
                    request, history: hydration.history, folds: hydration.folds)
                let done = try run(replay)
                report = done
                // What was not replayed to its end is not kept.
                if done.state != .completed { throw Interruption() }
            }, progress: { _ in })
        guard let report else { throw Interruption() }
        return report
    }

    /// Says what a broker that others hear is about to be sent.
    private func announce(_ replay: Replay) throws {
        let (count, first) = try replay.preview(first: 5)
        Terminal.note(
            "replaylab: about to send \(Figures.count(count, "message")) to a broker that is not on"
                + " this machine" + (first.isEmpty ? "" : ", the first of them:"))
        for message in first { Terminal.note("  \(message.key)".printable) }
        guard case .remote(_, _, _, let suffix) = link else { return }
        let ids = replay.clientIDs.prefix(10).map { $0 + suffix }.joined(separator: ", ")
        Terminal.note(
            "replaylab: it connects as \(ids); who is connected by one of these ids is thrown out"
                .printable + (suffix.isEmpty ? " (--client-suffix makes others)" : ""))
    }

    private func run(_ replay: Replay) throws -> ReplayReport {
        replay.makeLink = { [link] in try link.link($0, recordsTranscript: $1) }
        let reaches = replay.activeTargets.contains {
            if case .catFeeder = $0.kind { true } else { false }
        }
        if !reaches, assertsNoDispense || transcript != nil || link.isRemote {
            Terminal.note(
                "replaylab: no target that feeds is on, so no message is sent and no motor can move;"
                    + " name it with --target, such as --target cat-feeder")
        }
        if link.isReal { try announce(replay) }
        let file = try transcript.map { try OutputFile($0) }
        if let file { replay.onTranscript = { try $0.withUnsafeBytes(file.write) } }
        replay.isCancelled = { Interrupts.isRequested }
        if case .times(let factor) = speed { replay.pace = Pacer(factor).wait }
        var bar = ProgressBar("replay")
        let window = request.window
        let span = Double(max(1, window.last - window.first + 1))
        defer { bar.clear() }
        let report = try replay.run { progress in
            bar.update(
                min(1, Double(progress.events) / span),
                Figures.count(progress.events, "event"))
            return Interrupts.isRequested
        }
        try file?.close()
        if let deadLetters { try write(report.deadLetters, to: deadLetters) }
        return report
    }

    /// Queue by queue, each in the order in which its letters came.
    private func write(_ letters: [String: [DeadLetter]], to path: String) throws {
        let file = try OutputFile(path)
        for (queue, letters) in letters.sorted(by: { $0.key < $1.key }) {
            for letter in letters {
                try (letter.line(in: queue) + [0x0A]).withUnsafeBytes(file.write)
            }
        }
        try file.close()
    }
}

/// Waits until history would have come to a moment, so many times as fast.
final class Pacer {
    private let factor: Double
    private var begin: (real: ContinuousClock.Instant, virtual: Timestamp)?

    init(_ factor: Double) { self.factor = factor }

    /// - Returns: true where somebody has pressed Ctrl-C.
    func wait(until time: Timestamp) -> Bool {
        guard let begin else {
            self.begin = (.now, time)
            return Interrupts.isRequested
        }
        let passed = Double(time.microseconds - begin.virtual.microseconds) / factor
        let due = begin.real + .microseconds(min(passed, 1e15))
        while !Interrupts.isRequested, ContinuousClock.now < due {
            let rest = min(due - .now, .milliseconds(100))
            let microseconds = rest.components.attoseconds / 1_000_000_000_000
            usleep(UInt32(clamping: max(1, microseconds)))
        }
        return Interrupts.isRequested
    }
}
