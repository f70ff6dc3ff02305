import ArgumentParser
import EventModel
import Foundation
import Invariants
import Lab
import Ledger
import Projections

/// The invariants that options name, each once; all of the command line's where none is named.
func invariants(named names: [String]) throws -> [ChosenInvariant] {
    guard !names.isEmpty else { return ReplayLab.invariants.map { ChosenInvariant($0) } }
    var chosen: [ChosenInvariant] = []
    for name in names {
        let one = try ChosenInvariant(name, among: ReplayLab.invariants)
        if !chosen.contains(where: { $0.description == one.description }) { chosen.append(one) }
    }
    return chosen
}

/// What `bisect` and `reduce` look for: an invariant's failure, or a command's.
struct CulpritOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The invariant that fails, as NAME or NAME=N.", valueName: "name[=n]"),
        completion: Completions.invariants)
    var invariant: String?

    @Option(
        help: ArgumentHelp(
            "Or a command of the shell that fails: {} in it, and REPLAYLAB_LEDGER, is the path of the"
                + " ledger to judge. Exit code 0 good, 1 to 127 bad, 125 cannot say, more: stop.",
            valueName: "command"))
    var exec: String?

    @Option(
        help: ArgumentHelp(
            "With --exec: it fails where its output has this text, and by its exit code; another failure"
                + " counts as good.", valueName: "text"))
    var match: String?

    func validate() throws {
        if match != nil, exec == nil {
            throw ValidationError(
                "--match goes with --exec; an invariant's failure has an identity of its own")
        }
        if invariant == nil, exec == nil {
            throw ValidationError(
                "what fails? name --invariant NAME, or --exec COMMAND; `replaylab check` says which"
                    + " invariants fail")
        }
        if invariant != nil, exec != nil {
            throw ValidationError("--invariant and --exec are two failures; name one of them")
        }
        if let exec, exec.allSatisfy(\.isWhitespace) {
            throw ValidationError("--exec takes a command, and is empty")
        }
    }

    /// The command to ask; Ctrl-C ends it.
    func probe() -> CommandProbe? {
        exec.map { CommandProbe($0, match: match, isStopped: { Interrupts.isRequested }) }
    }

    func chosen() throws -> ChosenInvariant? {
        try invariant.map { try ChosenInvariant($0, among: ReplayLab.invariants) }
    }
}

extension ShellLine {
    /// A command of this program as it was called, so that the line runs where this one ran.
    static func command(_ words: [String]) -> String {
        text([CommandLine.arguments.first ?? "replaylab"] + words)
    }
}

/// An event on one line, as `show` has it in many.
enum CulpritLine {
    static func text(_ sequence: Int, _ event: Event) -> String {
        let what =
            switch event.content.meaning {
            case .press(let click): "press \(click.word)"
            case .registration(let one):
                "registers it with feeder \(one.feeder), \(one.timeZone), left"
                    + " \(one.leftGrams) g, right \(one.rightGrams) g"
            case .other: event.detailType
            }
        return "\(sequence)  \(event.time.shortText)  \(event.device ?? "-")  \(what)"
    }

    static func json(_ sequence: Int, _ event: Event) -> JSONValue {
        [
            "sequence": .int(sequence), "id": .string(event.id.text),
            "time": .string(event.time.text), "source": .string(event.source),
            "detailType": .string(event.detailType), "device": .optional(event.device),
            "detail": .string(event.detail),
        ]
    }
}

extension Violation {
    func json(_ identity: FailureIdentity) -> JSONValue {
        [
            "invariant": .string(identity.invariant), "kind": .string(kind),
            "subject": .string(subject), "sequence": .int(sequence),
            "witnesses": .array(witnesses.map { .int($0) }), "sentence": .string(sentence),
        ]
    }
}
