import EventModel
import Foundation

/// How a command failed: what stays the same while a ledger is reduced for it.
public struct CommandFailure: Sendable, Equatable, CustomStringConvertible {
    public let code: Int32
    /// The last line that the command wrote, with `{}` for the ledger's path; empty where it wrote none.
    public let line: String
    /// The same with `#` for numbers, which differ from run to run.
    let shape: String
    /// Whether its output has the text that was asked for, if one was.
    var isMeant = true

    init(code: Int32, output: Data, ledger: String) {
        self.code = code
        line = CommandFailure.lastLine(of: output).replacing(ledger, with: "{}")
        shape = CommandFailure.shape(line)
    }

    /// `exit code 1, "2 events are too near"`
    public var description: String {
        "exit code \(code)" + (line.isEmpty ? "" : ", \"\(line)\"")
    }

    /// Whether it is the same failure: the same exit code and, but for numbers, the same last line.
    public func isSame(as other: CommandFailure) -> Bool {
        code == other.code && shape.hasSameBytes(as: other.shape)
    }

    /// The last line that has something in it.
    static func lastLine(of output: Data) -> String {
        // A line longer than that is no message.
        let tail = String(decoding: output.suffix(65_536), as: UTF8.self)
        let lines = tail.split { $0.isNewline }
        return lines.last { !$0.allSatisfy(\.isWhitespace) }?
            .trimmingCharacters(in: .whitespaces) ?? ""
    }

    /// Numbers, and what looks like a hash or an address, as `#`.
    static func shape(_ line: String) -> String {
        var shape = ""
        var word = Substring.UnicodeScalarView()
        func end() {
            let text = Substring(word)
            let isHex = word.allSatisfy { $0.properties.isASCIIHexDigit || $0 == "x" }
            let hasDigit = word.contains { ("0"..."9").contains($0) }
            if hasDigit, isHex, word.count >= 6 {
                shape += "#"
            } else if hasDigit {
                var before = false
                for scalar in text.unicodeScalars {
                    let isDigit = ("0"..."9").contains(scalar)
                    if isDigit, !before { shape += "#" }
                    if !isDigit { shape.unicodeScalars.append(scalar) }
                    before = isDigit
                }
            } else {
                shape += text
            }
            word = Substring.UnicodeScalarView()
        }
        for scalar in line.unicodeScalars {
            if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                word.append(scalar)
            } else {
                end()
                shape.unicodeScalars.append(scalar)
            }
        }
        end()
        // `1,041` and `0.5` are numbers too.
        for joint in ["#,#", "#.#"] {
            while shape.contains(joint) { shape = shape.replacing(joint, with: "#") }
        }
        return shape
    }
}
