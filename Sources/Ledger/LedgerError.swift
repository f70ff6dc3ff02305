/// Why a ledger cannot be opened, read or appended to.
///
/// Each case carries the facts; `description` puts them into one line that says what was wrong,
/// where, what was expected and what to do.
public enum LedgerError: Error, Equatable, Sendable {
    /// There is no file at this path.
    case missing(path: String)
    /// The file is there and is no ledger of ours.
    case notALedger(path: String, reason: String)
    /// There is nothing in the file yet: its writer was killed before the first commit.
    case blank(path: String)
    /// The file was written by a newer program.
    case newerVersion(path: String, version: Int, known: Int)
    /// The file is a ledger, and something in it is not as it was written.
    case damaged(path: String, sequence: Int?, reason: String)
    /// Another process holds the writer's lease.
    case busy(path: String, holder: String)
    /// `append(_:expecting:)` found another head.
    case unexpectedHead(path: String, expected: Int, actual: Int)
    /// An event of this id is there already, with other content.
    case conflict(id: String, sequence: Int, offered: String, difference: String)
    /// An event cannot be kept.
    case refused(id: String, reason: String)
    /// SQLite reported an error: disk full, input/output, permissions.
    case storage(path: String, code: Int, reason: String)
    /// The file, or what must lie beside it while it is written, cannot be made.
    case cannotWrite(path: String, reason: String)
    /// No event of this id, or no such sequence.
    case notFound(path: String, what: String)
}

extension LedgerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let path):
            "no ledger at \(path); `replaylab simulate` or `replaylab import` make one"
        case .notALedger(let path, let reason):
            "\(path) is no ledger: \(reason)"
        case .blank(let path):
            "\(path) is no ledger yet: the file is empty; the run that made it goes on if it is"
                + " started again"
        case .newerVersion(let path, let version, let known):
            "\(path) has format version \(version); this program knows versions up to \(known):"
                + " use a newer replaylab"
        case .damaged(let path, let sequence, let reason):
            "\(path) is damaged\(sequence.map { " at sequence \($0)" } ?? ""): \(reason)"
        case .busy(let path, let holder):
            "\(path) is being written by \(holder); wait for it, or use --wait SECONDS"
        case .unexpectedHead(let path, let expected, let actual):
            "wrong expected head: \(expected) (ledger \(path), head \(actual))"
        case .conflict(let id, let sequence, let offered, let difference):
            "event \(id) is in the ledger at sequence \(sequence) with other content than"
                + " \(offered): \(difference)"
        case .refused(let id, let reason):
            "event \(id) cannot be kept: \(reason)"
        case .storage(let path, let code, let reason):
            "\(path): SQLite error \(code): \(reason)"
        case .cannotWrite(let path, let reason):
            "\(path) cannot be written: \(reason)"
        case .notFound(let path, let what):
            "\(path) has no \(what)"
        }
    }
}
