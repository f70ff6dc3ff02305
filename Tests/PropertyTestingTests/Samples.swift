import Foundation
import PropertyChecks
import PropertyTesting
import Testing

/// Properties that do not hold: other tests run them in a process of their own, and read what it prints.
///
/// `PROPERTY_SAMPLES` names the folder for their cases, and lets them run at all.
private let folder = ProcessInfo.processInfo.environment["PROPERTY_SAMPLES"]

@Suite(.enabled(if: folder != nil), .property(database: .folder(folder ?? "")))
struct `Sample properties` {
    private let isMended = ProcessInfo.processInfo.environment["PROPERTY_SAMPLES_MENDED"] != nil

    @Test func `a list isn't its reverse (of course)`() async throws {
        try await forAll(Gen.integer(in: -1_000...1_000).list()) { [isMended] list in
            #expect(isMended || list == list.reversed())
        }
    }

    @Test func `a pair in which one may vary`() async throws {
        try await forAll(zip(Gen.integer(in: 0...99), Gen.integer(in: 0...99))) { number, _ in
            #expect(number < 7)
        }
    }

    @Test func `two ways to fail`() async throws {
        try await forAll(Gen.integer(in: 0...1_000)) { number in
            #expect(number != 11, "middling")
            if number > 11 { throw Large() }
        }
    }

    struct Large: Error {}

    @Test(.property(seed: 3, isolated: true)) func `a list is never too long`() async throws {
        try await forAll(Gen.integer(in: 0...9).list()) { list in
            print("this must not disturb")
            precondition(list.count < 4, "too long")
        }
    }

    @Test(.property(isolated: true)) func `sums do not run over`() async throws {
        try await forAll(Gen<Int8>.integer().list()) { list in
            #expect(list.reduce(Int8(0)) { $0 + $1 } <= 127)
        }
    }

    @Test(.property(isolated: true, patience: .milliseconds(300))) func `nothing hangs`()
        async throws
    {
        try await forAll(Gen.integer(in: 0...9)) { number in
            while number > 8 {}
        }
    }

    @Test(.property(isolated: true)) func `an expectation in a child process`() async throws {
        try await forAll(Gen.integer(in: 0...99)) { #expect($0 < 40) }
    }

    @Test func `too few get through the filter`() async throws {
        try await forAll(Gen.integer(in: 0...1_000).filter { $0 == 500 }) { _ in }
    }

    @Test(.property(isolated: true)) func `a message that names the value`() async throws {
        try await forAll(Gen.integer(in: 0...1_000)) { number in
            if number > 100 { fatalError("bad value \(number)") }
        }
    }

    @Test(.property(isolated: true)) func `the second of a kind`() async throws {
        try await forAll(Gen.integer(in: 0...9)) { #expect($0 < 10) }
        try await forAll(Gen.integer(in: 0...9)) { precondition($0 < 5) }
    }

    @Test(arguments: [3, 5]) func `an argument without a name`(most: Int) async throws {
        try await forAll(Gen.integer(in: 0...9)) { #expect($0 < most) }
    }

    @Test func `no case at all`() async throws {
        try await forAll(Gen.integer(in: 0...9), cases: 0) { #expect($0 < 0) }
    }

    @Test func `a set has no order`() async throws {
        try await forAll(Gen.integer(in: 0...9).set()) { #expect($0.count < 5) }
    }

    @Test(.property(patience: .milliseconds(300))) func `nothing traps unless asked to`()
        async throws
    {
        try await forAll(Gen.integer(in: 0...99)) { precondition($0 < 40, "forty") }
    }

    private static let ticks = Ticks()

    @Test func `a different answer every time`() async throws {
        try await forAll(Gen.integer(in: 0...99)) { _ in
            #expect(Self.ticks.add() != 20)
        }
    }
}
