import EventModel
import Invariants
import Projections

extension ReducedHistory {
    /// The source text of a Swift test that fails as long as the invariant does not hold for these events;
    /// nil where there can be none, for which `testAbsence` is the reason.
    public func testText() -> String? {
        let path = String(reflecting: invariant.type)
        guard testAbsence == nil, let dot = path.firstIndex(of: ".") else { return nil }
        return testText(
            type: String(path[path.index(after: dot)...]), module: String(path[..<dot]))
    }

    /// Why there can be no Swift test; nil where there can.
    public var testAbsence: String? {
        // A private or local type has `(unknown context at $7f…)` in its name.
        if String(reflecting: invariant.type).contains("(") {
            return "\(invariant.type) is private to its file, so that no test can name it"
        }
        return events.count > ReducedHistory.testable
            ? "a test of more than \(ReducedHistory.testable) events takes a compiler too long"
            : nil
    }

    private static let testable = 1000

    /// - Parameters:
    ///   - type: the invariant's type as the test names it.
    ///   - module: the module that it is in.
    func testText(type: String, module: String) -> String {
        // A user's own type need not be public.
        let own = module == "Invariants" ? "" : "@testable "
        let imports =
            Set(["Lab", "Projections", "Testing"]).subtracting([module])
            .map { ($0, "import \($0)") } + [(module, "\(own)import \(module)")]
        let lead = imports.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: "\n")
        let title = Swiftly.identifier("\(identity.invariant) holds for \(identity.subject)")
        let lines = events.map { "        " + Swiftly.given($0.event) }
            .joined(separator: ",\n")
        let value = self.invariant.type.parameter == nil ? "" : ", \(self.invariant.value)"
        let settings =
            "HydrationSettings(defaultZone: \(Swiftly.literal(self.settings.defaultZone)),"
            + " portionGrams: \(self.settings.portionGrams))"
        return """
            \(lead)

            // \(Swiftly.comment(reducedViolation?.sentence ?? violation.sentence))
            @Test func `\(title)`() throws {
                let found = try given(
            \(lines)
                ).violation(
                    of: \(type).self\(value),
                    settings: \(settings))
                #expect(found == nil)
            }

            """
    }
}

extension Given {
    /// The first violation of an invariant by these events; nil where it holds.
    ///
    ///     #expect(try given(…).violation(of: NoDoubleFeed.self, 10) == nil)
    ///
    /// - Parameter value: the invariant's parameter; its standard if absent.
    public func violation(
        of invariant: any Invariant.Type, _ value: Int? = nil,
        settings: HydrationSettings = HydrationSettings()
    ) throws -> Violation? {
        let chosen = ChosenInvariant(invariant, value: value)
        return try SmallHistory(
            events, for: chosen, settings: settings, database: TimeZoneDatabase()
        ).violation(of: chosen)
    }
}

/// Spells things as Swift source.
private enum Swiftly {
    /// An event as `given` takes it.
    static func given(_ event: Event) -> String {
        let time = literal(event.time.shortText)
        if case .registration(let one) = event.content.meaning, one.content(envelope: nil) == event
        {
            return ".registration(of: \(literal(one.device)), feeder: \(literal(one.feeder)),"
                + " zone: \(literal(one.timeZone)), left: \(one.leftGrams),"
                + " right: \(one.rightGrams), at: \(time))"
        }
        var text = ".event(\(literal(event.detailType)), \(literal(event.detail)), at: \(time),"
        text += " source: \(literal(event.source))"
        if let device = event.device { text += ", device: \(literal(device))" }
        return text + ")"
    }

    /// A text as a raw string literal, or as one with escapes where it has control characters.
    static func literal(_ text: String) -> String {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            return "\""
                + text.unicodeScalars.map { scalar in
                    scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F
                        && scalar != "\"" && scalar != "\\"
                        ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
                }.joined() + "\""
        }
        // Scalars and not characters: a quote with an accent on it is a quote to the compiler.
        let scalars = text.unicodeScalars
        guard scalars.contains("\"") || scalars.contains("\\") else { return "\"\(text)\"" }
        // More number signs than any run of them in the text has.
        var (longest, run) = (0, 0)
        for scalar in scalars {
            run = scalar == "#" ? run + 1 : 0
            longest = max(longest, run)
        }
        let signs = String(repeating: "#", count: longest + 1)
        return "\(signs)\"\(text)\"\(signs)"
    }

    /// What a raw identifier can hold: no backtick, no backslash, nothing that cannot be seen.
    static func identifier(_ text: String) -> String {
        let kept = text.unicodeScalars.map { scalar in
            scalar == "`" || scalar == "\\" || scalar.value < 0x20 || scalar.value == 0x7F
                ? "_" : String(scalar)
        }
        return kept.joined()
    }

    /// A text in a comment of one line.
    static func comment(_ text: String) -> String {
        text.unicodeScalars.map {
            let breaks: [UInt32] = [0x7F, 0x85, 0x2028, 0x2029]
            return $0.value < 0x20 || breaks.contains($0.value) ? " " : String($0)
        }.joined()
    }
}

extension EventContent {
    /// Whether an event has just this content, as far as a test's `given` can say it.
    fileprivate static func == (content: EventContent, event: Event) -> Bool {
        content.source == event.source && content.detailType == event.detailType
            && content.detail.hasSameBytes(as: event.detail)
            && (content.device ?? "").hasSameBytes(as: event.device ?? "")
    }
}
