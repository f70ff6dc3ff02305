/// A number that the service can compare: one whose text is, as an exact decimal, the shortest text
/// of its double. `1e2`, `100` and `100.0` are the same; `9007199254740993` and `1e400` are none.
struct ComparableNumber: Hashable, Comparable, Sendable {
    let value: Double

    static let least = ComparableNumber(value: -.infinity)
    static let greatest = ComparableNumber(value: .infinity)

    private init(value: Double) { self.value = value }

    /// - Parameter json: a number's JSON text.
    /// - Returns: nil where the number cannot be compared.
    init?(_ json: String.UTF8View) {
        guard let number = Array(json).withUnsafeBytes({ ComparableNumber($0) }) else { return nil }
        self = number
    }

    init?(_ json: UnsafeRawBufferPointer) {
        let decimal = Decimal(json)
        if decimal.significantDigits == 0 {
            self.value = 0
        } else if let value = decimal.exactDouble {
            self.value = value
        } else {
            guard let value = Double(String(decoding: json, as: UTF8.self)), value.isFinite,
                Digits(json) == Array(value.description.utf8).withUnsafeBytes({ Digits($0) })
            else { return nil }
            self.value = value
        }
    }

    @inline(__always)
    static func < (a: ComparableNumber, b: ComparableNumber) -> Bool { a.value < b.value }

    /// A decimal's value, as far as it fits into 64 bits.
    private struct Decimal {
        var isNegative = false
        var mantissa: UInt64 = 0
        var significantDigits = 0
        var exponent = 0

        init(_ json: UnsafeRawBufferPointer) {
            var isFraction = false
            var at = 0
            while at < json.count {
                let byte = json[at]
                at += 1
                switch byte {
                case 0x2D: isNegative = true
                case 0x2E: isFraction = true
                case 0x30...0x39:
                    if isFraction { exponent -= 1 }
                    if significantDigits == 0, byte == 0x30 { continue }
                    significantDigits += 1
                    if significantDigits <= 15 { mantissa = mantissa * 10 + UInt64(byte - 0x30) }
                default:
                    exponent += Decimal.exponent(UnsafeRawBufferPointer(rebasing: json[at...]))
                    return
                }
            }
        }

        /// An exponent's value; those that are beyond all doubles become a billion.
        static func exponent(_ digits: UnsafeRawBufferPointer) -> Int {
            var value = 0
            for byte in digits where byte >= 0x30 && byte <= 0x39 {
                value = min(value * 10 + Int(byte - 0x30), 1_000_000_000)
            }
            return digits.first == 0x2D ? -value : value
        }

        /// The double, where one multiplication or division of exact doubles makes it. Decimals of
        /// up to 15 digits come back from their double unchanged, so they can be compared.
        var exactDouble: Double? {
            guard significantDigits <= 15, abs(exponent) <= 22 else { return nil }
            let magnitude =
                exponent < 0
                ? Double(mantissa) / Decimal.powers[-exponent]
                : Double(mantissa) * Decimal.powers[exponent]
            return isNegative ? -magnitude : magnitude
        }

        private static let powers: [Double] = [
            1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
        ]
    }

    /// A decimal in a form that equal decimals share: the digits between the first and the last
    /// that is not 0, and the power of ten of the last.
    private struct Digits: Equatable {
        var isNegative = false
        var digits: [UInt8] = []
        var exponent = 0

        init(_ text: UnsafeRawBufferPointer) {
            var isFraction = false
            for (at, byte) in text.enumerated() {
                if byte == 0x2D {
                    isNegative = true
                } else if byte == 0x2E {
                    isFraction = true
                } else if byte | 0x20 == 0x65 {
                    let power = UnsafeRawBufferPointer(rebasing: text[(at + 1)...])
                    exponent += Decimal.exponent(power)
                    break
                } else {
                    if isFraction { exponent -= 1 }
                    if !digits.isEmpty || byte != 0x30 { digits.append(byte) }
                }
            }
            while digits.last == 0x30 {
                digits.removeLast()
                exponent += 1
            }
        }
    }
}

/// Numbers between two bounds.
struct NumberRange: Hashable, Sendable {
    var bottom = ComparableNumber.least
    var includesBottom = false
    var top = ComparableNumber.greatest
    var includesTop = false

    @inline(__always)
    func contains(_ number: ComparableNumber) -> Bool {
        (bottom < number || includesBottom && number == bottom)
            && (number < top || includesTop && number == top)
    }
}
