import EventModel

/// Why a profile of faults cannot be read.
public struct CampaignProfileError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, where, and what was expected.
    public let description: String
}

extension CampaignProfile {
    /// Reads `duplicate-delivery=0.05,wifi-lost=0.2`, or `none`; kinds that are not named are off.
    public init(text: String) throws(CampaignProfileError) {
        guard text != "none" else { return }
        var named: Set<CampaignFault> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            try take(part, separator: "=", at: "--faults", &named)
        }
    }

    /// Reads a file of lines `kind: rate`; `#` begins a comment, kinds that are not named are off.
    public init(file text: String, name: String) throws(CampaignProfileError) {
        var number = 0
        var named: Set<CampaignFault> = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let content = line.prefix { $0 != "#" }
            guard content.contains(where: { !$0.isWhitespace }) else { continue }
            try take(content, separator: ":", at: "\(name):\(number)", &named)
        }
    }

    private mutating func take(
        _ part: Substring, separator: Character, at place: String,
        _ named: inout Set<CampaignFault>
    ) throws(CampaignProfileError) {
        let sides = part.split(separator: separator, omittingEmptySubsequences: false)
            .map(CampaignProfile.trimmed)
        guard sides.count == 2 else {
            throw CampaignProfileError(
                description: "\(place): \"\(CampaignProfile.trimmed(part))\" is no fault with its"
                    + " rate, such as wifi-lost\(separator == ":" ? ": " : "=")0.05")
        }
        guard let kind = CampaignFault(rawValue: sides[0]) else {
            throw CampaignProfileError(
                description: "\(place): there is no fault \(sides[0]); "
                    + Spelling.hint(
                        for: sides[0], among: CampaignFault.allCases.map(\.rawValue)))
        }
        // A rate of 0 names it, too.
        guard named.insert(kind).inserted else {
            throw CampaignProfileError(description: "\(place): \(kind.rawValue) is there twice")
        }
        guard let rate = CampaignProfile.partsPerMillion(sides[1]) else {
            throw CampaignProfileError(
                description: "\(place): \(sides[1]) is no rate of \(kind.rawValue): a share of its"
                    + " \(kind.occasion), 0 to 1 with at most 6 decimals, was expected")
        }
        self[kind] = rate
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// `0.05` as 50000; nil where it is no share.
    private static func partsPerMillion(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = parts.first, whole == "0" || whole == "1"
        else { return nil }
        let decimals = parts.count == 2 ? parts[1] : "0"
        guard (1...6).contains(decimals.utf8.count),
            decimals.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(decimals + String(repeating: "0", count: 6 - decimals.utf8.count))
        else { return nil }
        let rate = (whole == "1" ? 1_000_000 : 0) + number
        return rate <= 1_000_000 ? rate : nil
    }
}
