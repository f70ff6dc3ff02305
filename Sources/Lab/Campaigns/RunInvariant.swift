import Expectations

/// What must hold of a whole run, from the button to the bowl: a value that a run is held against.
///
/// It says which kinds of fault excuse a breach: under all others it must hold. An excused breach is no
/// failure, and is counted with the fault that excuses it.
public struct RunInvariant: Sendable {
    /// What it is called: lower-case words with hyphens.
    public let name: String
    /// What must hold, in a sentence.
    public let claim: String
    /// The faults that may excuse a breach; each breach says which of them does.
    public let excuses: [CampaignFault]
    let check: @Sendable (TrialRecord) -> [RunBreach.Found]

    /// The kinds under which it must hold without any exception.
    public var holdsUnder: [CampaignFault] {
        CampaignFault.allCases.filter { !excuses.contains($0) }
    }

    init(
        _ name: String, _ claim: String, excusedBy excuses: [CampaignFault] = [],
        _ check: @escaping @Sendable (TrialRecord) -> [RunBreach.Found]
    ) {
        self.name = name
        self.claim = claim
        self.excuses = excuses
        self.check = check
    }

    /// The breaches of a run; one that names an excuse which this invariant does not take is none.
    func breaches(of record: TrialRecord) -> [RunBreach] {
        check(record).map { found in
            RunBreach(
                invariant: name, found: found,
                excuse: found.excuse.flatMap { excuses.contains($0) ? $0 : nil })
        }
    }

    /// Those that campaigns hold every run against, in the order of reports.
    public static let all: [RunInvariant] = [
        .oneFeedAPress, .noFeedWithoutPress, .pressAccounted, .pressFedOrTold, .gramsCounted,
        .bookedOnItsDay, .messagesAsExpected, .storesRehydrate, .pressArchived, .replayIsWhole,
        .replayFeedsNobody, .orderRestored, .nothingPending,
    ]
}

/// Where a run breaks an invariant.
public struct RunBreach: Sendable, Equatable {
    /// What an invariant finds.
    struct Found: Sendable, Equatable {
        /// The kind of breach, in a word or two: the same cause, the same failure.
        var cause: String
        /// What is wrong, with numbers.
        var what: String
        /// The numbers of the reports that it is about; empty where it is about the run.
        var reports: [Int] = []
        /// The fault that excuses it.
        var excuse: CampaignFault?
    }

    /// The invariant's name.
    public let invariant: String
    let found: Found
    /// The fault that excuses it; nil for a failure.
    public let excuse: CampaignFault?

    /// What tells this failure from another one: invariant and cause.
    public var identity: String { "\(invariant)/\(found.cause)" }
    /// What is wrong, with numbers.
    public var what: String { found.what }
    /// The numbers of the reports that it is about.
    public var reports: [Int] { found.reports }
}
