import EventModel
import YAMLFile

extension YAMLNode {
    /// A name of EventBridge or SQS: letters, digits and some punctuation.
    func identifier(
        _ what: String, _ length: ClosedRange<Int> = 1...64, punctuation: String = ".-_"
    ) throws(TopologyError) -> String {
        let text = try text(what)
        let isPlain = text.utf8.allSatisfy {
            NameTemplate.isAlphanumeric($0) || punctuation.utf8.contains($0)
        }
        guard length.contains(text.utf8.count), isPlain else {
            let marks = punctuation.map { "\"\($0)\"" }.joined(separator: ", ")
            throw fail(
                "\(what) has \(length.lowerBound) to \(length.upperBound) letters, digits, \(marks),"
                    + " not \"\(text)\"")
        }
        return text
    }

    /// The raw value of one of an enumeration's cases.
    func choice<Value>(_ what: String, _: Value.Type) throws(TopologyError) -> Value
    where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        let text = try text(what)
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue)
            throw fail("\"\(text)\" is no \(what); " + Spelling.hint(for: text, among: names))
        }
        return value
    }

    /// A name that may have variables in it.
    func template(
        _ what: String, as kind: NameTemplate.Kind
    ) throws(TopologyError) -> NameTemplate {
        let text = try text(what)
        do {
            return try NameTemplate(text, as: kind)
        } catch {
            let start = text.count > 80 ? "\(text.prefix(80))…" : text
            throw fail("\"\(start)\" is no name of \(what): \(error.message)")
        }
    }
}
