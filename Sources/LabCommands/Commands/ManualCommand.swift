import ArgumentParser
import EventModel
import Foundation

/// What `make install` runs: see docs/decisions/0011-manual-pages.md.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Write the manual pages of all commands into a folder.",
        discussion: """
              replaylab manual --output /usr/local/share/man/man1
            """,
        shouldDisplay: false)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder; it must be there.", valueName: "folder"),
        completion: .directory)
    var output: String

    func run() throws {
        guard let tree = try JSONValue(parsing: RootCommand._dumpHelp())["command"] else {
            throw MissingFile(
                description: "the command tree cannot be described", status: .software)
        }
        for page in ManualPage.tree(tree) {
            let file = try OutputFile(output + "/" + page.fileName)
            try Array(page.text.utf8).withUnsafeBytes { try file.write($0) }
            try file.close()
        }
    }
}
