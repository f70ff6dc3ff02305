import ArgumentParser
import EventModel
import Foundation
import Invariants
import Lab
import Projections

/// The command line, as a library: a package of your own registers its projections and invariants with
/// the same commands.
///
///     @main struct MyLab {
///         static func main() async { await ReplayLab.run(projections: [GramsServed.self]) }
///     }
public enum ReplayLab {
    /// The projections that every command line has.
    public static let shippedProjections: [any Projection.Type] = [
        BowlTotals.self, FeedingStats.self,
    ]

    /// Those of the running command line, the shipped ones first.
    @TaskLocal static var projections: [any Projection.Type] = shippedProjections

    /// The invariants of the running command line, the shipped ones first.
    @TaskLocal static var invariants: [any Invariant.Type] = shippedInvariants

    /// Runs the command that the process was called with, and ends the process with its exit code.
    ///
    /// - Parameters:
    ///   - projections: registered beside the shipped ones. Two of one name are refused.
    ///   - invariants: likewise.
    public static func run(
        projections: [any Projection.Type] = [], invariants: [any Invariant.Type] = []
    ) async -> Never {
        Terminal.holdStandardDescriptors()
        let all = shippedProjections + projections
        let allInvariants = shippedInvariants + invariants
        refuseTwice(all.map { $0.name }, "projections")
        refuseTwice(allInvariants.map { $0.name }, "invariants")
        let status = $projections.withValue(all) {
            $invariants.withValue(allInvariants) { execute() }
        }
        exit(status)
    }

    private static func refuseTwice(_ names: [String], _ what: String) {
        for (place, name) in names.enumerated() where names[..<place].contains(name) {
            Terminal.error("two \(what) are named \(name)")
            exit(ExitStatus.usage.rawValue)
        }
    }

    private static func execute() -> Int32 {
        do {
            var command = try RootCommand.parseAsRoot()
            try command.run()
            guard let reason = Terminal.outputError else { return 0 }
            Terminal.error("standard output cannot be written: \(reason)")
            return ExitStatus.inputOutput.rawValue
        } catch let status as ExitStatus {
            return status.rawValue
        } catch is Interruption {
            return Interrupts.reraise()
        } catch  where RootCommand.exitCode(for: error) != .failure {
            let words = Array(CommandLine.arguments.dropFirst())
            // Asked for the help of a command that is none, ArgumentParser gives that of all.
            if RootCommand.exitCode(for: error) == .validationFailure || words.first == "help",
                let hint = Suggestion.hint(for: words)
            {
                Terminal.error(hint)
                return ExitStatus.usage.rawValue
            }
            // Help, version and usage errors are ArgumentParser's to print.
            RootCommand.exit(withError: error)
        } catch {
            Terminal.error("\(error)")
            return ExitStatus(error).rawValue
        }
    }
}

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replaylab",
        abstract: "A time machine and crash-test laboratory for event-sourced device systems.",
        discussion: """
            Make or import years of button presses, keep them in an immutable ledger, and bring \
            any projection to the state it had at any moment.

              replaylab simulate --scenario Fixtures/scenarios/two-cats-auckland.yaml \\
                  --years 5 --seed 42 --ledger cats.ledger
              replaylab hydrate --ledger cats.ledger --until 2024-02-29T18:00:00Z
              replaylab verify --ledger cats.ledger

            Exit codes: 0 fine, 1 a finding (a difference, a damage), 64 wrong usage, 65 bad input, \
            66 no such file, 73 cannot be written, 74 input/output, 75 busy, 130 after Ctrl-C.
            """,
        version: Program.version,
        subcommands: [
            SimulateCommand.self, ImportCommand.self, ExportCommand.self, CompareCommand.self,
            HydrateCommand.self, DiffCommand.self, WhyCommand.self, WhatIfCommand.self,
            ReplayCommand.self, PressCommand.self, VerifyCommand.self, InfoCommand.self,
            ShowCommand.self, TailCommand.self, StatsCommand.self, CheckCommand.self,
            BisectCommand.self, ReduceCommand.self, IndexCommand.self,
            SnapshotsCommand.self, PatternCommand.self, BrokerCommand.self,
            ExperimentCommand.self, CampaignCommand.self, ScenarioCommand.self,
            ManualCommand.self,
        ])
}
