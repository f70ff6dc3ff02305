import EventBus
import EventModel
import Expectations

/// What a trial left behind, for invariants to look at: the reports, what became of each, and what the
/// replay afterwards did.
struct TrialRecord {
    /// Messages of one topic and payload: nobody can tell them apart, so they are counted together.
    struct Account {
        /// The events that lead to it, by sequence.
        var sequences: [Int] = []
        /// Motors' runs that it asked for, two at once taken for one feed.
        var feeds: [Feed] = []
        /// Why messages never came to a feed: once a message.
        var losses: [Loss] = []
        /// Grams that one feed of it asks for.
        var grams = 0
    }

    /// What a feeder did for one message.
    struct Feed {
        var feeder: String
        var begin: Timestamp
        var grams: Int
        /// What took the power away in the middle of it; nil for a whole one.
        var cut: CampaignFault?
    }

    /// Why a message came to no feed.
    enum Loss: String, Sendable, CaseIterable {
        /// Sent at QoS 0 while the feeder was away.
        case feederAway = "feeder-away"
        /// Taken by the network.
        case network = "network"
        /// In the feeder's socket when its power or its Wi-Fi went.
        case diedInSocket = "died-in-socket"
        /// Given up by the bus after its attempts; lies in a queue.
        case deadLettered = "dead-lettered"
        /// Given up by the bus because it grew too old; lies in a queue.
        case expired = "expired"
        /// Given up by the bus, and kept nowhere.
        case dropped = "dropped"

        /// Whether somebody can find out about it.
        var isTold: Bool { self == .deadLettered || self == .expired }
    }

    /// One projection, as it was brought up to date and as the ledger has it.
    struct Store {
        var name: String
        var digest: String
        var rehydrated: String
    }

    /// What came of the replay.
    struct Replayed {
        var missed: [Int]
        var feeds: Int
        /// Whether a function that leaves replays alone was told to publish this one.
        var isPublished: Bool
        var audit: AuditReport
        var stores: [Store]
        /// Pairs of presses that what the messages say puts in the wrong order.
        var wrongPairs: Int
    }

    var history: ReportHistory
    /// By topic and payload, in the order of the ledger.
    var keys: [MessageKey] = []
    var accounts: [MessageKey: Account] = [:]
    /// Feeds for messages that no event leads to.
    var strangers: [(key: MessageKey, feed: Feed)] = []
    /// What was decided on purpose of each event at the targets that feed.
    var decisions: [Int: [RunDecision.Kind]] = [:]
    /// Sequences that no archive has.
    var unarchived: [Int] = []
    /// What still waits after all was healed, in words: where first.
    var pending: [(place: String, what: String)] = []
    var audit = AuditReport()
    var stores: [Store] = []
    /// Grams that `bowl-totals` has counted.
    var gramsCounted = 0
    /// What `feeding-stats` has booked, by local day and click.
    var booked: [Timestamp.Day: [ClickKind: Int]] = [:]
    var zone: ZoneTable
    var replayed: Replayed?
    /// How often each mark was made.
    var marks: [CampaignMark: Int] = [:]

    init(_ history: ReportHistory, zone: ZoneTable) {
        self.history = history
        self.zone = zone
    }

    mutating func mark(_ mark: CampaignMark, times: Int = 1) {
        if times > 0 { marks[mark, default: 0] += times }
    }

    /// The reports of an account.
    func reports(_ account: Account) -> [ReportHistory.Report] {
        account.sequences.compactMap { history.report(at: $0) }
    }

    /// The numbers of the reports of these sequences, for a finding.
    func numbers(_ sequences: [Int]) -> [Int] {
        sequences.compactMap { history.report(at: $0)?.number }
    }
}
