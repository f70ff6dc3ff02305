import EventModel
import YAMLFile

extension HouseholdReader {
    /// Reads what goes wrong with a household's buttons.
    func mishaps(_ node: YAMLNode) throws(ScenarioError) -> Mishaps {
        let keys = [
            "late-reports", "duplicate-reports", "split-doubles", "skewed-clocks", "unset-clocks",
            "batteries", "health-reports",
        ]
        let mapping = try node.mapping(of: "mishaps", keys: keys)
        var mishaps = Mishaps()
        mishaps.late = try mapping["late-reports"].map(delays)
        mishaps.duplicate = try mapping["duplicate-reports"].map(delays)
        if let node = mapping["split-doubles"] {
            mishaps.split = try node.mapping(of: "split doubles", keys: ["rate"])
                .required("rate").rate()
        }
        if let node = mapping["skewed-clocks"] {
            let skew = try node.mapping(of: "skewed clocks", keys: ["rate", "by"])
            mishaps.skew = SkewedClocks(
                rate: try skew.required("rate").rate(),
                limit: try skew.required("by").duration("by", atMost: DelayedReports.delayLimit))
        }
        if let node = mapping["unset-clocks"] {
            mishaps.unset = try node.mapping(of: "unset clocks", keys: ["rate"])
                .required("rate").rate()
        }
        if let node = mapping["batteries"] {
            let batteries = try node.mapping(of: "batteries", keys: ["days", "dead"])
            mishaps.batteries = Batteries(
                life: try batteries.required("days")
                    .wholeRange("days that a battery lasts", in: 30...5000),
                dead: try batteries.required("dead")
                    .wholeRange("days until somebody changes it", in: 0...365))
        }
        if let node = mapping["health-reports"] {
            mishaps.healthDays = try node.mapping(of: "health reports", keys: ["every"])
                .required("every").integer("days between health reports", in: 1...365)
        }
        return mishaps
    }

    private func delays(_ node: YAMLNode) throws(ScenarioError) -> DelayedReports {
        let mapping = try node.mapping(of: "delayed reports", keys: ["rate", "by"])
        return DelayedReports(
            rate: try mapping.required("rate").rate(),
            delay: try mapping.required("by")
                .durationRange("a delay", atMost: DelayedReports.delayLimit))
    }
}
