import EventModel
import Lab
import Ledger
import Testing

@Suite struct `A replay that somebody paces` {
    @Test(arguments: [0, 1, 37, 1_023, 1_024, 1_500])
    func `can be cancelled before any event, and is compared with what was put`(
        puts: Int
    ) throws {
        let archive = try Archive(Sample.presses(2_000, seed: 55))
        for model in [DeliveryModel.ordered, .rough(), .chaos(.init(seed: 2))] {
            let replay = try Replay(archive.request(model, seed: 3))
            var asked: [Timestamp] = []
            replay.pace = {
                asked.append($0)
                return asked.count > puts
            }
            let report = try replay.run()
            #expect(report.state == .cancelled && report.progress.events == puts)
            #expect(report.isAccepted, "\(model.name): \(report.verdict)")
            if model == .ordered {
                #expect(report.audit.received == puts && report.progress.sequence == puts)
                #expect(try asked == (1...puts + 1).map { try archive.ledger.event(at: $0).time })
            }
        }
    }
}
