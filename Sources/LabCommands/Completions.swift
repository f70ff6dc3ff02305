import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import Topology

/// What a shell may put in the place of a word that is being typed.
///
/// The scripts of `--generate-completion-script` ask the program itself, so that projections of a
/// user's own and the feeders of the ledger at hand are among the answers. Nothing that is wrong with a
/// command line or a file is said here: then there are no answers.
enum Completions {
    static let projections = CompletionKind.custom { _, _, _ in
        ReplayLab.projections.map { $0.name }
    }

    static let invariants = CompletionKind.custom { _, _, _ in
        ReplayLab.invariants.map { $0.name }
    }

    static let experiments = CompletionKind.custom { _, _, _ in
        Experiments.all.map(\.name) + ["all"]
    }

    static let zones = CompletionKind.custom { _, _, _ in (try? timeZones().names) ?? [] }

    static let scenarios = CompletionKind.file(extensions: ["yaml", "yml"])

    /// The shipped topologies, and the YAML files that lie where the word points to.
    static let topologies = CompletionKind.custom { _, _, word in
        ShippedTopology.allCases.map(\.rawValue) + yamlFiles(beginning: word)
    }

    /// The rules of the topology that the command line names.
    static let rules = CompletionKind.custom { words, _, _ in
        topology(in: words)?.rules.map(\.name) ?? []
    }

    /// Its targets.
    static let targets = CompletionKind.custom { words, _, _ in
        topology(in: words)?.targets.map { $0.id } ?? []
    }

    /// The feeders that the registrations of the command line's ledger name, each once, in order.
    static let feeders = CompletionKind.custom { words, _, _ in
        guard let path = value(of: "--ledger", in: words),
            let ledger = try? EventLedger(path: path), let head = try? ledger.headSequence(),
            let registrations = try? ledger.registrations(upTo: head)
        else { return [] }
        let names = registrations.map(\.registration.feeder).sorted()
        return names.indices.filter { $0 == 0 || names[$0] != names[$0 - 1] }.map { names[$0] }
    }

    private static func topology(in words: [String]) -> TopologyFile? {
        let name = value(of: "--topology", in: words) ?? "deployed"
        return (try? TopologyFile(named: name)) ?? (try? TopologyFile(path: name))
    }

    /// The value of an option, as `--name value` or `--name=value`; the last one counts.
    private static func value(of option: String, in words: [String]) -> String? {
        var found: String?
        for (place, word) in words.enumerated() {
            if word == option, place + 1 < words.count { found = words[place + 1] }
            if word.hasPrefix(option + "=") { found = String(word.dropFirst(option.count + 1)) }
        }
        return found
    }

    private static func yamlFiles(beginning word: String) -> [String] {
        let folder = word.lastIndex(of: "/").map { String(word[...$0]) } ?? ""
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: folder.isEmpty ? "." : folder)
        return (names ?? []).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
            .map { folder + $0 }
    }
}
