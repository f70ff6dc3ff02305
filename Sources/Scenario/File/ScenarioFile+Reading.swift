import EventModel
import Foundation
import Yams

extension ScenarioFile {
    /// Reads a scenario file.
    ///
    /// - Throws: `ScenarioError`, which names file, line and column.
    public init(path: String, zones: TimeZoneDatabase) throws(ScenarioError) {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ScenarioError(
                file: path, line: 1, column: 1, message: "the scenario file cannot be read")
        }
        guard bytes.count <= 1 << 24 else {
            throw ScenarioError(
                file: path, line: 1, column: 1, message: "a scenario file has at most 16 MiB")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let good = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
            throw ScenarioError(
                file: path, line: good.filter(\.isNewline).count + 1, column: 1,
                message: "the file is not UTF-8")
        }
        try self.init(text: text, file: path, zones: zones)
    }

    /// Reads a scenario from its text.
    ///
    /// - Parameter file: what errors call the file.
    public init(text: String, file: String, zones: TimeZoneDatabase) throws(ScenarioError) {
        let root = ScenarioNode(node: try ScenarioFile.compose(text, file), file: file)
        let keys = ["name", "time-zone", "start", "envelope", "feeders", "fleet"]
        let top = try root.mapping(of: "a scenario", keys: keys)
        var reader = HouseholdReader(zones: zones)
        name = try top.required("name").name("the scenario's name")
        timeZone = try reader.zone(try top.required("time-zone"))
        start = try top.required("start").day()
        envelope = try ScenarioFile.envelope(top["envelope"])
        var households: [Household] = []
        if let feeders = top["feeders"] {
            for feeder in try feeders.elements("feeders") {
                households.append(try reader.household(feeder, zone: timeZone))
            }
        }
        self.households = households
        if let node = top["fleet"] { fleet = try reader.fleet(node) } else { fleet = nil }
        guard fleet != nil || !households.isEmpty else {
            throw root.fail("a scenario needs \"feeders\" or a \"fleet\"")
        }
        hash = SHA256.hash(text)
    }

    /// The one document of the text; every scalar stays the text that it is.
    private static func compose(_ text: String, _ file: String) throws(ScenarioError) -> Node {
        func fail(_ mark: Mark?, _ message: String) -> ScenarioError {
            ScenarioError(
                file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: message)
        }
        do {
            let root = try Parser(yaml: text, resolver: .basic).singleRoot()
            guard let root else { throw fail(nil, "the file is empty; a scenario was expected") }
            return root
        } catch let error as ScenarioError {
            throw error
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw fail(mark, "this is no YAML: \(problem)")
            case .duplicatedKeysInMapping(let keys, let context):
                throw fail(context.mark, "the key \"\(keys.first ?? "")\" is there twice")
            case .reader(let problem, let offset, _, _):
                let before = text.prefix(offset ?? 0)
                let line = before.filter(\.isNewline).count + 1
                throw ScenarioError(
                    file: file, line: line,
                    column: before.reversed().prefix { !$0.isNewline }.count + 1,
                    message: "this is no YAML: \(problem)")
            default: throw fail(nil, "this is no YAML: \(error)")
            }
        } catch {
            throw fail(nil, "this is no YAML: \(error)")
        }
    }

    private static func envelope(_ node: ScenarioNode?) throws(ScenarioError) -> Envelope {
        var envelope = Envelope()
        let mapping = try node?.mapping(of: "an envelope", keys: ["account", "region"])
        if let node = mapping?["account"] {
            envelope.account = try node.text("an AWS account, twelve digits,")
            let isNumber = envelope.account.utf8.allSatisfy { (0x30...0x39).contains($0) }
            guard envelope.account.utf8.count == 12, isNumber else {
                throw node.fail("an AWS account has twelve digits, not \"\(envelope.account)\"")
            }
        }
        if let node = mapping?["region"] {
            envelope.region = try node.text("an AWS region")
            let isName = envelope.region.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
            guard (1...32).contains(envelope.region.utf8.count), isName else {
                throw node.fail(
                    "an AWS region looks like ap-southeast-2, not \"\(envelope.region)\"")
            }
        }
        return envelope
    }
}
