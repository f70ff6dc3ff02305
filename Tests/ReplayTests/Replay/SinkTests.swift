import EventModel
import Foundation
import Lab
import Testing
import Topology

@Suite struct `A file as a target` {
    private func topology(_ path: String, more: String = "") throws -> TopologyFile {
        try TopologyFile.deployed(replacing: [
            "      - {id: bowl-totals":
                "      - {id: lines, kind: file, path: \"\(path)\"\(more)}\n      - {id: bowl-totals"
        ])
    }

    @Test func `gets a line for each event, as EventBridge would write it`() throws {
        let archive = try Archive(generated: 4, size: 60)
        let path = archive.folder + "/lines.jsonl"
        try archive.run(
            archive.request(topology: topology(path), name: "again", targets: ["lines"]))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let events = try archive.events()
        #expect(lines.count == events.count)
        for (line, event) in zip(lines, events) {
            let value = try JSONValue(parsing: line)
            #expect(value["id"]?.string == event.id.text)
            #expect(value["time"]?.string == event.time.floored(to: .second).text(.second))
            #expect(value["replay-name"] == "again" && value["source"]?.string == event.source)
            #expect(line.contains("\"detail\":\(event.detail)"))
        }
    }

    @Test func `gets what its input path selects, behind what it holds already`() throws {
        let archive = try Archive(Sample.presses(3, seed: 1))
        let path = archive.folder + "/ids.jsonl"
        try Data("before\n".utf8).write(to: URL(fileURLWithPath: path))
        try archive.run(
            archive.request(
                topology: topology(path, more: ", input-path: $.id"), targets: ["lines"]))
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "before\n\"press-1\"\n\"press-2\"\n\"press-3\"\n")
    }

    @Test func `that cannot be written fails with its path`() throws {
        let archive = try Archive(Sample.presses(3, seed: 1))
        let path = archive.folder + "/no-such-folder/lines.jsonl"
        let error = #expect(throws: SinkError.self) {
            try archive.run(archive.request(topology: topology(path), targets: ["lines"]))
        }
        #expect(error?.description.contains(path) == true)
    }

    @Test func `on a device that is full fails the replay, not the event`() throws {
        let archive = try Archive(Sample.presses(300, seed: 1))
        #expect(throws: ReplayFailure.self) {
            try archive.run(archive.request(topology: topology("/dev/full"), targets: ["lines"]))
        }
    }
}

@Suite(.serialized) struct `A program as a target` {
    /// A topology with a shell script as its target; three attempts at most.
    private func topology(
        _ archive: Archive, script: String, timeout: String = "20s"
    ) throws -> TopologyFile {
        let path = archive.folder + "/target.sh"
        try Data(script.utf8).write(to: URL(fileURLWithPath: path))
        return try topology("[sh, \"\(path)\"]", timeout)
    }

    private func topology(_ command: String, _ timeout: String = "20s") throws -> TopologyFile {
        try TopologyFile.deployed(replacing: [
            "      - {id: bowl-totals":
                """
                  - id: program
                    kind: process
                    command: \(command)
                    timeout: \(timeout)
                    retry: {attempts: 2}
                    dead-letter: letters
                  - {id: bowl-totals
            """
        ])
    }

    @Test func `gets each event as JSON on its standard input`() throws {
        let archive = try Archive(Sample.presses(4, seed: 1))
        let out = archive.folder + "/out"
        let script = "cat >> '\(out)'; echo >> '\(out)'; echo noise"
        let ran = try archive.run(
            archive.request(topology: topology(archive, script: script), targets: ["program"]))
        let lines = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
        let ids = try lines.map { try JSONValue(parsing: $0)["id"]?.string }
        #expect(ids == ["press-1", "press-2", "press-3", "press-4"])
        #expect(ran.report.bus.delivered == 4 && ran.report.deadLetters.isEmpty)
    }

    @Test(arguments: [
        ("exit 3", "PROCESS_FAILED", "exit 3"), ("kill -9 $$", "PROCESS_FAILED", "signal 9"),
        ("echo told; exit 1", "PROCESS_FAILED", "exit 1"),
    ])
    func `that fails is tried again, and then given up with its last words`(
        script: String, code: String, words: String
    ) throws {
        let archive = try Archive(Sample.presses(2, seed: 1))
        let ran = try archive.run(
            archive.request(topology: topology(archive, script: script), targets: ["program"]))
        #expect(ran.report.state == .completed && ran.report.bus.attempts == 6)
        let letters = ran.report.deadLetters["letters"] ?? []
        #expect(letters.map(\.attempts) == [3, 3])
        for letter in letters {
            #expect(letter.errorCode == code && letter.condition == .maximumRetryAttempts)
            #expect(letter.errorMessage.contains(words), "\(letter.errorMessage)")
        }
    }

    @Test func `that fails once is delivered by the second attempt`() throws {
        let archive = try Archive(Sample.presses(1, seed: 1))
        let mark = archive.folder + "/mark"
        let script = "if [ -e '\(mark)' ]; then exit 0; fi; touch '\(mark)'; exit 9"
        let ran = try archive.run(
            archive.request(topology: topology(archive, script: script), targets: ["program"]))
        #expect(ran.report.bus.attempts == 2 && ran.report.bus.delivered == 1)
        #expect(ran.report.deadLetters.isEmpty)
    }

    @Test func `that is not there is a failure that names it`() throws {
        let archive = try Archive(Sample.presses(1, seed: 1))
        let ran = try archive.run(
            archive.request(topology: topology("[no-such-program-anywhere]"), targets: ["program"]))
        let letter = try #require(ran.report.deadLetters["letters"]?.first)
        #expect(letter.errorMessage.contains("no-such-program-anywhere"))
        #expect(ran.report.bus.delivered == 0)
    }

    @Test func `that takes too long is ended`() throws {
        let archive = try Archive(Sample.presses(1, seed: 1))
        let pid = archive.folder + "/pid"
        let begin = ContinuousClock.now
        let ran = try archive.run(
            archive.request(
                topology: topology(
                    archive, script: "echo $$ >> '\(pid)'; exec sleep 60", timeout: "1s"),
                targets: ["program"]))
        #expect(ContinuousClock.now - begin < .seconds(30))
        let letter = try #require(ran.report.deadLetters["letters"]?.first)
        #expect(letter.errorCode == "TIMEOUT" && letter.attempts == 3)
        let pids = try String(contentsOfFile: pid, encoding: .utf8).split(separator: "\n")
        #expect(pids.count == 3)
        for pid in pids { #expect(kill(try #require(Int32(pid)), 0) != 0, "\(pid) still runs") }
    }

    @Test(arguments: ["true", "exec <&-; sleep 0.1", "head -c 1 > /dev/null"])
    func `may leave its input unread, however long it is`(script: String) throws {
        let long = String(repeating: "x", count: 200_000)
        let event = Sample.presses(1, seed: 1)[0]
        let archive = try Archive([
            Event(
                id: event.id, time: event.time, recorded: event.time,
                content: EventContent(
                    source: "s", detailType: "t", device: nil, detail: "{\"long\":\"\(long)\"}"))
        ])
        let ran = try archive.run(
            archive.request(topology: topology(archive, script: script), targets: ["program"]))
        #expect(ran.report.bus.delivered == 1 && ran.report.bus.attempts == 1)
    }
}
