import ArgumentParser
import EventModel
import Foundation
import Lab
import Ledger
import MosquittoClient

struct PressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "press",
        abstract: "Press a button now, and follow the press to the bowl.",
        discussion: """
            The button's event goes to the topology's button handler, what that puts is appended to \
            the ledger (made where there is none) and goes over the bus to every rule and target, \
            those that act on the world included: a press is live, and carries no replay-name. The \
            feeder is followed for a minute of virtual time.

              replaylab press SINGLE --ledger cats.ledger --device G030PM0123456789
              replaylab press LONG --ledger cats.ledger --topology mended --mqtt wire
            """)

    @Argument(help: ArgumentHelp("SINGLE, DOUBLE or LONG.", valueName: "click"))
    var click: String

    @OptionGroup var ledger: LedgerOption

    @Option(
        help: ArgumentHelp(
            "The button's id; if absent, a button without a name. An id that no registration has is"
                + " a feeder of that name.", valueName: "id"))
    var device: String?

    @OptionGroup var topology: TopologyOption

    @Option(
        help: ArgumentHelp(
            "When the button is pressed; the clock's reading if absent.", valueName: "time"))
    var at: String?

    @Option(
        help: ArgumentHelp(
            "memory; wire, for real sockets and libmosquitto; or a broker's mqtt:// address.",
            valueName: "memory|wire|URL"))
    var mqtt = "memory"

    @Flag(help: "Let a broker that is not on loopback have the message.")
    var allowRealBroker = false

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var defaults: DefaultsOptions
    @OptionGroup var writer: WriterOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if device?.isEmpty == true {
            throw ValidationError("--device takes a button's id, and is empty; leave it out")
        }
    }

    func run() throws {
        guard let kind = ClickKind(word: click) else {
            let words = ClickKind.allCases.map(\.word)
            throw UsageError(
                description: "no click \"\(click)\"; " + Spelling.hint(for: click, among: words))
        }
        let link = try LinkChoice(mqtt, allowsRealBroker: allowRealBroker, options: broker)
        let way = try topology.read()
        try ledger.checkIsFile()
        try checkFolder(of: ledger.ledger)
        let database = try timeZones()
        try defaults.checkZone(in: database)
        // The one reading of the clock; buttons report milliseconds.
        let now = try time(at, "--at") ?? clockReading().floored(to: .millisecond)
        var live = LivePress(
            ButtonPress(kind, device: device, pressed: now, received: now), topology: way,
            projections: ReplayLab.projections, settings: defaults.settings, database: database)
        live.makeLink = { try link.link($0, recordsTranscript: false) }
        try live.check(against: ledger.ledger)
        let archived = try live.archive(into: ledger.ledger, patience: writer.wait)
        let printer = PressPrinter(live: live, archived: archived, ledger: ledger.ledger)
        if !json { printer.printArchived() }
        let report: LiveReport
        do {
            report = try live.deliver(archived, from: EventLedger(path: ledger.ledger))
        } catch {
            throw LivePressFailure(
                sequence: archived.head.sequence, ledger: ledger.ledger,
                targets: way.targets.filter(\.actsOnWorld).map(\.id), underlying: error)
        }
        if json { printer.printJSON(report) } else { printer.printText(report) }
    }
}
