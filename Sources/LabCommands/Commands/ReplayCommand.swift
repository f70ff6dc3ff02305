import ArgumentParser
import CatFeeder
import EventModel
import Expectations
import Foundation
import Lab
import Ledger
import Projections
import Simulation
import Topology

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send history through bus, rules and targets again, and check every message.",
        discussion: """
            Targets that act on the world (the feeder, programs) are off unless --target names them. \
            What reaches a feeder is compared with what ledger and topology lead to, worked out by \
            other code; exit 1 where it is not what the delivery model allows.

              replaylab replay --ledger cats.ledger
              replaylab replay --ledger cats.ledger --target cat-feeder --transcript cats.jsonl
              replaylab replay --ledger cats.ledger --target cat-feeder --delivery eventbridge --seed 7
              replaylab replay --ledger cats.ledger --target cat-feeder --topology mended \\
                  --assert-no-dispense
            """)

    @OptionGroup var ledger: LedgerOption
    @OptionGroup var topology: TopologyOption

    @Option(help: ArgumentHelp("From a time, seq:N, id:ID or 50% on.", valueName: "when"))
    var from: String?

    @Option(help: ArgumentHelp("Up to a time, seq:N, id:ID, 50% or head.", valueName: "when"))
    var until = "head"

    @Option(
        help: ArgumentHelp("The zone of local times.", valueName: "zone"),
        completion: Completions.zones)
    var zone: String?

    @Option(
        help: ArgumentHelp("Only to this rule, again for more.", valueName: "name"),
        completion: Completions.rules)
    var rule: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only to this target, again for more; if absent, to all that do not act on the world.",
            valueName: "name"), completion: Completions.targets)
    var target: [String] = []

    @Option(help: "How events are delivered: ordered, eventbridge, chaos.")
    var delivery = DeliveryName.ordered

    @Option(help: "The seed of shuffles, copies, retries and faults.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The replay's name, which its events carry.", valueName: "name"))
    var name = "replay"

    @Option(
        help: ArgumentHelp(
            "Minutes that an event takes into the archive at most, under eventbridge.",
            valueName: "minutes"))
    var archiveLag = 10

    @Option(help: ArgumentHelp("N times as fast as history, or max.", valueName: "N|max"))
    var speed = Speed.max

    @Option(
        help: ArgumentHelp(
            "memory; wire, for real sockets and libmosquitto; or a broker's mqtt:// address.",
            valueName: "memory|wire|URL"))
    var mqtt = "memory"

    @Flag(help: "Let a broker that is not on loopback have the messages.")
    var allowRealBroker = false

    @OptionGroup var broker: BrokerOptions

    @Option(help: "The feeder's states to publish: all, on-change, none.")
    var states = StatesMode.onChange

    @Option(help: "What the mended function does with a replay: ignore, publish.")
    var replays = ReplaysChoice.topology

    @Option(
        help: ArgumentHelp("Write the broker's transcript here.", valueName: "file"),
        completion: .file())
    var transcript: String?

    @Option(
        help: ArgumentHelp("A SQLite file for the projections' tables.", valueName: "file"),
        completion: .file())
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Write what ends in dead-letter queues here, as JSON Lines.", valueName: "file"),
        completion: .file())
    var deadLetters: String?

    @Flag(help: "Give dead letters to their targets once more when all faults are over.")
    var redrive = false

    @OptionGroup var defaults: DefaultsOptions

    @Flag(help: "Fail where any motor ran: proves that a replay feeds nobody.")
    var assertNoDispense = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if transcript != nil, mqtt != "memory", mqtt != "wire" {
            throw ValidationError(
                "--transcript is written by our own broker: take --mqtt memory or wire")
        }
        if let transcript, let deadLetters, transcript == deadLetters {
            throw ValidationError("--transcript and --dead-letters need a file each")
        }
        guard (0...1_440).contains(archiveLag) else {
            throw ValidationError("--archive-lag takes 0 to 1440 minutes, not \(archiveLag)")
        }
        if store != nil, delivery != .ordered {
            throw ValidationError(
                "--store needs --delivery ordered: a store holds a prefix of history")
        }
    }

    func run() throws {
        let source = try ledger.open()
        let database = try timeZones()
        let request = try self.request(source, database)
        let link = try LinkChoice(mqtt, allowsRealBroker: allowRealBroker, options: broker)
        try checkFaults(request.delivery.faults, link)
        let session = ReplaySession(
            request: request, link: link, speed: speed, transcript: transcript,
            deadLetters: deadLetters, store: store, assertsNoDispense: assertNoDispense)
        let report = try session.run()
        let printer = ReplayPrinter(report: report, ledger: ledger.ledger)
        if json { printer.printJSON() } else { printer.printText() }
        if report.state == .cancelled {
            Terminal.note(
                "cancelled after sequence \(report.progress.sequence); \(report.progress.advice)")
            throw Interruption()
        }
        if assertNoDispense, report.progress.events == 0 {
            throw UsageError(
                description: "--assert-no-dispense proves nothing: no event lies in the window")
        }
        guard report.isAccepted else { throw ExitStatus.finding }
        if assertNoDispense, link.isRemote, report.messagesPublished > 0 {
            Terminal.error(
                "the replay sent \(Figures.count(report.messagesPublished, "message")) to a broker"
                    + " where others may have fed")
            throw ExitStatus.finding
        }
        if assertNoDispense, report.dispenses > 0 {
            Terminal.error(
                "the replay moved motors: \(Figures.count(report.dispenses, "dispense")),"
                    + " \(Figures.grouped(report.grams)) g")
            throw ExitStatus.finding
        }
    }

    /// Finds faults that a broker cannot show before it has been sent anything.
    private func checkFaults(_ faults: FaultProfile, _ link: LinkChoice) throws {
        let ours: [FaultKind] = [.messageLost, .wifiLost, .powerLost]
        guard link.isRemote, let fault = ours.first(where: { faults[$0] > 0 }) else { return }
        throw UsageError(
            description: "\(mqtt) is no broker of ours, which \(fault.rawValue) of seed \(seed)"
                + " needs; take --mqtt memory or wire, or a seed whose profile is without it")
    }

    private func request(
        _ source: EventLedger, _ database: TimeZoneDatabase
    ) throws -> ReplayRequest {
        let table = try LabCommands.zone(zone, "--zone", in: database)
        try defaults.checkZone(in: database)
        let model: DeliveryModel =
            switch delivery {
            case .ordered: .ordered
            case .eventbridge:
                .eventBridge(EventBridgeReplay(archiveLagMinutes: archiveLag))
            case .chaos: .chaos(FaultProfile(seed: seed))
            }
        return ReplayRequest(
            source, topology: try topology.read(), window: try window(source, table),
            name: name, delivery: model, seed: seed, rules: rule, targets: target, states: states,
            projections: ReplayLab.projections, settings: defaults.settings, database: database,
            publishesReplays: replays == .publish, redrives: redrive)
    }

    /// - Throws: `UsageError` where it ends before it begins. One that begins right behind its end is
    ///   empty: what is left of a replay that was cancelled at its last event.
    private func window(_ source: EventLedger, _ zone: ZoneTable?) throws -> ReplayWindow {
        let window = try source.window(
            from: try from.map { try PointInTime(text: $0, zone: zone) },
            until: try PointInTime(text: until, zone: zone))
        let isReversed =
            window.first > window.last + 1
            || window.from ?? .earliest > window.until ?? .latest
        if let from, isReversed {
            throw UsageError(
                description: "--from \(from) lies after --until \(until), so that nothing lies"
                    + " between them; name the earlier one first")
        }
        return window
    }
}

enum DeliveryName: String, ExpressibleByArgument, CaseIterable {
    case ordered, eventbridge, chaos
}

enum ReplaysChoice: String, ExpressibleByArgument, CaseIterable {
    /// As the topology says.
    case topology
    case ignore, publish
}

extension StatesMode: ExpressibleByArgument {}

/// How fast a replay runs beside history.
enum Speed: ExpressibleByArgument, Equatable {
    case max
    case times(Double)

    init?(argument: String) {
        if argument == "max" {
            self = .max
        } else if let factor = Double(argument), factor > 0, factor.isFinite {
            self = .times(factor)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "max" }
}
