/// Why a policy file cannot be used.
public struct PolicyError: Error, Equatable, CustomStringConvertible {
    /// Where in the file, such as `things.CatFeederThingESP32.policies[0].Statement[1].Effect`;
    /// empty for the whole file.
    public let place: String
    /// What is wrong, what was expected, what to do.
    public let reason: String

    /// An error at a place of the file, in the path's spelling.
    public init(place: String, reason: String) {
        self.place = place
        self.reason = reason
    }

    public var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
}
