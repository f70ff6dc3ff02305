/// Finds a certificate's subject common name in its DER bytes: RFC 5280, sections 4.1 and A.1.
///
/// The TLS library has checked the certificate's signature before; here it is only read.
enum CertificateSubject {
    /// The first common name of the subject; nil where it has none, or is no text.
    static func commonName(inDER bytes: [UInt8]) -> String? {
        var file = DERReader(bytes[...])
        // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { … } … }
        guard var certificate = file.enter(0x30), var fields = certificate.enter(0x30)
        else { return nil }
        if fields.peek == 0xA0 { _ = fields.next() }
        // serialNumber, signature, issuer, validity
        for _ in 0..<4 where fields.next() == nil { return nil }
        guard var names = fields.enter(0x30) else { return nil }
        while var set = names.enter(0x31) {
            while var attribute = set.enter(0x30) {
                guard let type = attribute.next(), let value = attribute.next() else { return nil }
                // id-at-commonName: 2.5.4.3
                if type.tag == 0x06, type.content.elementsEqual([0x55, 0x04, 0x03]) {
                    return text(value)
                }
            }
        }
        return nil
    }

    /// UTF8String, NumericString, PrintableString or IA5String.
    private static func text(_ value: DERReader.Element) -> String? {
        switch value.tag {
        case 0x0C: String(validating: value.content, as: UTF8.self)
        case 0x12, 0x13, 0x16:
            value.content.allSatisfy { $0 < 0x80 }
                ? String(decoding: value.content, as: UTF8.self) : nil
        default: nil
        }
    }
}

/// Steps over the elements of a DER encoding.
private struct DERReader {
    struct Element {
        var tag: UInt8
        var content: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The tag of the next element.
    var peek: UInt8? { rest.first }

    /// The next element; nil at the end, or where the bytes are no DER.
    mutating func next() -> Element? {
        guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            // Three bytes of length are 16 MiB, far beyond any certificate.
            guard (1...3).contains(first & 0x7F) else { return nil }
            length = 0
            for _ in 0..<(first & 0x7F) {
                guard let byte = rest.popFirst() else { return nil }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return Element(tag: tag, content: rest.prefix(length))
    }

    /// The inside of the next element, if it has this tag.
    mutating func enter(_ tag: UInt8) -> DERReader? {
        guard peek == tag, let element = next() else { return nil }
        return DERReader(element.content)
    }
}
