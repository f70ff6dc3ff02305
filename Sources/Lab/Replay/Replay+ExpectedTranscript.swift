import EventModel
import Expectations
import Topology

extension Replay {
    /// Writes the transcript that the broker of this replay must leave, worked out by `Expectations`
    /// without any part of the path.
    ///
    /// - Throws: `ReplayError` where it cannot be worked out: only `ordered` replays have one
    ///   transcript, and states are known of one feeder of the current firmware.
    public func writeExpectedTranscript(_ body: ([UInt8]) throws -> Void) throws {
        guard request.delivery == .ordered else {
            throw ReplayError.unsupported(
                "only an ordered replay has one transcript, not \(request.delivery.name)")
        }
        let installed = parts.sendsMessages ? parts.installation.feeders : []
        if request.states != .none {
            guard request.states == .onChange, installed.count <= 1,
                installed.allSatisfy({ $0.firmware != .older })
            else {
                throw ReplayError.unsupported(
                    "the states in a transcript are worked out for one feeder of the current"
                        + " firmware, on change: take states none")
            }
        }
        var functions: [ExpectedTranscript.Function] = []
        for target in activeTargets {
            guard case .catFeeder(let feeder) = target.kind else { continue }
            if functions.contains(where: { $0.clientID == feeder.thing.text }) {
                throw ReplayError.unsupported(
                    "two targets are the client \(feeder.thing.text), and throw each other out")
            }
            functions.append(.init(target: target.id, clientID: feeder.thing.text))
        }
        let feeders = installed.map { feeder in
            let portions = parts.portions(of: feeder.feeder) ?? (left: 25, right: 25)
            return ExpectedTranscript.Feeder(
                clientID: feeder.clientID, actionTopic: feeder.actionTopic,
                statesTopic: feeder.statesTopic, hopperGrams: feeder.hopperGrams,
                leftGrams: portions.left, rightGrams: portions.right,
                qos: feeder.firmware == .mended ? 1 : 0)
        }
        let head = try request.ledger.headSequence()
        let recorded =
            head > 0 ? try request.ledger.event(at: head).recorded ?? .earliest : nil
        var transcript = ExpectedTranscript(
            request.ledger, request.window,
            Expectation(
                routes: parts.routes, replayName: request.name, registrations: parts.registrations),
            functions: functions, feeders: feeders, tellsStates: request.states == .onChange)
        guard parts.sendsMessages else { return }
        try transcript.write(atEmpty: recorded ?? Timestamp(microseconds: 0), body)
    }
}
