import Foundation

/// The sample properties in a fresh process.
struct SampleRun {
    var output: String
    var code: Int32

    /// Runs this test bundle with a filter.
    init(_ filter: String, in folder: String, _ variables: [String: String] = [:]) throws {
        // A sample that ran samples would never come to an end.
        guard !ProcessInfo.processInfo.environment.keys.contains(where: Self.isInside) else {
            throw InsideSample()
        }
        let process = Process()
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(fileURLWithPath: bundle)
        process.arguments = [
            "--testing-library", "swift-testing", "--filter", Self.pattern(filter),
        ]
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("PROPERTY_")
        }
        environment["PROPERTY_SAMPLES"] = folder
        environment["NO_COLOR"] = "1"
        process.environment = environment.merging(variables) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        code = process.terminationStatus
    }

    private struct InsideSample: Error {}

    private static func isInside(_ variable: String) -> Bool {
        variable == "PROPERTY_SAMPLES" || variable == "PROPERTY_WORKER"
    }

    /// Of samples only: other tests have names with the same words.
    private static func pattern(_ filter: String) -> String {
        filter.contains("Sample properties") ? filter : "Sample properties.*\(filter)"
    }

    /// Runs what a `repeat:` line says, but for building.
    init(repeating line: String, in folder: String) throws {
        let words = line.components(separatedBy: "swift test --filter '")
        var variables: [String: String] = [:]
        for part in words[0].components(separatedBy: " PROPERTY_").filter({ !$0.isEmpty }) {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            let name = sides[0].hasPrefix("PROPERTY_") ? sides[0] : "PROPERTY_" + sides[0]
            variables[name] = sides[1].trimmingCharacters(in: CharacterSet(charactersIn: "' "))
        }
        try self.init(String(words[1].dropLast()), in: folder, variables)
    }

    func contains(_ text: String) -> Bool { output.contains(text) }

    /// What follows a word of the block, to the end of its line.
    func line(_ word: String) -> String? {
        output.split(separator: "\n").first { $0.contains("  \(word): ") }
            .map { line in
                String(line.components(separatedBy: "\(word): ")[1]).trimmingCharacters(
                    in: .whitespaces)
            }
    }
}

/// A folder of its own for each test, gone with it.
final class Folder {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/properties-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
