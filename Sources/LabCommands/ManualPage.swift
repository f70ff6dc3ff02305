import EventModel
import Lab

/// A manual page of one command, in the macros of man(7), made from what its help is made of.
///
///     NAME  SYNOPSIS  DESCRIPTION  OPTIONS  COMMANDS  EXAMPLES  EXIT STATUS  SEE ALSO
///
/// The examples are the indented lines of the command's discussion. No date is in it: the same program
/// writes the same pages.
struct ManualPage {
    /// The words of the command line: `["replaylab", "pattern", "test"]`.
    let words: [String]
    private let command: JSONValue

    /// - Parameter command: an object of ArgumentParser's description of the command tree.
    init(_ command: JSONValue) {
        let above = command["superCommands"]?.array?.compactMap(\.string) ?? []
        words = above + [command["commandName"]?.string ?? ""]
        self.command = command
    }

    /// The pages of a command and of all below it that are not hidden.
    static func tree(_ command: JSONValue) -> [ManualPage] {
        [ManualPage(command)] + subcommands(of: command).flatMap(tree)
    }

    private static func subcommands(of command: JSONValue) -> [JSONValue] {
        (command["subcommands"]?.array ?? []).filter {
            $0["shouldDisplay"] != .bool(false) && $0["commandName"] != "help"
        }
    }

    /// `replaylab-pattern-test`
    var name: String { words.joined(separator: "-") }
    var fileName: String { name + ".1" }

    /// The page's text.
    var text: String {
        var page = Roff()
        page.macro("TH", [name.uppercased(), "1", "", "replaylab \(Program.version)", "replaylab"])
        // Words of a command line are neither hyphenated nor spread over the line.
        page.request("nh")
        page.request("ad l")
        page.section("NAME")
        page.line(name + " \\- ", escaped: command["abstract"]?.string ?? "")
        synopsis(&page)
        let (paragraphs, examples) = discussion
        if !paragraphs.isEmpty { page.section("DESCRIPTION") }
        for paragraph in paragraphs { page.paragraph(paragraph) }
        options(&page)
        subcommands(&page)
        if !examples.isEmpty {
            page.section("EXAMPLES")
            page.verbatim(examples)
        }
        exitStatus(&page)
        seeAlso(&page)
        return page.text
    }

    private var arguments: [JSONValue] {
        (command["arguments"]?.array ?? []).filter { $0["shouldDisplay"] != .bool(false) }
    }

    private var children: [JSONValue] { ManualPage.subcommands(of: command) }

    private func synopsis(_ page: inout Roff) {
        page.section("SYNOPSIS")
        var text = "\\fB" + Roff.escaped(words.joined(separator: " ")) + "\\fR"
        for argument in arguments {
            let usage = ManualPage.usage(argument)
            text += argument["isOptional"] == .bool(true) ? " [\(usage)]" : " \(usage)"
        }
        if !children.isEmpty { text += " \\fIcommand\\fR" }
        page.line(text, escaped: "")
    }

    /// `\fB--ledger\fR \fIfile\fR`
    private static func usage(_ argument: JSONValue) -> String {
        let value = "\\fI" + Roff.escaped(argument["valueName"]?.string ?? "value") + "\\fR"
        let more = argument["isRepeating"] == .bool(true) ? " ..." : ""
        switch argument["kind"]?.string {
        case "positional": return value + more
        case "flag": return flags(argument)[0]
        default: return "\(flags(argument)[0]) \(value)\(more)"
        }
    }

    /// The names of an option, the preferred one first.
    private static func flags(_ argument: JSONValue) -> [String] {
        func spelled(_ name: JSONValue) -> String {
            let dashes = name["kind"]?.string == "long" ? "--" : "-"
            return "\\fB" + Roff.escaped(dashes + (name["name"]?.string ?? "")) + "\\fR"
        }
        let all = (argument["names"]?.array ?? []).map(spelled)
        let preferred = argument["preferredName"].map(spelled) ?? "\\fB?\\fR"
        return [preferred] + all.filter { $0 != preferred }
    }

