import EventModel
import EventPatterns

/// A pattern, an event, and what is expected of them: a line of a file of cases.
struct PatternCase {
    /// What comes of a pattern and an event.
    enum Outcome: Equatable, CustomStringConvertible {
        case match, noMatch
        case invalidEvent
        /// What the case does not state is nil.
        case invalidPattern(kind: String?, reason: String?, line: Int?, column: Int?)

        var description: String {
            switch self {
            case .match: return "match"
            case .noMatch: return "no match"
            case .invalidEvent: return "an invalid event"
            case .invalidPattern(let kind, let reason, let line, let column):
                var parts = ["an invalid pattern"]
                if let kind { parts.append("kind \(kind)") }
                if let reason { parts.append("reason \(JSONText.quoted(reason))") }
                if let line { parts.append("line \(line)") }
                if let column { parts.append("column \(column)") }
                return parts.joined(separator: ", ")
            }
        }

        /// Whether this is as expected; only what the expectation states is compared.
        func fulfils(_ expected: Outcome) -> Bool {
            guard case .invalidPattern(let kind, let reason, let line, let column) = self,
                case .invalidPattern(let wantKind, let wantReason, let wantLine, let wantColumn) =
                    expected
            else { return self == expected }
            let hasReason = wantReason.map { $0.utf8.elementsEqual((reason ?? "").utf8) } ?? true
            return hasReason && (wantKind ?? kind) == kind && (wantLine ?? line) == line
                && (wantColumn ?? column) == column
        }
    }

    let id: String
    private let pattern: String
    private let event: String
    private let expected: Outcome

    init(_ line: JSONValue, number: Int) throws {
        id = line["id"] == nil ? "line \(number)" : try line.text("id")
        pattern = try line.text("pattern")
        event = try line.text("event")
        let isMatch = try line.flag("match")
        if try !line.flag("valid") {
            expected = .invalidPattern(
                kind: line["error_kind"]?.string, reason: line["error"]?.string,
                line: line["error_line"]?.int, column: line["error_column"]?.int)
        } else if try !line.flag("event_valid", default: true) {
            expected = .invalidEvent
        } else {
            expected = isMatch ? .match : .noMatch
        }
    }

    /// What was expected and what came, where they differ.
    var difference: String? {
        let outcome = self.outcome
        return outcome.fulfils(expected) ? nil : "expected \(expected), got \(outcome)"
    }

    private var outcome: Outcome {
        do throws(PatternError) {
            let matcher = RuleMatcher([try EventPattern(parsing: pattern)])
            guard let found = try? matcher.matches(event) else { return .invalidEvent }
            return found.isEmpty ? .noMatch : .match
        } catch {
            return .invalidPattern(
                kind: error.kind.rawValue, reason: error.reason, line: error.line,
                column: error.column)
        }
    }
}
