import EventModel
import Topology

/// What came of a campaign.
public struct CampaignReport: Sendable {
    /// A kind of failure, with its smallest seed.
    public struct Failure: Sendable {
        /// Invariant and cause.
        public var identity: String
        /// The seeds that fail so, in order.
        public var seeds: [UInt64]
        /// The smallest of them.
        public var seed: UInt64
        /// Household, system and replay of that seed, in a line.
        public var setting: String
        /// Its faults.
        public var profile: CampaignProfile
        /// The numbers of the reports that were kept; nil where all were.
        public var reports: [Int]?
        /// What is wrong there, with numbers.
        public var what: String
        /// The same failure, smaller; nil where nothing was reduced.
        public var reduced: Reduced?
    }

    /// The smallest trial that fails in the same way.
    public struct Reduced: Sendable, Equatable {
        /// The faults that it needs.
        public var profile: CampaignProfile
        /// The numbers of the reports that it needs.
        public var reports: [Int]
        /// Trials that were run to find it.
        public var probes: Int
        /// What is wrong there, with numbers.
        public var what: String
        /// Whether nothing more could be left out; false where the reduction was stopped.
        public var isMinimal: Bool
    }

    /// A mark, and how often it was made.
    public struct Mark: Sendable {
        public var mark: CampaignMark
        /// Whether it can be made at all with these faults and systems.
        public var isPossible: Bool
        /// How often.
        public var count: Int
        /// In how many seeds.
        public var seeds: Int
    }

    public let firstSeed: UInt64
    /// How many seeds were asked for.
    public let seeds: Int
    /// How many were run: fewer where the campaign was stopped.
    public private(set) var seedsRun = 0
    /// The first seed that was not run; nil where all were.
    public private(set) var nextSeed: UInt64?
    /// Whether somebody stopped the campaign, in the middle of its seeds or of a reduction.
    public internal(set) var isStopped = false
    private let seedsForMarks: Int
    /// The systems' names.
    public let systems: [String]
    /// Each identity once, by smallest seed, then by name.
    public internal(set) var failures: [Failure] = []
    /// Every mark, in order.
    public private(set) var marks: [Mark]
    /// Reports that went through the systems.
    public private(set) var reports = 0
    /// Breaches that a fault excuses: invariant and fault, with how many.
    public private(set) var excused: [(invariant: String, fault: CampaignFault, count: Int)] = []
    /// Seeds with a failure.
    public private(set) var failingSeeds = 0
    private(set) var seedsByIdentity: [String: [UInt64]] = [:]

    init(_ settings: CampaignSettings) {
        firstSeed = settings.firstSeed
        nextSeed = settings.firstSeed
        seeds = settings.seeds
        seedsForMarks = settings.seedsForMarks
        systems = settings.systems.map(\.name)
        let faults = Set(settings.profile?.active ?? CampaignFault.allCases)
        marks = CampaignMark.all.map {
            Mark(
                mark: $0, isPossible: $0.isPossible(faults, on: settings.systems), count: 0,
                seeds: 0)
        }
        for invariant in settings.invariants {
            for fault in invariant.excuses { excused.append((invariant.name, fault, 0)) }
        }
    }

    /// The last seed that was asked for.
    public var lastSeed: UInt64 { firstSeed &+ UInt64(max(0, seeds - 1)) }

    mutating func take(_ outcome: Trial.Outcome, of seed: UInt64) {
        seedsRun += 1
        // Threads may be stopped with a seed left out in the middle.
        if nextSeed == seed { nextSeed = seed == lastSeed ? nil : seed &+ 1 }
        reports += outcome.reports.count
        for place in marks.indices {
            let count = outcome.marks[marks[place].mark] ?? 0
            marks[place].count += count
            if count > 0 { marks[place].seeds += 1 }
        }
        var isFailing = false
        for breach in outcome.breaches {
            guard let excuse = breach.excuse else {
                isFailing = true
                if seedsByIdentity[breach.identity]?.last != seed {
                    seedsByIdentity[breach.identity, default: []].append(seed)
                }
                continue
            }
            let place = excused.firstIndex {
                $0.invariant == breach.invariant && $0.fault == excuse
            }
            if let place { excused[place].count += 1 }
        }
        if isFailing { failingSeeds += 1 }
    }

    /// The identities of the failures, by smallest seed, then by name.
    var identities: [String] {
        seedsByIdentity.sorted { ($0.value[0], $0.key) < ($1.value[0], $1.key) }.map(\.key)
    }

    /// Marks that can be made and never were.
    public var unfired: [CampaignMark] {
        marks.filter { $0.isPossible && $0.count == 0 }.map(\.mark)
    }

    /// Whether there are seeds enough for each mark to fire.
    public var demandsMarks: Bool { seedsRun >= seedsForMarks }

    /// Whether all was run, nothing failed, and every mark fired where each must.
    public var isGreen: Bool {
        !isStopped && failingSeeds == 0 && (!demandsMarks || unfired.isEmpty)
    }
}

extension CampaignReport {
    /// Numbers as `--reports` takes them: `3,17-19`; `none` for none.
    public static func text(of numbers: [Int]) -> String {
        guard !numbers.isEmpty else { return "none" }
        var stretches: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = stretches.last, number <= last.upperBound + 1 {
                stretches[stretches.count - 1] = last.lowerBound...max(last.upperBound, number)
            } else {
                stretches.append(number...number)
            }
        }
        return stretches.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        .joined(separator: ",")
    }

    /// Reads what `text(of:)` writes, and `all` as nil.
    ///
    /// - Throws: `CampaignError` where it is no such list.
    public static func numbers(_ text: String) throws -> [Int]? {
        if text == "all" { return nil }
        if text == "none" { return [] }
        return try text.split(separator: ",", omittingEmptySubsequences: false).flatMap { part in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0],
                let last = ends[ends.count - 1],
                first >= 1, last >= first, last <= 1_000_000
            else {
                throw CampaignError(
                    "--reports takes numbers of reports such as 3,17-19, or all, or none; not"
                        + " \"\(text)\"")
            }
            return Array(first...last)
        }
    }
}
