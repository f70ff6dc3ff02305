/// Which alternatives have which test: bit sets with their empty words left out.
///
/// An alternative is a bit. Each field has a slot for every word of 64 alternatives in which any has
/// the field; the tests of the field set bits in these slots.
struct RuleMembers: Sendable {
    struct Slot: Sendable {
        let field: Int32
        let word: Int32
        /// The alternatives that have the field.
        var needs: UInt64 = 0
        /// Those to which the field may be absent.
        var absent: UInt64 = 0
    }

    private struct Bits: Sendable {
        let slot: Int32
        var bits: UInt64
    }

    private(set) var slots: [Slot] = []
    /// For each test, where its bits begin; one more for the end.
    private var starts: [Int32] = [0]
    private var bits: [Bits] = []

    /// The slots of a field, which follow one another.
    mutating func addField(_ field: Int, alternatives: [Int]) -> Range<Int> {
        let first = slots.count
        for alternative in alternatives {
            let word = Int32(alternative / 64)
            if slots.count == first || slots[slots.count - 1].word != word {
                slots.append(Slot(field: Int32(field), word: word))
            }
            slots[slots.count - 1].needs |= RuleMembers.bit(alternative)
        }
        return first..<slots.count
    }

    /// Adds the next test: those alternatives, in ascending order, of the field with these slots.
    mutating func addTest(_ alternatives: [Int], isAbsence: Bool, slots range: Range<Int>) {
        var place = range.lowerBound
        let first = bits.count
        for alternative in alternatives {
            while Int(slots[place].word) != alternative / 64 { place += 1 }
            let bit = RuleMembers.bit(alternative)
            if isAbsence { slots[place].absent |= bit }
            if bits.count == first || bits[bits.count - 1].slot != Int32(place) {
                bits.append(Bits(slot: Int32(place), bits: 0))
            }
            bits[bits.count - 1].bits |= bit
        }
        starts.append(Int32(bits.count))
    }

    @inline(__always)
    static func bit(_ alternative: Int) -> UInt64 { 1 << UInt64(alternative % 64) }

    @inline(__always)
    func add(_ test: Int32, to got: inout [UInt64]) {
        for place in Int(starts[Int(test)])..<Int(starts[Int(test) + 1]) {
            got[Int(bits[place].slot)] |= bits[place].bits
        }
    }

    /// Whether the alternative has the test.
    func has(_ test: Int32, _ alternative: Int) -> Bool {
        for place in Int(starts[Int(test)])..<Int(starts[Int(test) + 1])
        where Int(slots[Int(bits[place].slot)].word) == alternative / 64 {
            return bits[place].bits & RuleMembers.bit(alternative) != 0
        }
        return false
    }

    /// Whether the alternative lets the field be absent.
    func mayBeAbsent(_ field: Int32, _ alternative: Int) -> Bool {
        slots.contains {
            $0.field == field && Int($0.word) == alternative / 64
                && $0.absent & RuleMembers.bit(alternative) != 0
        }
    }
}
