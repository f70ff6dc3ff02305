import EventModel

/// Why a template cannot be filled for a feeder.
public struct NameError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The template as it stands in the topology.
    public let template: String
    /// The feeder whose name or device does not fit.
    public let feeder: String
    /// What was wrong, what was expected, what to do.
    public let message: String

    public var description: String { "feeder \"\(feeder)\" in \"\(template)\": \(message)" }
}

extension NameTemplate {
    /// The name for a feeder, and for one of its devices where the template asks for it.
    ///
    /// - Throws: `NameError`, which names the feeder, where its name does not fit: a `/` or a
    ///   wildcard in a topic, a space in a thing's name.
    public func filled(feeder: String, device: String? = nil) throws(NameError) -> String {
        var name = ""
        for (place, part) in parts.enumerated() {
            switch part {
            case .text(let text): name += text
            case .variable(let variable):
                let value = variable == .feeder ? feeder : device
                guard let value else {
                    throw fail(feeder, "the event names no device, which ${device} needs")
                }
                if let reason = kind.objection(toValue: value, isFirst: place == 0) {
                    throw fail(
                        feeder,
                        "the \(variable.rawValue) \"\(value)\" cannot stand there: \(reason);"
                            + " register it by another name, or write a topology without"
                            + " ${\(variable.rawValue)}")
                }
                // Between the quotes of a JSON string.
                name +=
                    kind == .policy ? String(JSONText.quoted(value).dropFirst().dropLast()) : value
            }
        }
        if let reason = kind.objection(to: name) { throw fail(feeder, reason) }
        return name
    }

    private func fail(_ feeder: String, _ message: String) -> NameError {
        NameError(template: text, feeder: feeder, message: message)
    }
}

extension NameTemplate.Kind {
    /// Why this cannot stand for a variable; nil where it can.
    fileprivate func objection(toValue value: String, isFirst: Bool) -> String? {
        if value.isEmpty { return "it is empty" }
        if NameTemplate.hasControl(value) { return "it has a control character" }
        func character(of refused: String) -> UnicodeScalar? {
            value.unicodeScalars.first { refused.unicodeScalars.contains($0) }
        }
        switch self {
        case .topic:
            // A topic that begins with $ belongs to the broker.
            if isFirst, value.utf8.first == 0x24 { return "a topic must not begin with \"$\"" }
            return character(of: "/+#").map { "it has a \"\($0)\", and must be one topic level" }
        case .thing: return NameTemplate.objection(toThing: value)
        // A wildcard or a variable in it would give rights to others' things and topics.
        case .policy:
            return character(of: "*?$+#/").map { "it has a \"\($0)\", which widens a policy" }
        }
    }
}
