import PropertyChecks
import PropertyTesting
import Testing

@Suite struct `A machine` {
    /// A stack that forgets its lowest element when it holds four and is asked for its count.
    private struct Stack {
        var elements: [Int] = []
        var forgets = true

        mutating func count() -> Int {
            if forgets, elements.count == 4 { elements.removeFirst() }
            return elements.count
        }
    }

    private static let machine = Machine<[Int], Stack>(
        [],
        rules: [
            .init("push", weight: 3, with: { _ in Gen.integer(in: 0...9) }) { model, element in
                model.append(element)
            } action: { stack, _, element in
                stack.elements.append(element)
            },
            .init("pop", when: { !$0.isEmpty }) { model in
                model.removeLast()
            } action: { stack, model in
                guard stack.elements.popLast() == model.last else { throw Wrong() }
            },
            .init("count") { _ in
            } action: { stack, model in
                guard stack.count() == model.count else { throw Wrong() }
            },
        ])

    private struct Wrong: Error {}

    @Test func `keeps to preconditions and counts`() async throws {
        try await forAll(Self.machine.programs(of: 2...9)) { program in
            #expect((2...9).contains(program.count))
            var stack = Stack(forgets: false)
            let model = try await program.run(on: &stack)
            #expect(stack.elements == model)
        }
    }

    @Test func `is made simple by losing steps`() async throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let search = Search(Self.machine.programs()) { program, _ in
                var stack = Stack()
                return (try? await program.run(on: &stack)) == nil ? .failed("it") : .passed
            }
            let finding = try #require(await search.run(seed: seed, cases: 5_000).finding)
            #expect(
                finding.value.description
                    == "\n1. push 0\n2. push 0\n3. push 0\n4. push 0\n5. count")
        }
    }

    /// A door; nobody may open it that was closed and left alone.
    private struct Door {
        var isOpen = false
        var isForgotten = false
    }

    private static let doors = Machine<Door, Door>(
        Door(),
        rules: [
            .init("open", weight: 2, when: { !$0.isOpen }) {
                $0 = Door(isOpen: true)
            } action: { door, model in
                guard !model.isForgotten else { throw Wrong() }
            },
            .init("pass", when: { $0.isOpen }) { _ in
            } action: { _, _ in
            },
            .init("close", when: { $0.isOpen }) {
                $0.isOpen = false
            } action: { _, _ in
            },
            .init("knock") { _ in
            } action: { _, _ in
            },
            .init("leave") {
                $0.isForgotten = !$0.isOpen
            } action: { _, _ in
            },
        ])

    @Test func `is made simple also where a program is as long as it may be`() async throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            let search = Search(Self.doors.programs(of: 0...20)) { program, _ in
                var door = Door()
                return (try? await program.run(on: &door)) == nil ? .failed("it") : .passed
            }
            let finding = try #require(await search.run(seed: seed, cases: 5_000).finding)
            #expect(finding.value.description == "\n1. leave\n2. open", "\(finding.value)")
        }
    }

    /// A store whose answers have to be waited for.
    private actor Shelf {
        private var count = 0
        func put() { count += 1 }
        func take() { count -= 1 }
        func held() -> Int { min(count, 3) }
    }

    @Test func `waits for actions and invariants that do`() async throws {
        let machine = Machine<Int, Shelf>(
            0,
            rules: [
                .init("put", change: { $0 += 1 }, action: { shelf, _ in await shelf.put() }),
                .init("take", when: { $0 > 0 }, change: { $0 -= 1 }) { shelf, _ in
                    await shelf.take()
                },
            ]
        ) { shelf, count in
            guard await shelf.held() == count else { throw Wrong() }
        }
        let search = Search(machine.programs()) { program, _ in
            var shelf = Shelf()
            return (try? await program.run(on: &shelf)) == nil ? .failed("it") : .passed
        }
        let finding = try #require(await search.run(seed: 1).finding)
        #expect(finding.value.description == "\n1. put\n2. put\n3. put\n4. put")
    }

    @Test func `shows what is invisible in a text`() async throws {
        let machine = Machine<Int, Int>(
            0,
            rules: [.init("say", with: { _ in .just("a\n") }, change: { _, _ in }) { _, _, _ in }])
        let program = await Search(machine.programs(of: 1...1)) { _, _ in .passed }.once([]).value
        #expect(program?.description == "\n1. say \"a\\n\"")
    }

    @Test func `looks at the invariant after every step, and before the first`() async throws {
        let ticks = Ticks()
        let machine = Machine<Int, Stack>(
            0, rules: [.init("nothing", change: { $0 += 1 }, action: { _, _ in })]
        ) { _, _ in ticks.add() }
        let search = Search(machine.programs(of: 7...7)) { program, _ in
            var stack = Stack()
            return (try? await program.run(on: &stack)) == 7 ? .passed : .failed("it")
        }
        #expect(await search.run(seed: 1, cases: 1).finding == nil)
        #expect(ticks.count == 8)
    }
}
