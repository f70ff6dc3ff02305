import EventModel
import Foundation
import Ledger
import PropertyChecks
import PropertyTesting
import Testing

/// A ledger, and the writer that has it open.
private struct OpenLedger {
    var path: String
    var writer: LedgerWriter

    init(path: String) throws {
        self.path = path
        writer = try LedgerWriter(path: path) { _ in "{}" }
    }

    var ids: [EventID] {
        get throws {
            var ids: [EventID] = []
            let ledger = try writer.reader()
            let count = try ledger.headSequence()
            guard count > 0 else { return [] }
            try ledger.forEachEvent(1...count) { ids.append($1.id) }
            return ids
        }
    }
}

@Suite struct `A ledger and a list` {
    /// Numbers of events, in the order in which the ledger should have them.
    private typealias Ledgers = Machine<[Int], OpenLedger>

    private static let numbers = Gen.integer(in: 0...40).list(of: 0...6)

    private static func add(_ numbers: [Int], to list: inout [Int]) {
        for number in numbers where !list.contains(number) { list.append(number) }
    }

    private static let machine = Ledgers(
        [],
        rules: [
            .init("append", weight: 3, with: { _ in numbers }) { list, numbers in
                add(numbers, to: &list)
            } action: { open, list, numbers in
                let known = list.count
                try open.writer.append(numbers.map(Sample.event), expecting: known)
            },
            .init("append where it does not end", with: { _ in numbers }) { _, _ in
            } action: { open, list, numbers in
                let writer = open.writer
                #expect(throws: LedgerError.self) {
                    try writer.append(numbers.map(Sample.event), expecting: list.count + 1)
                }
            },
            .init(
                "append another event by a known id", when: { !$0.isEmpty },
                with: { Gen.element(of: $0) }
            ) { _, _ in
            } action: { open, _, number in
                var event = Sample.event(number)
                event.time = Timestamp(microseconds: event.time.microseconds + 86_400_000_000)
                let writer = open.writer
                #expect(throws: LedgerError.self) { try writer.append([event]) }
            },
            .init("close, open again") { _ in
            } action: { open, _ in
                try open.writer.close()
                open.writer = try LedgerWriter(path: open.path) { _ in "{}" }
            },
            .init("crash, open again") { _ in
            } action: { open, _ in
                // What a process leaves when it dies: the files as they are, and no writer.
                let copy = open.path + "x"
                for end in ["", "-wal"] {
                    let data = FileManager.default.contents(atPath: open.path + end)
                    try (data ?? Data()).write(to: URL(fileURLWithPath: copy + end))
                }
                open = try OpenLedger(path: copy)
            },
        ]
    ) { open, list in
        let (ids, root) = (try open.ids, try open.writer.reader().root(of: list.count))
        #expect(open.writer.head.sequence == list.count)
        #expect(ids == list.map(Sample.id))
        #expect(root == open.writer.head.root)
    }

    @Test(.property(cases: 60)) func `hold the same, whatever is appended, closed and crashed`()
        async throws
    {
        try await forAll(Self.machine.programs(of: 0...25)) { program in
            let folder = try Folder()
            var open = try OpenLedger(path: folder("a.ledger"))
            try await program.run(on: &open)
            try open.writer.close()
        }
    }
}
