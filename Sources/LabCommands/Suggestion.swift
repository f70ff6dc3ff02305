import ArgumentParser
import EventModel

/// What was probably meant, where a command line has a word that no command knows.
///
/// ArgumentParser suggests options, but only once nothing else is missing, and no commands.
enum Suggestion {
    /// The first unknown command or option, with the nearest known one; nil where all are known.
    static func hint(for arguments: [String]) -> String? {
        guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
        let commands = RootCommand.configuration.subcommands
        var names: [String] = []
        for command in commands { names.append(command.configuration.commandName ?? "") }
        guard let place = names.firstIndex(of: first) else {
            names.append("help")
            guard !names.contains(first) else { return nil }
            return "no command \(first)" + suggestion(first, among: names)
                + " See `replaylab help`"
        }
        var command: any ParsableCommand.Type = commands[place]
        var words = arguments.dropFirst().prefix { $0 != "--" }
        if let inner = command.configuration.subcommands.first(where: {
            $0.configuration.commandName == words.first
        }) {
            command = inner
            words = words.dropFirst()
        }
        let known = options(of: command)
        for word in words where word.hasPrefix("--") {
            let option = String(word.prefix { $0 != "=" })
            guard !known.contains(option) else { continue }
            return "\(first) has no option \(option)" + suggestion(option, among: known)
                + " See `replaylab help \(first)`"
        }
        return nil
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
