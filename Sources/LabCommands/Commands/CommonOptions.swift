import ArgumentParser
import EventModel
import Foundation
import Projections

/// The ledger that a command reads.
struct LedgerOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The ledger file.", valueName: "file"))
    var ledger: String
}

/// What is taken where a ledger does not say.
struct DefaultsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The time zone of feeders that no registration names.", valueName: "zone"))
    var defaultZone = "UTC"

    @Option(
        help: ArgumentHelp(
            "Grams a dispense into either bowl of a feeder that no registration names.",
            valueName: "grams"))
    var portion = 25

    @Option(
        help: ArgumentHelp(
            "Two feeds closer than this many minutes are a double feed.", valueName: "minutes"))
    var doubleFeedMinutes = 10

    func validate() throws {
        guard Registration.gramsRange.contains(portion) else {
            throw ValidationError("--portion takes 0 to 100000 grams, not \(portion)")
        }
        guard (0...1_000_000).contains(doubleFeedMinutes) else {
            throw ValidationError(
                "--double-feed-minutes takes 0 to 1000000, not \(doubleFeedMinutes)")
        }
    }

    var settings: HydrationSettings {
        HydrationSettings(
            defaultZone: defaultZone, portionGrams: portion, doubleFeedMinutes: doubleFeedMinutes)
    }
}

/// Where a command looks zones up.
func timeZones() throws -> TimeZoneDatabase { try TimeZoneDatabase() }

/// The clock's reading: what a command at the edge may ask, and nothing below it.
func clockReading() -> Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
}

/// A time with its zone, as options take it.
func time(_ text: String?, _ option: String) throws -> Timestamp? {
    guard let text else { return nil }
    do {
        return try Timestamp(text: text)
    } catch {
        throw UsageError(
            description: "\(option) \(text): \(error); write a time such as 2024-02-29T18:00:00Z")
    }
}

/// The size of a file; 0 where there is none.
func fileSize(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
}
