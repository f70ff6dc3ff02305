/// What may vary in a case without it passing.
public struct Freedom<Value> {
    /// Values that fail alike, each with one choice replaced that may be anything.
    public var alternatives: [Value] = []
    /// Whether all those choices may vary at once.
    public var isJoint = false
    /// Cases that were run to find out.
    public var evaluations = 0

    /// Nothing may vary.
    public init() {}
}

extension Search {
    /// Tries other values for each choice of a finding. One is free where the case still fails alike with
    /// every one of `tries` random replacements, the bounds among them.
    ///
    /// - Parameter most: choices that are looked at, from the left.
    public func freedom(of finding: Finding, tries: Int = 6, most: Int = 64) async -> Freedom<Value>
    {
        var freedom = Freedom<Value>()
        var noted = Choices(replaying: finding.choices)
        guard (try? gen.draw(&noted)) != nil else { return freedom }
        var random = SplitMix(state: 0xF4EE)
        var free: [Int] = []
        for (place, choice) in noted.taken.prefix(most).enumerated() {
            var last: Value?
            for value in choice.replacements(tries, &random) {
                var changed = finding.choices
                changed[place] = value
                last = await failing(changed, as: finding.failure, &freedom.evaluations)
                if last == nil { break }
            }
            guard let last else { continue }
            free.append(place)
            freedom.alternatives.append(last)
        }
        guard free.count > 1 else { return freedom }
        freedom.isJoint = true
        for _ in 0..<tries where freedom.isJoint {
            var changed = finding.choices
            for place in free {
                changed[place] =
                    noted.taken[place].replacements(1, &random).first ?? changed[place]
            }
            freedom.isJoint =
                await failing(changed, as: finding.failure, &freedom.evaluations) != nil
        }
        return freedom
    }

    /// The value of choices that fail as they should.
    private func failing(_ values: [Int], as failure: String, _ evaluations: inout Int) async
        -> Value?
    {
        var choices = Choices(replaying: values)
        guard let value = try? gen.draw(&choices), choices.taken.count == values.count else {
            return nil
        }
        evaluations += 1
        return await check(value, values) == .failed(failure) ? value : nil
    }
}

extension Choice {
    /// Other values between the bounds: a bound first, where there is room for it.
    fileprivate func replacements(_ count: Int, _ random: inout SplitMix) -> [Int] {
        let width = UInt(bitPattern: bounds.upperBound &- bounds.lowerBound)
        guard width > UInt(count) else { return bounds.filter { $0 != value } }
        var found = Set([value])
        var list: [Int] = []
        while list.count < count {
            let next: Int =
                switch (count, list.count) {
                case (2..., 0) where value != bounds.upperBound: bounds.upperBound
                case (2..., 1) where value != bounds.lowerBound: bounds.lowerBound
                default: random.uniform(in: bounds)
                }
            if found.insert(next).inserted {
                list.append(next)
            } else if width < 64 {
                guard let other = bounds.first(where: { !found.contains($0) }) else { break }
                found.insert(other)
                list.append(other)
            }
        }
        return list
    }
}
