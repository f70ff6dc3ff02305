extension Gen {
    /// Lists of such values; the mean length is near the lower bound, as long lists find little more.
    ///
    /// Each element is one span with the choice to have it, so that deleting a span deletes an element.
    public func list(of count: ClosedRange<Int> = 0...64) -> Gen<[Value]> {
        collection(of: count, [Value]()) { list, value in
            list.append(value)
            return true
        }
    }

    /// Lists in which no two have the same key.
    public func list<Key: Hashable & SendableMetatype>(
        of count: ClosedRange<Int> = 0...64, uniqueBy key: @escaping @Sendable (Value) -> Key
    ) -> Gen<[Value]> {
        collection(of: count, (list: [Value](), keys: Set<Key>())) { found, value in
            guard found.keys.insert(key(value)).inserted else { return false }
            found.list.append(value)
            return true
        }.map(\.list)
    }

    /// Grows a collection by one value after another.
    ///
    /// - Parameter add: whether the value was taken; one that is not is no element, and the next is drawn.
    private func collection<Whole>(
        of count: ClosedRange<Int>, _ empty: @autoclosure @escaping @Sendable () -> Whole,
        _ add: @escaping @Sendable (inout Whole, Value) -> Bool
    ) -> Gen<Whole> {
        precondition(count.lowerBound >= 0, "a list has at least 0 elements")
        let (least, most) = (count.lowerBound, count.upperBound)
        let mean = min(most, max(least &* 2, least &+ 5)) - least
        return Gen<Whole>(label: label &+ 4) { choices in
            var (whole, found, refused) = (empty(), 0, 0)
            while true {
                let isForced = found < least
                // A full list ends with the same choice as any: one element less then needs no other end.
                let isFull = found == most
                if isFull, isForced || least == most { break }
                let element: Value? = try choices.span(label &+ 5) { choices in
                    if !isForced {
                        guard try choices.goesOn(mean: isFull ? 0 : mean), !isFull else {
                            return nil
                        }
                    }
                    return try draw(&choices)
                }
                guard let element else { break }
                if add(&whole, element) { found += 1 } else { refused += 1 }
                guard refused - 100 <= most else { throw Choices.Invalid.refused }
            }
            return whole
        }
    }
}

extension Gen where Value: Hashable & SendableMetatype {
    /// Sets of such values. Their order is not the same in every process: a property must not depend on it.
    public func set(of count: ClosedRange<Int> = 0...64) -> Gen<Set<Value>> {
        list(of: count) { $0 }.map { Set($0) }
    }

    /// Dictionaries with such keys.
    public func dictionary<Element>(
        to values: Gen<Element>, of count: ClosedRange<Int> = 0...64
    ) -> Gen<[Value: Element]> {
        zip(self, values).list(of: count) { $0.0 }
            .map { pairs in Dictionary(pairs) { first, _ in first } }
    }
}
