import EventModel
import Foundation
import Invariants
import Ledger
import Projections

/// Fails at a press after an odd number of LONG ones: deleting one event mends it, deleting another
/// breaks it again.
struct OddLongs: Invariant {
    static let name = "odd-longs"
    static let version = 1
    static let sentence = "a SINGLE press comes after an even number of LONG ones, three or more"
    private var longs = 0

    init(_ value: Int) {}

    mutating func apply(_ press: Press, _ history: borrowing History) -> Violation? {
        if press.click == .long { longs += 1 }
        guard press.click == .single, longs >= 3, longs % 2 == 1 else { return nil }
        return Violation("odd", of: "longs", at: press.sequence, "\(longs) LONG presses")
    }
}

/// A ledger in a folder of its own, gone with the test.
final class TemporaryLedger {
    let folder: String
    var path: String { folder + "/l.ledger" }

    init(_ events: [Event]) throws {
        folder = NSTemporaryDirectory() + "invariants-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append(events, isComplete: true)
        try writer.close()
    }

    func open() throws -> EventLedger { try EventLedger(path: path) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

enum Presses {
    static let begin = Timestamp(seconds: 1_700_000_000)

    static func press(
        _ number: Int, at time: Timestamp, _ click: ClickKind = .single, device: String? = nil
    ) -> Event {
        let button = device.map { ", \"device-id\": \"\($0)\"" } ?? ""
        return Event(
            id: EventID("press-\(number)"), time: time, recorded: time,
            content: EventContent(
                source: FeederSystem.source, detailType: FeederSystem.detailType, device: device,
                detail: "{\"click-type\": \"\(click.word)\"\(button)}"))
    }

    /// One every `seconds`, so that each has a moment of its own.
    static func many(
        _ count: Int, every seconds: Int64 = 3600, devices: Int = 1,
        click: (Int) -> ClickKind = { _ in .single }
    ) -> [Event] {
        (0..<count).map { number in
            press(
                number, at: Timestamp(seconds: begin.seconds + Int64(number) * seconds),
                click(number), device: "button-\(number % devices)")
        }
    }

    static func registration(
        _ device: String, feeder: String, at time: Timestamp = begin,
        zone: String = "Pacific/Auckland"
    ) -> Event {
        Event(
            id: EventID("registration-\(device)-\(feeder)"), time: time, recorded: time,
            content: Registration(
                device: device, feeder: feeder, timeZone: zone, leftGrams: 25, rightGrams: 30
            ).content(envelope: nil))
    }
}
