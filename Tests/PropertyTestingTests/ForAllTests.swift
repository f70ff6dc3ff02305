import Foundation
import PropertyChecks
import PropertyTesting
import Testing

@Suite struct `A property that does not hold` {
    private let folder = Folder()

    @Test func `is said in one block, and its expectation fails where it stands`() throws {
        let run = try SampleRun("a list isn.t", in: folder.path)
        #expect(run.code != 0)
        #expect(run.contains("Does not hold for [0, 1]"))
        #expect(run.line("varies") == "[«any», «any»]")
        #expect(run.line("fails at")?.hasPrefix("PropertyTestingTests/Samples.swift:") == true)
        #expect(run.contains("evaluations to make it simple"))
        #expect(run.contains("list == list.reversed() → false"))
        // The search itself is quiet: the block and the one expectation.
        #expect(run.output.components(separatedBy: "recorded an issue").count == 3)
    }

    @Test(arguments: [
        "a list isn.t", "two ways to fail", "never too long", "sums do not", "in a child",
    ])
    func `is repeated by the line that it prints`(sample: String) throws {
        let first = try SampleRun(sample, in: folder.path)
        let line = try #require(first.line("repeat"))
        let minimum = first.output.split(separator: "\n").first { $0.contains("Does not hold for") }
        let again = try SampleRun(repeating: line, in: folder.path + "/none")
        #expect(again.code != 0)
        #expect(
            again.output.split(separator: "\n").first { $0.contains("Does not hold for") }
                == minimum)
        #expect(again.line("fails at") == first.line("fails at"))
        #expect(again.line("repeat") == line)
    }

    @Test func `is saved, runs first, and is forgotten when it passes`() throws {
        #expect(try SampleRun("a list isn.t", in: folder.path).contains("found in: case "))
        #expect(folder.files.count == 1)
        let second = try SampleRun("a list isn.t", in: folder.path)
        #expect(second.contains("found in: a saved case") && second.code != 0)
        #expect(folder.files.count == 1)
        let mended = try SampleRun(
            "a list isn.t", in: folder.path, ["PROPERTY_SAMPLES_MENDED": "1"])
        #expect(mended.code == 0 && folder.files.isEmpty)
    }

    @Test func `with a damaged case beside it warns of that, and leaves it alone`() throws {
        _ = try SampleRun("a list isn.t", in: folder.path)
        let file = try #require(folder.files.first)
        try "property case 1\nnonsense\n".write(
            toFile: folder.path + "/" + file, atomically: true, encoding: .utf8)
        let run = try SampleRun("a list isn.t", in: folder.path, ["PROPERTY_SAMPLES_MENDED": "1"])
        #expect(run.contains("is no saved case: line 2: expected 'test …'. Delete it, or mend it."))
        #expect(run.code == 0 && folder.files == [file])
    }

    @Test func `in two ways is told as two`() throws {
        let run = try SampleRun("two ways", in: folder.path)
        #expect(run.contains("Does not hold for 12"))
        #expect(run.line("fails at") == "Large")
        #expect(
            run.line("and also")?.contains("fails otherwise, at PropertyTestingTests/Samples")
                == true)
        #expect(folder.files.count == 2)
    }

    @Test func `says what may vary`() throws {
        #expect(try SampleRun("a pair in", in: folder.path).line("varies") == "(7, «any»)")
    }

    @Test func `and depends on more than its value is called out`() throws {
        let run = try SampleRun("a different answer", in: folder.path)
        #expect(run.contains("It fails one time and passes another") && run.code != 0)
    }

    @Test func `for want of cases is told so`() throws {
        let run = try SampleRun("too few", in: folder.path)
        #expect(run.contains("and 200 were wanted") && run.code != 0)
    }

    @Test(arguments: ["the second of a kind", "an argument without a name"])
    func `is not searched where another goes by its name`(sample: String) throws {
        let run = try SampleRun(sample, in: folder.path)
        #expect(run.contains("forAll(gen, named: ") && run.code != 0)
        #expect(!run.contains("Does not hold"))
    }

    @Test func `is not searched for want of cases to try`() throws {
        let run = try SampleRun("no case at all", in: folder.path)
        #expect(run.contains("0 cases were asked for: 1 or more") && run.code != 0)
    }

    @Test func `is told where its case cannot be saved`() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true)
        let file = folder.path + "/file"
        try "".write(toFile: file, atomically: true, encoding: .utf8)
        let run = try SampleRun("a list isn.t", in: file)
        #expect(run.contains("Does not hold for [0, 1]") && run.code != 0)
        #expect(run.output.components(separatedBy: "cannot be saved").count == 2)
    }

    @Test func `has a set's elements in order`() throws {
        let run = try SampleRun("a set has no order", in: folder.path)
        #expect(run.contains("Does not hold for [0, 1, 2, 3, 4]"))
    }

    @Test func `is not what PROPERTY_CASE means, and says so`() throws {
        let run = try SampleRun("a pair in", in: folder.path, ["PROPERTY_CASE": "deadbeef:1"])
        #expect(run.contains("Not run: PROPERTY_CASE is of another property (deadbeef)"))
    }

    @Test(arguments: [
        ("PROPERTY_SEED", "-1", "a whole number from 0 to 18446744073709551615"),
        ("PROPERTY_CASES", "0", "a whole number from 1 to 9223372036854775807"),
        ("PROPERTY_CASE", "1 2", "KEY:NUMBERS as the last line of a failure has it"),
        ("PROPERTY_ISOLATED", "yes", "0 or 1"),
    ])
    func `is not searched where the environment makes no sense`(
        name: String, text: String, wanted: String
    ) throws {
        let run = try SampleRun("a pair in", in: folder.path, [name: text])
        #expect(run.contains("\(name) is '\(text)', and \(wanted) was expected"))
        #expect(run.code != 0)
    }
}

