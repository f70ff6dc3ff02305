import BrokerDoubles
import CatFeeder
import EventModel
import Expectations
import Foundation
import Lab
import MosquittoClient
import Simulation
import Testing
import Topology

/// A fault, and whether the function sends with QoS 1.
struct FaultCase: Sendable, CustomTestStringConvertible {
    var fault: BrokerFault
    var isMended = false
    /// Whether it must be unknown if the message that was under way has arrived; nil where that
    /// depends on who is first to notice.
    var isUnsure: Bool? = false

    var testDescription: String { "\(fault), QoS \(isMended ? 1 : 0)" }

    static let all: [FaultCase] = [
        .init(fault: .refusesConnections), .init(fault: .neverAnswers),
        .init(fault: .refusesClients(code: 3)), .init(fault: .refusesClients(code: 5)),
        .init(fault: .answersGarbage), .init(fault: .closesInConnectAnswer),
        .init(fault: .hangsAfterConnect),
        .init(fault: .hangs(at: 1), isUnsure: true), .init(fault: .hangs(at: 9), isUnsure: true),
        .init(fault: .swallows(from: 9), isUnsure: true),
        .init(fault: .closesInPacket(at: 9), isUnsure: true),
        .init(fault: .sendsGarbage(at: 9), isUnsure: true),
        .init(fault: .resets(at: 9), isUnsure: true),
        .init(fault: .closes(after: 9), isUnsure: nil),
        .init(fault: .hangs(at: 9), isMended: true, isUnsure: true),
        .init(fault: .swallows(from: 9), isMended: true, isUnsure: true),
        .init(fault: .closesInPacket(at: 9), isMended: true, isUnsure: true),
        .init(fault: .resets(at: 9), isMended: true, isUnsure: true),
        .init(fault: .neverAcknowledges(from: 9), isMended: true, isUnsure: true),
    ]
}

@Suite struct `A broker that fails` {
    private static let timeout = Duration.milliseconds(500)
    private static let count = 24
    private static let words = "It is unknown whether this has arrived"

    private func request(
        _ archive: Archive, _ one: FaultCase, _ delivery: DeliveryModel = .ordered, from first: Int
    ) throws -> ReplayRequest {
        var request = try archive.request(
            delivery, topology: TopologyFile(shipped: one.isMended ? .mended : .deployed),
            window: ReplayWindow(first: first, last: archive.ledger.headSequence()), seed: 5,
            publishesReplays: true)
        request.states = .none
        return request
    }

    private func run(
        _ archive: Archive, _ one: FaultCase, _ delivery: DeliveryModel = .ordered,
        from first: Int = 1, on broker: FaultyBroker
    ) throws -> ReplayReport {
        let address = try BrokerAddress(parsing: broker.address)
        return try archive.run(
            request(archive, one, delivery, from: first),
            link: { _, _ in RemoteLink(address, timeout: Self.timeout) }
        ).report
    }

    @Test(arguments: FaultCase.all)
    func `ends the replay in time, and the rest gives each message once`(one: FaultCase) throws {
        let archive = try Archive(Sample.presses(Self.count, seed: 8))
        let good = try FaultyBroker()
        #expect(try run(archive, one, on: good).isAccepted)
        let whole = good.seen.given
        #expect(whole.count == Self.count)

        let bad = try FaultyBroker(one.fault)
        let begin = ContinuousClock.now
        let failure = try #require(
            #expect(throws: ReplayFailure.self) { try run(archive, one, on: bad) })
        // One timeout, and whatever a busy machine takes.
        #expect(ContinuousClock.now - begin < Self.timeout + .seconds(10))
        #expect(failure.underlying is LinkError)
        let next = try #require(failure.progress.next)
        #expect(next == failure.progress.sequence + 1)
        #expect(
            failure.description.contains(
                next == 1 ? "nothing had been sent" : "go on with --from seq:\(next)"))

        let rest = try FaultyBroker()
        #expect(try run(archive, one, from: next, on: rest).isAccepted)
        #expect(rest.seen.given == Array(whole[(next - 1)...]))
        let given = bad.seen.given + rest.seen.given
        var doubled = whole
        doubled.insert(whole[next - 1], at: next - 1)
        let isUnsure = failure.description.contains(Self.words)
        #expect(isUnsure == one.isUnsure ?? isUnsure, "\(failure)")
        if isUnsure {
            #expect(failure.description.contains(whole[next - 1]), "\(failure)")
            #expect(given == whole || given == doubled)
        } else {
            #expect(given == whole)
        }
    }

    @Test(arguments: [
        DeliveryModel.rough(), .withoutLag,
        .chaos(
            {
                var faults = FaultProfile()
                faults[.targetFails] = 200_000
                faults[.archiveLag] = 300_000
                return faults
            }()),
    ])
    func `loses nothing, though events were put in another order`(model: DeliveryModel) throws {
        let archive = try Archive(Sample.presses(60, seed: 9))
        let one = FaultCase(fault: .closes(after: 25))
        let good = try FaultyBroker()
        // What the archive misses, it misses each time.
        #expect(try run(archive, one, model, on: good).isAccepted)
        let bad = try FaultyBroker(one.fault)
        let failure = try #require(
            #expect(throws: ReplayFailure.self) { try run(archive, one, model, on: bad) })
        let next = try #require(failure.progress.next)
        let rest = try FaultyBroker()
        #expect(try run(archive, one, model, from: next, on: rest).isAccepted)
        let given = Set(bad.seen.given + rest.seen.given)
        #expect(good.seen.given.filter { !given.contains($0) } == [])
        #expect(rest.seen.given.count < good.seen.given.count)
    }
}
