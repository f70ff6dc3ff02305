/// Makes a failing trial smaller while it fails in the same way: first fewer kinds of fault, then fewer
/// reports.
///
/// Reports keep their numbers, and with them their faults, when others go.
struct TrialReduction {
    private var plan: TrialPlan
    private let identity: String
    private let invariants: [RunInvariant]
    /// Trials that were run.
    private(set) var probes = 0
    private var what = ""
    /// The numbers of the reports of the trial as it stands.
    private var reports: [Int] = []

    init(_ plan: TrialPlan, identity: String, _ invariants: [RunInvariant]) {
        self.plan = plan
        self.identity = identity
        // The others are not asked: a slip into another failure is none.
        self.invariants = invariants.filter { identity.hasPrefix($0.name + "/") }
    }

    /// The smallest trial that was found; until it was stopped, where it was.
    mutating func run(isStopped: () -> Bool) throws -> CampaignReport.Reduced {
        guard try fails(plan) else {
            throw CampaignError(
                "seed \(plan.seed) does not fail again with \(identity): the trial depends on more"
                    + " than its seed")
        }
        var isMinimal = true
        for kind in plan.profile.active {
            guard !isStopped() else {
                isMinimal = false
                break
            }
            var fewer = plan
            fewer.profile = plan.profile.without(kind)
            if try fails(fewer) { plan = fewer }
        }
        if isMinimal { isMinimal = try dropReports(isStopped) }
        return CampaignReport.Reduced(
            profile: plan.profile, reports: reports, probes: probes, what: what,
            isMinimal: isMinimal)
    }

    /// Drops stretches of reports, from the last to the first, half as long each time, until no single
    /// one can go.
    ///
    /// - Returns: false where it was stopped before.
    private mutating func dropReports(_ isStopped: () -> Bool) throws -> Bool {
        var length = reports.count / 2
        while length > 0 {
            var hasDropped = false
            var end = reports.count
            while end > 0 {
                if isStopped() { return false }
                let begin = max(0, end - length)
                var fewer = plan
                fewer.kept = Array(reports[..<begin] + reports[end...])
                if try fails(fewer) {
                    plan = fewer
                    hasDropped = true
                }
                end = begin
            }
            if length == 1, !hasDropped { return true }
            length = max(1, length / 2)
            if !hasDropped, length == 1, reports.count <= 1 { return true }
        }
        return true
    }

    /// Whether the trial fails in the same way; then its reports are those that count.
    private mutating func fails(_ plan: TrialPlan) throws -> Bool {
        probes += 1
        let outcome = try Trial(plan: plan).run(invariants)
        let found = outcome.breaches.first { $0.excuse == nil && $0.identity == identity }
        guard let found else { return false }
        what = found.what
        reports = outcome.reports
        return true
    }
}