@Suite struct `A property that ends its process` {
    private let folder = Folder()

    @Test func `is made simple in children, and this process lives on`() throws {
        let run = try SampleRun("never too long", in: folder.path)
        #expect(run.contains("Does not hold for [0, 0, 0, 0]"))
        #expect(run.line("fails at")?.hasSuffix("Precondition failed: too long") == true)
        #expect(run.contains("Test run with 1 test in 1 suite failed"))
        #expect(!run.contains("this must not disturb"))
        #expect(folder.files.count == 1)
        #expect(try SampleRun("never too long", in: folder.path).contains("found in: a saved case"))
    }

    @Test func `by an overflow is found like any other`() throws {
        let run = try SampleRun("sums do not", in: folder.path)
        #expect(run.line("fails at") == "ended the process: Illegal instruction")
        let value = try #require(run.output.firstMatch(of: /hold for \[(-?[0-9]+), (-?[0-9]+)\]/))
        let sum = (Int(value.1) ?? 0) + (Int(value.2) ?? 0)
        #expect(sum == 128 || sum == -129)
    }

    @Test func `with a message that names the value is made simple all the same`() throws {
        let run = try SampleRun("a message that names", in: folder.path)
        #expect(run.contains("Does not hold for 101"))
        #expect(run.line("fails at")?.hasSuffix("Fatal error: bad value 101") == true)
        #expect(folder.files.count == 1)
    }

    /// Found isolated, run again as the suite runs it: the case is isolated still, and so is its repetition.
    @Test func `is repeated in a child from a plain run, too`() throws {
        _ = try SampleRun("nothing traps unless", in: folder.path, ["PROPERTY_ISOLATED": "1"])
        let plain = try SampleRun("nothing traps unless", in: folder.path)
        #expect(plain.contains("found in: a saved case"))
        let line = try #require(plain.line("repeat"))
        let again = try SampleRun(repeating: line, in: folder.path + "/none")
        #expect(again.contains("Does not hold for 40"))
        #expect(again.line("fails at")?.hasSuffix("Precondition failed: forty") == true)
    }

    @Test func `or never ends is one, too`() throws {
        let run = try SampleRun("nothing hangs", in: folder.path)
        #expect(run.contains("Does not hold for 9") && run.contains("no answer in time"))
    }
}

@Suite(.property(cases: 30)) struct `A property that holds` {
    @Test func `is tried as often as the trait says`() async throws {
        let ticks = Ticks()
        try await forAll(Gen.integer(in: 0...9)) { _ in ticks.add() }
        #expect(ticks.count == 30)
    }

    @Test(.property(seed: 5))
    func `takes from an inner trait what that says, and the rest from outside`()
        async throws
    {
        let (one, other) = (Ticks(), Ticks())
        try await forAll(Gen.integer(in: 0...1_000_000)) { one.add($0) }
        try await forAll(Gen.integer(in: 0...1_000_000), named: "again", seed: 6) { other.add($0) }
        #expect(one.count == 30 && one.sum != other.sum)
    }

    @Test func `may wait in between`() async throws {
        try await forAll(Gen.integer(in: 0...9)) { number in
            await Task.yield()
            #expect(number < 10)
        }
    }

    @Test func `passes over what it refuses`() async throws {
        try await forAll(Gen.integer(in: 0...9)) { number in
            guard number > 4 else { throw Choices.Invalid.refused }
            #expect(number > 4)
        }
    }

    @Test(.property(isolated: true)) func `holds in a child process, too`() async throws {
        try await forAll(Gen.integer(in: 0...9)) { #expect($0 < 10) }
    }
}
