import EventModel
import Testing

@Suite struct `SHA-256` {
    /// FIPS 180-4 examples.
    private static let answers = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test func `gives the known answers, at once and piece by piece`() {
        for (text, answer) in Self.answers {
            #expect(SHA256.hash(text).hex == answer)
            for step in [1, 63, 64, 65, 1000] where text.utf8.count < 1000 || step > 60 {
                var hash = SHA256()
                var rest = text[...]
                while !rest.isEmpty {
                    hash.update(String(rest.prefix(step)))
                    rest = rest.dropFirst(step)
                }
                #expect(hash.digest().hex == answer)
            }
        }
    }

    @Test func `can be asked on the way`() {
        var hash = SHA256()
        hash.update("ab")
        #expect(hash.digest() == SHA256.hash("ab"))
        let copy = hash
        hash.update("c")
        #expect(hash.digest() == SHA256.hash("abc"))
        #expect(copy.digest() == SHA256.hash("ab"))
    }

    @Test func `integers go in big-endian, texts with their length`() {
        var hash = SHA256()
        hash.update(bigEndian: UInt8(0x61))
        hash.update(bigEndian: UInt16(0x6263))
        #expect(hash.digest() == SHA256.hash("abc"))
        var counted = SHA256()
        counted.update(counted: "é")
        #expect(counted.digest() == SHA256.hash("\u{0}\u{0}\u{0}\u{2}é"))
    }

    @Test func `a digest is bytes, hexadecimal digits and a prefix`() {
        let digest = SHA256.hash("abc")
        #expect(SHA256Digest(bytes: digest.bytes) == digest)
        #expect(SHA256Digest(hex: digest.hex.uppercased()) == digest)
        #expect(digest.prefix == Int64(bitPattern: 0xba78_16bf_8f01_cfea))
        #expect(digest.bytes.count == 32)
        #expect(SHA256Digest(bytes: digest.bytes.dropLast()) == nil)
        for wrong in ["", "ba", String(repeating: "g", count: 64), digest.hex + "0"] {
            #expect(SHA256Digest(hex: wrong) == nil)
        }
    }
}
