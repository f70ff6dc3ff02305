import EventModel
import Foundation
import Ledger
import Testing

@Test func `a ledger of nothing has the head of nothing`() throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).ledger"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let writer = try LedgerWriter(path: path) { _ in "{}" }
    try writer.close()
    #expect(try EventLedger(path: path).head().sequence == 0)
    #expect(try EventLedger.verify(path: path).isSound)
}
