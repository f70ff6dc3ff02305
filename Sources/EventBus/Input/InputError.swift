import EventModel

/// Why a target cannot be given what its InputPath or InputTransformer asks for.
public enum InputError: Error, Equatable, CustomStringConvertible, Sendable {
    /// A JSON path that is none, or is more than the service's subset.
    case path(String, reason: String)
    /// The name of a variable that may not be one.
    case variable(String, reason: String)
    /// More than 100 variables.
    case tooManyVariables(Int)
    /// A template that can never make JSON; the byte of the template, from 0, where it shows.
    case template(reason: String, offset: Int)
    /// The event is no JSON object.
    case event(JSONError)
    /// With this event the template makes text that is no JSON: nothing can be delivered.
    case output(JSONError)

    public var description: String {
        switch self {
        case .path(let path, let reason): "\"\(path)\" is no JSON path of a target: \(reason)"
        case .variable(let name, let reason):
            "\"\(name)\" cannot be a variable of an input template: \(reason)"
        case .tooManyVariables(let count):
            "an input transformer has at most \(InputTransformer.variableLimit) variables, not"
                + " \(count)"
        case .template(let reason, let offset):
            "the input template cannot make JSON: \(reason) (byte \(offset + 1))"
        case .event(let error): "the event is no JSON object: \(error)"
        case .output(let error):
            "the input template, filled from this event, is no JSON: \(error); a value that is an"
                + " object or a list must not stand between quotes"
        }
    }
}
