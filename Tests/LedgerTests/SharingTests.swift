import EventModel
import Foundation
import GRDB
import Ledger
import Testing

@Suite struct Sharing {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder("a.ledger")
    }

    @Test func `a reader sees whole batches while another writes`() async throws {
        let path = path
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append(Sample.events(0..<100))
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    var last = 0
                    while last < 3000 {
                        let ledger = try EventLedger(path: path)
                        let head = try ledger.head()
                        #expect(head.sequence % 100 == 0 && head.sequence >= last)
                        #expect(try ledger.root(of: head.sequence) == head.root)
                        #expect(try EventLedger.verify(path: path).isSound)
                        last = head.sequence
                        await Task.yield()
                    }
                }
            }
            for first in stride(from: 100, to: 3000, by: 100) {
                try writer.append(Sample.events(first..<first + 100))
                await Task.yield()
            }
            try await group.waitForAll()
        }
        try writer.close()
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `another process reads what is committed`() throws {
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append(Sample.events(0..<7))
        let script =
            "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('select count(*) from press').fetchone()[0])"
        #expect(try run("python3", ["-c", script, path]) == "7\n")
        try writer.append(Sample.events(7..<8))
        #expect(try run("python3", ["-c", script, path]) == "8\n")
        try writer.close()
        #expect(try folder.names == ["a.ledger"])
    }

    @Test func `a reader that stays open keeps what it reads, and the close goes through`() throws {
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append(Sample.events(0..<7))
        let reader = try EventLedger(path: path)
        #expect(try reader.head().sequence == 7)
        try writer.append(Sample.events(7..<9))
        try writer.close()
        #expect(try reader.head().sequence == 9)
        #expect(try folder.names.contains("a.ledger-lease") == false)
        #expect(try EventLedger.verify(path: path).isSound)
    }

    @Test func `a second writer is told who writes`() throws {
        let first = try LedgerWriter(path: path, holder: "pid 12, a test") { _ in "{}" }
        #expect(throws: LedgerError.busy(path: path, holder: "pid 12, a test")) {
            try LedgerWriter(path: path) { _ in "{}" }
        }
        let link = folder("link.ledger")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: LedgerError.busy(path: link, holder: "pid 12, a test")) {
            try LedgerWriter(path: link) { _ in "{}" }
        }
        try first.append(Sample.events(0..<1))
        try first.close()
        try LedgerWriter(path: path) { _ in "{}" }.close()
    }

    @Test func `a patient writer waits for the first`() async throws {
        let path = path
        let first = try LedgerWriter(path: path) { _ in "{}" }
        try first.append(Sample.events(0..<1))
        // A thread of its own: who waits for a lease must not hold up other tests.
        async let second: Void = withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let writer = try LedgerWriter(path: path, patience: 600) { _ in "{}" }
                        try writer.append(Sample.events(1..<2), expecting: 1)
                        try writer.close()
                    })
            }
        }
        try await Task.sleep(for: .milliseconds(120))
        try first.close()
        try await second
        #expect(try EventLedger(path: path).head().sequence == 2)
        #expect(try folder.names == ["a.ledger"])
    }

    @Test func `a lease does not outlive its holder's process`() throws {
        try makeLedger(path, [Sample.events(0..<1)])
        let lease = path + "-lease"
        let holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/env")
        holder.arguments = ["flock", lease, "cat"]
        let (input, output) = (Pipe(), Pipe())
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        // `cat` answers once flock has the lock.
        try input.fileHandleForWriting.write(contentsOf: Data("locked\n".utf8))
        #expect(output.fileHandleForReading.availableData == Data("locked\n".utf8))
        #expect(throws: LedgerError.busy(path: path, holder: "another process")) {
            try LedgerWriter(path: path) { _ in "{}" }
        }
        // The end of its input ends `cat`; nobody removes the file.
        try input.fileHandleForWriting.close()
        holder.waitUntilExit()
        #expect(FileManager.default.fileExists(atPath: lease))
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append(Sample.events(1..<2))
        try writer.close()
        #expect(try folder.names == ["a.ledger"])
    }

    @Test(arguments: [false, true])
    func `a backup is a plain and sound ledger`(isWriting: Bool) throws {
        let writer = try LedgerWriter(path: path) { _ in "{}" }
        try writer.append(Sample.events(0..<1500))
        if !isWriting { try writer.close() }
        let copy = folder("copy.ledger")
        try EventLedger(path: path).backUp(to: copy)
        #expect(try EventLedger(path: copy).head() == writer.head)
        #expect(try EventLedger.verify(path: copy).isSound)
        let bytes = try Data(contentsOf: URL(filePath: copy))
        #expect(bytes[18] == 1 && bytes[19] == 1)
        #expect(try folder.names.filter { $0.hasPrefix("copy") } == ["copy.ledger"])
        // A copy never goes over another file.
        #expect(throws: LedgerError.self) { try EventLedger(path: path).backUp(to: copy) }
        #expect(try Data(contentsOf: URL(filePath: copy)) == bytes)
        try writer.close()
    }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
