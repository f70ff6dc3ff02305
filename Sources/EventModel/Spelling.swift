/// Finds what a misspelt word was meant to be.
public enum Spelling {
    /// `did you mean "habits"?` or, where nothing is near, the list of what is possible.
    public static func hint(for word: String, among words: [String]) -> String {
        if let nearest = nearest(to: word, among: words) { return "did you mean \"\(nearest)\"?" }
        return "it may be " + words.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    /// The word with the fewest changes from `word`, the first of equals; nil where all are far.
    public static func nearest(to word: String, among words: [String]) -> String? {
        let limit = max(2, word.count / 3)
        var best: (distance: Int, word: String)?
        for candidate in words {
            let distance = changes(from: word.lowercased(), to: candidate.lowercased())
            if distance <= limit, distance < candidate.count, distance < best?.distance ?? .max {
                best = (distance, candidate)
            }
        }
        return best?.word
    }

    /// How many characters must be put in, left out or changed (Levenshtein's distance).
    private static func changes(from a: String, to b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (place, character) in a.enumerated() {
            var diagonal = row[0]
            row[0] = place + 1
            for column in b.indices {
                let changed = diagonal + (b[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
