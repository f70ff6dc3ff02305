import ArgumentParser
import EventModel

/// What was probably meant, where a command line has a word that no command knows.
///
/// ArgumentParser suggests options, but only once nothing else is missing, and no commands.
enum Suggestion {
    /// The first unknown command or option, with the nearest known one; nil where all are known.
    static func hint(for arguments: [String]) -> String? {
        let isHelp = arguments.first == "help"
        var words = arguments.dropFirst(isHelp ? 1 : 0)
        var command: any ParsableCommand.Type = RootCommand.self
        var path: [String] = []
        while !command.configuration.subcommands.isEmpty {
            guard let word = words.first, !word.hasPrefix("-") else { return nil }
            guard let below = subcommand(of: command, named: word) else {
                return unknown(word, of: command, path, isHelp: isHelp)
            }
            command = below
            path.append(word)
            words = words.dropFirst()
        }
        guard !isHelp else { return nil }
        let known = options(of: command)
        for word in words.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
            let option = String(word.prefix { $0 != "=" })
            guard !known.contains(option) else { continue }
            let name = path.joined(separator: " ")
            return "\(name) has no option \(option)" + suggestion(option, among: known)
                + " See `replaylab help \(name)`"
        }
        return nil
    }

    private static func subcommand(
        of command: any ParsableCommand.Type, named name: String
    ) -> (any ParsableCommand.Type)? {
        command.configuration.subcommands.first { $0.configuration.commandName == name }
    }

    private static func unknown(
        _ word: String, of command: any ParsableCommand.Type, _ path: [String], isHelp: Bool
    ) -> String? {
        var names = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
            .compactMap { $0.configuration.commandName }
        if path.isEmpty, !isHelp { names.append("help") }
        guard !names.contains(word) else { return nil }
        let help = (["replaylab", "help"] + path).joined(separator: " ")
        return "no command \((path + [word]).joined(separator: " "))"
            + suggestion(word, among: names) + " See `\(help)`"
    }

    private static func suggestion(_ word: String, among known: [String]) -> String {
        Spelling.nearest(to: word, among: known).map { "; did you mean \($0)?" } ?? "."
    }

    /// The long options that a command's help lists.
    private static func options(of command: any ParsableCommand.Type) -> [String] {
        RootCommand.helpMessage(for: command, includeHidden: true)
            .split { !$0.isLetter && !$0.isNumber && $0 != "-" }
            .map(String.init)
            .filter { $0.hasPrefix("--") && $0.count > 2 }
    }
}
