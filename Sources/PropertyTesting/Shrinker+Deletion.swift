extension Shrinker {
    /// Deletes spans, and runs of neighbours, from the last to the first: what comes later depends on what
    /// came before, and not the other way round.
    func deleteSpans() async {
        var place = spans.count - 1
        // Parts of something of a length that was drawn before cannot go one by one.
        var hopeless: [Int: Int] = [:]
        while place >= 0 {
            guard place < spans.count, isWorthDeleting(place),
                hopeless[spans[place].parent, default: 0] < 4
            else {
                place -= 1
                continue
            }
            let start = choices
            let all = spans
            let run = siblings(upTo: place, in: all)
            let count = await greatest { count in
                guard count <= run.count else { return false }
                let range = all[run[count - 1]].begin..<all[run[0]].end
                guard !range.isEmpty else { return false }
                return await attempt(start.removing(range))
            }
            if count == 0, !wasCase { hopeless[all[place].parent, default: 0] += 1 }
            if count > 0 { hopeless = [:] }
            place = count > 0 ? min(run[count - 1], spans.count) - 1 : place - 1
        }
    }

    /// A span that is all of the one around it but for a choice is tried with that.
    private func isWorthDeleting(_ place: Int) -> Bool {
        let span = spans[place]
        guard span.end > span.begin else { return false }
        guard span.parent >= 0 else { return true }
        let outer = spans[span.parent]
        return outer.end - outer.begin > span.end - span.begin + 1
    }

    /// A span and those before it in the same parent, backwards.
    func siblings(upTo place: Int, in spans: [Choices.Span]) -> [Int] {
        var run = [place]
        for next in spans.indices.prefix(place).reversed()
        where spans[next].parent == spans[place].parent
            && spans[next].end == spans[run[run.count - 1]].begin
        {
            run.append(next)
        }
        return run
    }

    /// Whether these choices fail, be they simpler than the best or the best by now.
    func attempt(_ script: [Choice]) async -> Bool {
        if await propose(script) { return true }
        return choices == script
    }

    /// A span and those that follow it in the same parent.
    func siblings(from place: Int, in spans: [Choices.Span]) -> [Int] {
        var run = [place]
        for next in spans.indices.dropFirst(place + 1)
        where spans[next].parent == spans[place].parent
            && spans[next].begin == spans[run[run.count - 1]].end
        {
            run.append(next)
        }
        return run
    }

    /// Deletes a few choices wherever they stand: the end of one list and the begin of the next, so that two
    /// become one.
    func deleteChoices() async {
        for count in (1...4).reversed() {
            var place = 0
            while place + count <= choices.count, !isExhausted {
                let window = place..<place + count
                // What is between two lists has the end of one in it.
                guard choices[window].contains(where: { $0.isFlag && $0.value == 0 }),
                    await propose(choices.removing(window))
                else {
                    place += 1
                    continue
                }
            }
        }
    }

    /// Deletes a span and lowers all numbers by one, or puts another choice to the other side of its origin, or to a bound: sums that run
    /// over are kept so. Only for short cases.
    func deleteAndFlip() async {
        guard choices.count <= 32 else { return }
        var place = 0
        while place < spans.count, !isExhausted {
            let (span, start) = (spans[place], choices)
            place += 1
            guard span.end > span.begin, span.end < start.count || span.begin > 0 else { continue }
            // Places in a list move down with what stood before them.
            let moved = start.map { choice in
                let (distance, isBelow) = choice.complexity
                guard distance > 0, !choice.isFlag else { return choice }
                return choice.at(distance: distance - 1, isBelow: isBelow) ?? choice
            }
            if await propose(moved.removing(span.begin..<span.end)) { return }
            for at in start.indices where !(span.begin..<span.end).contains(at) {
                let choice = start[at]
                // Only what is near a bound runs over.
                let reach = UInt(bitPattern: choice.bounds.upperBound &- choice.bounds.lowerBound)
                guard choice.complexity.distance > max(2, reach / 4) else { continue }
                let others = [
                    0 &- choice.value, choice.bounds.lowerBound, choice.bounds.upperBound,
                ]
                for value in others where value != choice.value && choice.bounds.contains(value) {
                    var script = start
                    script[at].value = value
                    if await propose(script.removing(span.begin..<span.end)) { return }
                }
            }
        }
    }

    /// Lowers a choice and deletes what it may have counted: a span after it.
    func lowerAndDelete() async {
        var place = 0
        while place < choices.count, !isExhausted {
            let choice = choices[place]
            let (distance, isBelow) = choice.complexity
            if distance > 0, !choice.isFlag,
                let lowered = choice.at(distance: distance - 1, isBelow: isBelow)
            {
                var isLowered = false
                for span in spans where span.begin > place && span.end > span.begin {
                    var script = choices
                    script[place] = lowered
                    if await propose(script.removing(span.begin..<span.end)) {
                        isLowered = true
                        break
                    }
                }
                if isLowered { continue }
            }
            place += 1
        }
    }

    /// Deletes two steps of a program at once, near ones first: what one did the other may have undone.
    func deleteSteps() async {
        var distance = 1
        while true {
            let steps = spans.filter { $0.label == Choices.stepLabel }
            // Of long programs only neighbours: all pairs would be too many.
            guard distance < (steps.count <= 40 ? steps.count : 3) else { return }
            var isMoving = false
            for place in steps.indices.dropLast(distance).reversed() where !isExhausted {
                let (one, other) = (steps[place], steps[place + distance])
                let script = choices.removing(other.begin..<other.end)
                    .removing(one.begin..<one.end)
                if await propose(script) {
                    isMoving = true
                    break
                }
            }
            if !isMoving { distance += 1 }
        }
    }
}
