import ArgumentParser
import Foundation

/// A process that ran to its end, by the kernel's account.
struct FinishedRun {
    var output: String
    var seconds: Double
    var peakKilobytes: Int

    /// A number that a JSON object on the output states.
    func number(_ key: String) -> Int? {
        guard let range = output.range(of: "\"\(key)\":") else { return nil }
        return Int(output[range.upperBound...].prefix { $0.isNumber })
    }

    /// `rows seconds`, as the raw loops print them.
    var rows: Int { Int(output.split(separator: " ").first ?? "") ?? 0 }
    var statedSeconds: Double {
        let words = output.split { $0 == " " || $0 == "\n" }
        return words.count > 1 ? Double(words[1]) ?? 0 : 0
    }
}

/// Runs a program and waits for it. Its output goes to a file, so that no pipe slows it.
func measure(_ words: [String]) throws -> FinishedRun {
    let path = FileManager.default.temporaryDirectory.path + "/ledger-bench-output-\(getpid())"
    defer { unlink(path) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let begin = ContinuousClock.now
    let code = posix_spawn(&child, words[0], &actions, nil, &arguments, environ)
    guard code == 0 else {
        throw ValidationError("\(words[0]) does not start: \(String(cString: strerror(code)))")
    }
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(child, &status, 0, &usage) == child, status == 0 else {
        throw ValidationError("\(words.joined(separator: " ")) failed with status \(status)")
    }
    let spent = ContinuousClock.now - begin
    // The begin of the output is enough for the figures; a long one would count as this process's
    // memory, which the kernel then also charges to the next child.
    let handle = try FileHandle(forReadingFrom: URL(filePath: path))
    defer { try? handle.close() }
    return FinishedRun(
        output: String(decoding: try handle.read(upToCount: 4096) ?? Data(), as: UTF8.self),
        seconds: spent / .seconds(1), peakKilobytes: usage.ru_maxrss)
}
