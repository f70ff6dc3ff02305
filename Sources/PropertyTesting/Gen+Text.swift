extension Gen where Value == Unicode.Scalar {
    /// ASCII, letters first, then digits, signs and control characters.
    public static var ascii: Gen<Unicode.Scalar> { .element(of: asciiBySimplicity) }

    /// Scalars that programs break on: ends of planes and of the surrogates' gap, marks of order, joiners,
    /// letters that change their length with their case, line ends of other worlds, quotes, NUL.
    public static var treacherous: Gen<Unicode.Scalar> { .element(of: treacherousScalars) }

    /// Any scalar.
    public static var scalar: Gen<Unicode.Scalar> {
        // 0x800 less than all, for the gap of the surrogates.
        Gen<Int>.integer(in: 0...0x10F7FF, origin: 0x61).map { number in
            Unicode.Scalar(UInt32(number < 0xD800 ? number : number + 0x800)) ?? "a"
        }
    }

    private static let asciiBySimplicity: [Unicode.Scalar] = {
        let printable: [Unicode.Scalar] = (0x20...0x7E).map { Unicode.Scalar($0) }
        let letters = printable.filter { $0.properties.isLowercase }
        let capitals = printable.filter { $0.properties.isUppercase }
        let digits = printable.filter { ("0"..."9").contains($0) }
        let known = Set(letters + capitals + digits)
        let signs = printable.filter { !known.contains($0) }
        let controls: [Unicode.Scalar] = (0...0x1F).map { Unicode.Scalar($0) } + ["\u{7F}"]
        return letters + capitals + digits + signs + controls
    }()

    private static let treacherousScalars: [Unicode.Scalar] = [
        "\"", "'", "\\", "/", "\n", "\r", "\t", "\0", "\u{7F}", "\u{80}", "\u{85}", "\u{A0}",
        "\u{AD}", "é", "ß", "İ", "ı", "ſ", "ﬀ", "Ω", "\u{301}", "\u{5D0}", "\u{627}", "\u{E33}",
        "\u{200B}", "\u{200D}", "\u{202E}", "\u{2028}", "\u{2029}", "\u{FE0F}", "\u{FEFF}",
        "\u{D7FF}",
        "\u{E000}", "\u{FFFD}", "\u{FFFE}", "\u{FFFF}", "\u{10000}", "\u{1F408}", "\u{1F1E9}",
        "\u{1F3FD}", "\u{E0001}", "\u{10FFFF}",
    ]
}

extension Gen where Value == String {
    /// Texts of ASCII.
    public static func ascii(of count: ClosedRange<Int> = 0...64) -> Gen<String> {
        Gen<Unicode.Scalar>.ascii.list(of: count).map(String.init(scalars:))
    }

    /// Texts of any scalars, every other one of ASCII, and many that programs break on.
    ///
    /// - Parameter count: scalars, not characters.
    public static func text(of count: ClosedRange<Int> = 0...64) -> Gen<String> {
        Gen<Unicode.Scalar>.weighted([(4, .ascii), (3, .treacherous), (1, .scalar)])
            .list(of: count).map(String.init(scalars:))
    }
}

extension String {
    fileprivate init(scalars: [Unicode.Scalar]) {
        self.init()
        unicodeScalars.append(contentsOf: scalars)
    }
}
