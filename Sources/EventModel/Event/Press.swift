/// The three clicks that an AWS IoT button knows.
public enum ClickKind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Fills the left bowl.
    case single
    /// Fills the right bowl.
    case double
    /// Fills both bowls. On the enterprise button a press of over 1.5 s.
    case long

    /// The word on the wire: `SINGLE`, `DOUBLE` or `LONG`.
    public var word: String {
        switch self {
        case .single: "SINGLE"
        case .double: "DOUBLE"
        case .long: "LONG"
        }
    }

    /// The click of this word, spelled exactly as on the wire.
    public init?(word: some StringProtocol) {
        switch word {
        case "SINGLE": self = .single
        case "DOUBLE": self = .double
        case "LONG": self = .long
        default: return nil
        }
    }

    /// The bowls that the feeder fills at this click.
    public var bowls: [Bowl] {
        switch self {
        case .single: [.left]
        case .double: [.right]
        case .long: [.left, .right]
        }
    }

    @inlinable public func fills(_ bowl: Bowl) -> Bool {
        rawValue != (bowl == .left ? ClickKind.double : ClickKind.single).rawValue
    }
}

/// A feeder's two bowls.
public enum Bowl: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case left, right

    public var name: String { self == .left ? "left" : "right" }
}

/// Words of the deployed system: see `EventContent.press`.
public enum FeederSystem {
    /// The source that the button handler puts, and the only one that rule `feeds-rule` matches.
    public static let source = "com.feedmyfurbabies"
    /// The detail type that the button handler puts.
    public static let detailType = "AWS IoT 1-Click"
    /// The feeder of events that name no device.
    public static let defaultFeeder = "default"
}
