/// Texts that a POSIX shell reads as they are meant.
///
/// Scalars are looked at and not characters: a quote with an accent on it is a quote to the shell.
public enum ShellLine {
    /// Words as a command line that may be pasted.
    public static func text(_ words: [String]) -> String {
        words.map(word).joined(separator: " ")
    }

    /// A text as one word.
    public static func word(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || "-_./=:,+%@".utf8.contains(byte)
        }
        if !text.isEmpty, isPlain { return text }
        return "'" + escaped(text, in: .single) + "'"
    }

    /// A command with a path wherever it says `{}`, quoted as the place needs it: one word outside quotes,
    /// and the path itself within them.
    ///
    /// Quotes within `$(…)` within quotes are not followed; `"$REPLAYLAB_LEDGER"` is right everywhere.
    public static func filling(_ command: String, with path: String) -> String {
        var result = String.UnicodeScalarView()
        var quotes = Quotes.none
        var isEscaped = false
        let scalars = Array(command.unicodeScalars)
        var place = 0
        while place < scalars.count {
            let scalar = scalars[place]
            if !isEscaped, scalar == "{", place + 1 < scalars.count, scalars[place + 1] == "}" {
                let text = quotes == .none ? word(path) : escaped(path, in: quotes)
                result.append(contentsOf: text.unicodeScalars)
                place += 2
                continue
            }
            result.append(scalar)
            place += 1
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\", quotes != .single {
                isEscaped = true
            } else if scalar == "'", quotes != .double {
                quotes = quotes == .single ? .none : .single
            } else if scalar == "\"", quotes != .single {
                quotes = quotes == .double ? .none : .double
            }
        }
        return String(result)
    }

    private enum Quotes { case none, single, double }

    private static func escaped(_ text: String, in quotes: Quotes) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch (quotes, scalar) {
            case (.single, "'"): result.append(contentsOf: "'\\''".unicodeScalars)
            case (.double, "\\"), (.double, "\""), (.double, "$"), (.double, "`"):
                result.append("\\")
                result.append(scalar)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
