import EventModel
import YAMLFile

/// A topology that comes with the program, found by its name.
public enum ShippedTopology: String, CaseIterable, Sendable {
    /// The cat feeder exactly as it is deployed, defects and all.
    case deployed
    /// The same with mended handler, function and firmware.
    case mended
    /// A thing and topics a feeder.
    case fleet

    /// The YAML.
    public var text: String {
        switch self {
        case .deployed: ShippedTopology.deployedText
        case .mended: ShippedTopology.mendedText
        case .fleet: ShippedTopology.fleetText
        }
    }
}

extension TopologyFile {
    /// Reads a topology that is shipped.
    public init(shipped: ShippedTopology) throws(TopologyError) {
        try self.init(text: shipped.text, file: shipped.rawValue)
    }

    /// Reads the shipped topology of this name, or else the file at this path: what a command
    /// line's `--topology` is given. A file that is named like one that is shipped is reached by
    /// `./name`.
    public init(named name: String) throws(TopologyError) {
        if let shipped = ShippedTopology(rawValue: name) {
            try self.init(shipped: shipped)
            return
        }
        let yaml: YAMLText
        do {
            yaml = try YAMLText(path: name, kind: "topology")
        } catch {
            let names = ShippedTopology.allCases.map(\.rawValue)
            throw TopologyError(
                file: error.file, line: error.line, column: error.column,
                message: error.message + "; no topology of this name is shipped: "
                    + Spelling.hint(for: name, among: names))
        }
        try self.init(text: yaml.text, file: name)
    }
}
