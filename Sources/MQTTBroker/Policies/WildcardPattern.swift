/// A pattern of an IoT policy: `*` takes any bytes, slashes too, `?` one character; all else,
/// MQTT's wildcards too, stands for itself.
struct WildcardPattern: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case byte(UInt8)
        case anyCharacter
        case anything
    }

    var pieces: [Piece] = []

    mutating func append(literal text: some Sequence<UInt8>) {
        for byte in text { pieces.append(.byte(byte)) }
    }

    /// Whether the whole text is taken. Time: at most the product of the lengths.
    func matches(_ text: [UInt8]) -> Bool {
        var (piece, at) = (0, 0)
        // Where the last `*` stands, and how far it reached: the only place to go back to.
        var star: (piece: Int, at: Int)?
        while at < text.count {
            if piece < pieces.count, pieces[piece] == .anything {
                star = (piece, at)
                piece += 1
            } else if piece < pieces.count, let next = step(pieces[piece], text, at) {
                (piece, at) = (piece + 1, next)
            } else if let last = star {
                star = (last.piece, last.at + 1)
                (piece, at) = (last.piece + 1, last.at + 1)
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { $0 == .anything }
    }

    /// Where the text goes on after one piece; nil where the piece does not take it.
    private func step(_ piece: Piece, _ text: [UInt8], _ at: Int) -> Int? {
        switch piece {
        case .byte(let byte): return text[at] == byte ? at + 1 : nil
        case .anything: return nil
        case .anyCharacter:
            var next = at + 1
            while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
            return next
        }
    }
}
