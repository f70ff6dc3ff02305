extension Shrinker {
    /// Makes all choices of a span the simplest.
    func simplifySpans() async {
        var place = 0
        while place < spans.count {
            var script = choices
            for at in spans[place].begin..<spans[place].end { script[at] = script[at].simplest }
            await propose(script)
            place += 1
        }
    }

    /// Puts a part of a span in its place, where both are of one kind.
    func replaceByDescendants() async {
        var place = 0
        while place < spans.count {
            let outer = spans[place]
            var isReplaced = false
            for inner in spans.dropFirst(place + 1)
            where inner.begin >= outer.begin && inner.end <= outer.end
                && inner.label == outer.label && inner.end - inner.begin < outer.end - outer.begin
            {
                var script = choices
                script.replaceSubrange(
                    outer.begin..<outer.end, with: choices[inner.begin..<inner.end])
                if await propose(script) {
                    isReplaced = true
                    break
                }
            }
            if !isReplaced { place += 1 }
        }
    }

    /// Brings each choice as near to its origin as it goes.
    func lowerChoices() async {
        var place = 0
        while place < choices.count {
            await lower([place])
            place += 1
        }
    }

    /// Brings choices that are alike nearer to their origins together.
    func lowerAlike() async {
        var seen: Set<Int> = []
        var place = 0
        while place < choices.count {
            let value = choices[place].value
            if choices[place].complexity.distance > 0, seen.insert(value).inserted {
                let alike = choices.indices.filter { choices[$0].value == value }
                if alike.count > 1 { await lower(alike) }
            }
            place += 1
        }
    }

    /// Brings choices of one value nearer to their origins: to them, to the simpler side, by bisection.
    private func lower(_ places: [Int]) async {
        func script(_ distance: UInt, _ isBelow: Bool) -> [Choice]? {
            var script = choices
            for place in places {
                guard place < script.count,
                    let choice = script[place].at(distance: distance, isBelow: isBelow)
                else { return nil }
                script[place] = choice
            }
            return script
        }
        func attempt(_ distance: UInt, _ isBelow: Bool) async -> Bool {
            guard let script = script(distance, isBelow) else { return false }
            return await propose(script)
        }
        let (distance, isBelow) = choices[places[0]].complexity
        guard distance > 0 else { return }
        if await attempt(0, false) { return }
        if isBelow { _ = await attempt(distance, false) }
        guard places[0] < choices.count else { return }
        let side = choices[places[0]].complexity.isBelow
        func current() -> UInt? {
            places[0] < choices.count ? choices[places[0]].complexity.distance : nil
        }
        // Fewer bits, then less and less; a value that cannot go down at all costs a case or two.
        guard let long = current(), long > 1 else { return }
        _ = await greatest { bits in
            guard bits < 64 else { return false }
            return await attempt(long >> UInt(bits), side)
        }
        guard let short = current(), short > 1 else { return }
        let down = await greatest { by in
            guard UInt(by) < short else { return false }
            return await attempt(short - UInt(by), side)
        }
        if down == 0 {
            // What holds back one step may let two or three pass.
            for by in UInt(2)...4 where by < short {
                if await attempt(short - by, side) { break }
            }
        }
        guard let high = current() else { return }
        // The other side may have what this side has not.
        if high > 1 { _ = await attempt(high - 1, !side) }
    }

    /// Puts neighbours of one kind in order.
    func sortSiblings() async {
        var place = 0
        while place < spans.count {
            let all = spans
            let run = siblings(from: place, in: all).filter { all[$0].label == all[place].label }
            if run.count > 1 {
                let (first, second) = (all[run[0]], all[run[1]])
                if first.end == second.begin {
                    let (a, b) = (
                        Array(choices[first.begin..<first.end]),
                        Array(choices[second.begin..<second.end])
                    )
                    if isSimpler(b, a) {
                        var script = choices
                        script.replaceSubrange(first.begin..<second.end, with: b + a)
                        await propose(script)
                    }
                }
            }
            place += 1
        }
    }

    /// The pairs of numbers that are worth trying together: all of few, near ones of many.
    private func pairs() -> [(Int, Int)] {
        let numbers = choices.indices.filter { !choices[$0].isFlag }
        let reach = numbers.count <= 12 ? numbers.count : 6
        return numbers.indices.flatMap { place in
            numbers.dropFirst(place + 1).prefix(reach).map { (numbers[place], $0) }
        }
    }

    /// Takes from an earlier choice what a later one gets.
    func moveWeight() async {
        for (one, other) in pairs() {
            guard other < choices.count, choices[one].complexity.distance > 0 else { continue }
            let start = choices
            let most = start[one].complexity.distance
            func moved(_ by: UInt) -> [Choice]? {
                var script = start
                let (distance, isBelow) = start[one].complexity
                guard by <= distance,
                    let lowered = start[one].at(distance: distance - by, isBelow: isBelow)
                else { return nil }
                let delta = isBelow ? 0 &- Int(bitPattern: by) : Int(bitPattern: by)
                let (raised, overflow) = start[other].value.addingReportingOverflow(delta)
                guard !overflow, start[other].bounds.contains(raised) else { return nil }
                script[one] = lowered
                script[other].value = raised
                return script
            }
            if let script = moved(most), await propose(script) { continue }
            _ = await greatest { count in
                guard count <= Int(clamping: most), let script = moved(UInt(count)) else {
                    return false
                }
                return await attempt(script)
            }
        }
    }

    /// Brings two choices nearer to their origins by as much.
    func lowerTogether() async {
        for (one, other) in pairs() {
            guard other < choices.count else { continue }
            let start = choices
            let (a, b) = (start[one].complexity, start[other].complexity)
            let most = min(a.distance, b.distance)
            guard most > 0 else { continue }
            func lowered(_ by: UInt) -> [Choice]? {
                guard by <= most,
                    let first = start[one].at(distance: a.distance - by, isBelow: a.isBelow),
                    let second = start[other].at(distance: b.distance - by, isBelow: b.isBelow)
                else { return nil }
                var script = start
                (script[one], script[other]) = (first, second)
                return script
            }
            if let script = lowered(most), await propose(script) { continue }
            _ = await greatest { count in
                guard count <= Int(clamping: most), let script = lowered(UInt(count)) else {
                    return false
                }
                return await attempt(script)
            }
        }
    }
}
