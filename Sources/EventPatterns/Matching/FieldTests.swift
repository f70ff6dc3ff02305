import EventModel

/// All tests that rules make of one field, sorted by how they are made, so that a value is held
/// against hundreds of them with a few look-ups.
///
/// A class, so that calling it retains one object and not every table.
final class FieldTests: Sendable {
    /// A test's number among all fields' tests, and what it is.
    typealias Numbered = (number: Int, test: ValueTest)

    private let exact: Keyed
    private let prefixes: Keyed
    private let suffixes: Keyed
    private let numbers: [(number: Int32, value: ComparableNumber)]
    private let ranges: [(number: Int32, value: NumberRange)]
    private let excludedNumbers: [(number: Int32, values: [ComparableNumber])]
    private let addresses: [(number: Int32, value: AddressRange)]
    /// Tests that are made one after the other.
    private let others: [(number: Int32, test: ValueTest)]
    /// Tests that every value passes.
    private let always: [Int32]
    private let comparesNumbers: Bool

    init(_ tests: [Numbered]) {
        exact = Keyed(tests) { if case .exact(let bytes) = $0 { bytes } else { nil } }
        prefixes = Keyed(tests) { if case .prefix(let bytes) = $0 { bytes } else { nil } }
        suffixes = Keyed(tests) { if case .suffix(let bytes) = $0 { bytes } else { nil } }
        var numbers: [(number: Int32, value: ComparableNumber)] = []
        var ranges: [(number: Int32, value: NumberRange)] = []
        var excludedNumbers: [(number: Int32, values: [ComparableNumber])] = []
        var addresses: [(number: Int32, value: AddressRange)] = []
        var others: [(number: Int32, test: ValueTest)] = []
        var always: [Int32] = []
        for (place, test) in tests {
            let number = Int32(place)
            switch test {
            case .exact, .prefix, .suffix, .absent, .never: break
            case .number(let value): numbers.append((number, value))
            case .range(let value): ranges.append((number, value))
            case .address(let value): addresses.append((number, value))
            case .present: always.append(number)
            case .anythingBut(let excluded):
                let values = excluded.compactMap { if case .number(let n) = $0 { n } else { nil } }
                if values.count == excluded.count {
                    excludedNumbers.append((number, values))
                } else {
                    others.append((number, test))
                }
            case .ignoringCase, .wildcard: others.append((number, test))
            }
        }
        self.numbers = numbers
        self.ranges = ranges
        self.excludedNumbers = excludedNumbers
        self.addresses = addresses
        self.others = others
        self.always = always
        comparesNumbers = !(numbers.isEmpty && ranges.isEmpty && excludedNumbers.isEmpty)
    }

    /// Hands the number of each test that the value passes to `pass`, once.
    @inline(__always)
    func evaluate(_ value: UnsafeRawBufferPointer, _ kind: JSONKind, _ pass: (Int32) -> Void) {
        if !exact.isEmpty { exact.find(value, in: value.count, pass) }
        for number in always { pass(number) }
        if kind == .string { evaluateString(value, pass) }
        if comparesNumbers { evaluateNumber(value, kind, pass) }
        for (number, test) in others where test.matches(value) { pass(number) }
    }

    private func evaluateString(_ value: UnsafeRawBufferPointer, _ pass: (Int32) -> Void) {
        for length in prefixes.lengths where length <= value.count {
            prefixes.find(UnsafeRawBufferPointer(rebasing: value[..<length]), in: length, pass)
        }
        for length in suffixes.lengths where length <= value.count {
            suffixes.find(
                UnsafeRawBufferPointer(rebasing: value[(value.count - length)...]), in: length, pass
            )
        }
        guard !addresses.isEmpty, let address = IPAddress(value[1..<value.count - 1]) else {
            return
        }
        for (number, range) in addresses where range.contains(address) { pass(number) }
    }

    private func evaluateNumber(
        _ value: UnsafeRawBufferPointer, _ kind: JSONKind, _ pass: (Int32) -> Void
    ) {
        guard kind == .number, let comparable = ComparableNumber(value) else {
            for (number, _) in excludedNumbers { pass(number) }
            return
        }
        for (number, other) in numbers where other == comparable { pass(number) }
        for (number, range) in ranges where range.contains(comparable) { pass(number) }
        for (number, excluded) in excludedNumbers where !excluded.contains(comparable) {
            pass(number)
        }
    }

    /// Tests with a byte string each, in one table; the group is the string's length.
    private struct Keyed: Sendable {
        private var table = ByteTable()
        private var numbers: [Int32] = []
        private(set) var lengths: [Int] = []

        var isEmpty: Bool { table.isEmpty }

        init(_ tests: [Numbered], _ key: (ValueTest) -> [UInt8]?) {
            for (number, test) in tests {
                guard let bytes = key(test) else { continue }
                table.insert(bytes, group: bytes.count)
                numbers.append(Int32(number))
                if !lengths.contains(bytes.count) { lengths.append(bytes.count) }
            }
            lengths.sort()
        }

        @inline(__always)
        func find(_ bytes: UnsafeRawBufferPointer, in length: Int, _ pass: (Int32) -> Void) {
            let place = table.find(bytes, group: length)
            if place >= 0 { pass(numbers[place]) }
        }
    }
}

extension ValueTest {
    /// Whether a value passes, by itself.
    func matches(_ value: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .exact(let bytes):
            return value.count == bytes.count && value.elementsEqual(bytes)
        case .prefix(let bytes): return value.starts(with: bytes)
        case .suffix(let bytes):
            return value.count >= bytes.count && value.suffix(bytes.count).elementsEqual(bytes)
        case .ignoringCase(let text): return text.matches(value)
        case .wildcard(let wildcard): return wildcard.matches(value)
        case .number(let number): return ValueTest.number(value) == number
        case .range(let range): return ValueTest.number(value).map(range.contains) ?? false
        case .address(let range):
            guard value.first == 0x22, value.count >= 2 else { return false }
            return IPAddress(value[1..<value.count - 1]).map(range.contains) ?? false
        case .anythingBut(let excluded): return !excluded.contains { $0.matches(value) }
        case .present: return true
        case .absent, .never: return false
        }
    }

    private static func number(_ value: UnsafeRawBufferPointer) -> ComparableNumber? {
        guard let first = value.first, first == 0x2D || (0x30...0x39).contains(first) else {
            return nil
        }
        return ComparableNumber(value)
    }
}
