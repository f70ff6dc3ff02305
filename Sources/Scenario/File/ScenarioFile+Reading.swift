import EventModel
import YAMLFile

extension ScenarioFile {
    /// Reads a scenario file.
    ///
    /// - Throws: `ScenarioError`, which names file, line and column.
    public init(path: String, zones: TimeZoneDatabase) throws(ScenarioError) {
        let yaml = try YAMLText(path: path, kind: "scenario")
        try self.init(text: yaml.text, file: path, zones: zones)
    }

    /// Reads a scenario from its text.
    ///
    /// - Parameter file: what errors call the file.
    public init(text: String, file: String, zones: TimeZoneDatabase) throws(ScenarioError) {
        let root = try YAMLText(text: text, file: file, kind: "scenario").root()
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

    private static func envelope(_ node: YAMLNode?) throws(ScenarioError) -> Envelope {
        var envelope = Envelope()
        let mapping = try node?.mapping(of: "an envelope", keys: ["account", "region"])
        if let node = mapping?["account"] { envelope.account = try node.account() }
        if let node = mapping?["region"] { envelope.region = try node.region() }
        return envelope
    }
}