    private func options(_ page: inout Roff) {
        guard !arguments.isEmpty else { return }
        page.section("OPTIONS")
        for argument in arguments {
            let value = "\\fI" + Roff.escaped(argument["valueName"]?.string ?? "value") + "\\fR"
            let heading =
                switch argument["kind"]?.string {
                case "positional": value
                case "flag": ManualPage.flags(argument).joined(separator: ", ")
                default: ManualPage.flags(argument).joined(separator: ", ") + " " + value
                }
            var text = argument["abstract"]?.string ?? ""
            if let preset = argument["defaultValue"]?.string, argument["kind"] != "flag" {
                text += " (default: \(preset))"
            }
            page.item(heading, text)
        }
    }

    private func subcommands(_ page: inout Roff) {
        guard !children.isEmpty else { return }
        page.section("COMMANDS")
        for child in children {
            let below = ManualPage(child)
            page.item(
                "\\fB" + Roff.escaped(below.name) + "\\fR(1)", child["abstract"]?.string ?? "")
        }
    }

    private func exitStatus(_ page: inout Roff) {
        page.section("EXIT STATUS")
        page.item("0", "Fine.")
        for status in ExitStatus.allCases { page.item(String(status.rawValue), status.meaning) }
        page.item("130", "Ended by Ctrl-C; what was committed before stays.")
    }

    private func seeAlso(_ page: inout Roff) {
        var names = words.count > 1 ? [words.dropLast().joined(separator: "-")] : []
        names += children.map { ManualPage($0).name }
        guard !names.isEmpty else { return }
        page.section("SEE ALSO")
        page.line(
            names.map { "\\fB\(Roff.escaped($0))\\fR(1)" }.joined(separator: ", "), escaped: "")
    }

    /// The discussion's paragraphs, and its indented lines without their indent.
    private var discussion: (paragraphs: [String], examples: [String]) {
        var paragraphs: [String] = []
        var examples: [String] = []
        for line in (command["discussion"]?.string ?? "").split(separator: "\n") {
            if line.hasPrefix("  ") {
                examples.append(String(line.dropFirst(2)))
            } else if !line.hasPrefix("Exit codes:") {
                paragraphs.append(String(line))
            }
        }
        return (paragraphs, examples)
    }
}

/// Text in the language of roff.
private struct Roff {
    private(set) var text = ""

    /// A text that means itself, whatever is in it.
    static func escaped(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": plain += "\\e"
            case "-": plain += "\\-"
            // Else they are set as typographic quotes and accents, which no shell takes.
            case "'": plain += "\\(aq"
            case "`": plain += "\\(ga"
            case "^": plain += "\\(ha"
            case "~": plain += "\\(ti"
            case _ where scalar.isASCII: plain.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                plain += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count))
                plain += digits + "]"
            }
        }
        return plain.hasPrefix(".") ? "\\&" + plain : plain
    }

    mutating func macro(_ name: String, _ arguments: [String]) {
        let quoted = arguments.map { "\"\(Roff.escaped($0).replacing("\"", with: "\\(dq"))\"" }
        text += ".\(name) \(quoted.joined(separator: " "))\n"
    }

    mutating func request(_ words: String) { text += ".\(words)\n" }

    mutating func section(_ name: String) { macro("SH", [name]) }

    /// - Parameter begin: roff already.
    mutating func line(_ begin: String, escaped rest: String) {
        text += begin + Roff.escaped(rest) + "\n"
    }

    mutating func paragraph(_ words: String) {
        text += ".PP\n" + Roff.escaped(words) + "\n"
    }

    /// - Parameter heading: roff already.
    mutating func item(_ heading: String, _ words: String) {
        text += ".TP\n\(heading)\n\(words.isEmpty ? "\\&" : Roff.escaped(words))\n"
    }

    mutating func verbatim(_ lines: [String]) {
        text += ".EX\n" + lines.map { Roff.escaped($0) + "\n" }.joined() + ".EE\n"
    }
}
