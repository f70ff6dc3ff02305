import EventModel
import Ledger

/// The messages that a ledger leads to, in order of sequence, read in stretches of its own.
public struct ExpectedSource {
    private let ledger: EventLedger
    private let window: ReplayWindow
    private var expectation: Expectation
    private var position: Int
    private static let stretch = 1_024

    /// The messages of this part of the ledger; nothing is read yet.
    public init(_ ledger: EventLedger, _ window: ReplayWindow, _ expectation: Expectation) {
        self.ledger = ledger
        self.window = window
        self.expectation = expectation
        position = max(1, window.first)
    }

    /// Appends the messages of the next stretch of events; false at the end.
    public mutating func next(into messages: inout [ExpectedMessage]) throws -> Bool {
        guard position <= window.last else { return false }
        let end = min(window.last, position + ExpectedSource.stretch - 1)
        let (ledger, window) = (ledger, window)
        try ledger.forEachEvent(position...end) { sequence, event in
            guard window.contains(event.time) else { return }
            try expectation.append(messagesFor: event, at: sequence, to: &messages)
        }
        position = end + 1
        return true
    }
}
