import EventModel
import EventPatterns
import Ledger

/// What a replay must send, worked out from ledger and topology alone.
///
/// It shares the event model and the pattern matcher with the path that it checks, and nothing else:
/// the message is put together by code of its own, the feeder is looked up by code of its own.
public struct Expectation {
    private let planner: MessagePlanner
    private var plans = ContentMemo<[MessagePlan]>()

    /// - Parameters:
    ///   - replayName: the replay's name, which patterns may look at; nil for live events.
    ///   - registrations: all of the ledger, in order of sequence.
    public init(
        routes: [ExpectedRoute], replayName: String?,
        registrations: [(sequence: Int, registration: Registration)]
    ) {
        planner = MessagePlanner(
            routes: routes, replayName: replayName, registrations: registrations)
    }

    /// The messages that an event leads to, in the order of rules and targets.
    public mutating func messages(for event: Event, at sequence: Int) throws -> [ExpectedMessage] {
        var messages: [ExpectedMessage] = []
        try append(messagesFor: event, at: sequence, to: &messages)
        return messages
    }

    /// Appends the messages that an event leads to, in the order of rules and targets.
    mutating func append(
        messagesFor event: Event, at sequence: Int, to messages: inout [ExpectedMessage]
    ) throws {
        let plans =
            planner.isByContent
            ? try self.plans.value(of: event.content) { [planner] _ in
                try planner.plans(for: event)
            }
            : try planner.plans(for: event)
        for plan in plans {
            let route = planner.routes[plan.route]
            let topic = plan.topics.last { $0.after < sequence }
            messages.append(
                ExpectedMessage(
                    sequence: sequence, target: route.target, topic: topic?.topic ?? [],
                    payload: plan.payload(of: event), at: event.recorded ?? event.time,
                    minute: event.time.floorMinute, qos: route.variant == .deployed ? 0 : 1))
        }
    }
}

extension Timestamp {
    fileprivate var floorMinute: Int64 {
        let seconds = self.seconds
        return seconds >= 0 ? seconds / 60 : (seconds - 59) / 60
    }
}
