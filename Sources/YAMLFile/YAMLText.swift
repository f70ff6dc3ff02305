import Foundation
import Yams

/// The text of a YAML file, and what errors call the file.
public struct YAMLText: Sendable {
    public let text: String
    /// The file as errors name it.
    public let file: String
    /// What the file holds, such as `scenario`: for errors.
    public let kind: String

    public init(text: String, file: String, kind: String) {
        self.text = text
        self.file = file
        self.kind = kind
    }

    /// Reads a file of at most 16 MiB of UTF-8.
    public init(path: String, kind: String) throws(YAMLFileError) {
        func fail(_ message: String, line: Int = 1) -> YAMLFileError {
            YAMLFileError(file: path, line: line, column: 1, message: message)
        }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw fail("the \(kind) file cannot be read")
        }
        guard bytes.count <= 1 << 24 else { throw fail("a \(kind) file has at most 16 MiB") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let good = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
            throw fail("the file is not UTF-8", line: good.filter(\.isNewline).count + 1)
        }
        self.init(text: text, file: path, kind: kind)
    }

    /// The one document of the text; every scalar stays the text that it is.
    public func root() throws(YAMLFileError) -> YAMLNode {
        guard anchors <= YAMLText.anchorLimit else {
            throw fail(
                nil,
                "a \(kind) file has at most \(YAMLText.anchorLimit) anchors (&name), not \(anchors);"
                    + " write some of the values out")
        }
        do {
            // Some editors begin a file with a byte order mark.
            let mark = text.unicodeScalars.first == "\u{FEFF}" ? 1 : 0
            let body = String(text.unicodeScalars.dropFirst(mark))
            let root = try Parser(yaml: body, resolver: .basic).singleRoot()
            guard let root else { throw fail(nil, "the file is empty; a \(kind) was expected") }
            return YAMLNode(node: root, file: file)
        } catch let error as YAMLFileError {
            throw error
        } catch let error as YamlError {
            throw place(error)
        } catch {
            throw fail(nil, "this is no YAML: \(error)")
        }
    }

    /// The parser takes 1,000 levels, an alias adds its own to those around it, and values are
    /// released by recursion: 40 chained anchors are the most that a stack of 8 MiB bears.
    static let anchorLimit = 40

    /// How many words begin with `&`, where one may begin.
    private var anchors: Int {
        var count = 0
        var before: UInt8 = 0x20
        for byte in text.utf8 {
            if before == 0x26, byte > 0x20, byte != 0x26 { count += 1 }
            // Above ASCII: YAML breaks lines at U+0085, U+2028 and U+2029, too.
            let mayBegin =
                before <= 0x20 || before >= 0x80 || "[{,:-?".utf8.contains(before)
            before = byte == 0x26 && !mayBegin ? 0x78 : byte
        }
        return count
    }

    private func fail(_ mark: Mark?, _ message: String) -> YAMLFileError {
        YAMLFileError(
            file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: message)
    }

    private func place(_ error: YamlError) -> YAMLFileError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return fail(mark, "this is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            return fail(
                context.mark,
                "the key \"\(keys.first ?? "")\" is there twice in the mapping that begins here")
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            return YAMLFileError(
                file: file, line: before.filter(\.isNewline).count + 1,
                column: before.reversed().prefix { !$0.isNewline }.count + 1,
                message: "this is no YAML: \(problem)")
        default: return fail(nil, "this is no YAML: \(error)")
        }
    }
}
