/// Says which feeder a button belongs to, where the feeder stands and what its bowls hold.
///
/// Registrations are events like any other, effective from their place in the ledger on. The
/// detail is a JSON object:
///
///     {"device-id": "G030…", "feeder": "kitchen", "time-zone": "Pacific/Auckland",
///      "bowls": {"left": 25, "right": 30}}
///
/// `bowls` gives the grams that one dispense puts into each bowl.
public struct Registration: Hashable, Sendable {
    /// Not the buttons' source: rule `feeds-rule` must not send a registration to the feeder.
    public static let source = "com.feedmyfurbabies.registry"
    public static let detailType = "Feeder Registration"

    public var device: String
    public var feeder: String
    /// A name of the tz database.
    public var timeZone: String
    /// Grams a dispense into the left bowl.
    public var leftGrams: Int
    /// Grams a dispense into the right bowl.
    public var rightGrams: Int

    public init(
        device: String, feeder: String, timeZone: String, leftGrams: Int, rightGrams: Int
    ) {
        self.device = device
        self.feeder = feeder
        self.timeZone = timeZone
        self.leftGrams = leftGrams
        self.rightGrams = rightGrams
    }

    /// The registration that this detail writes; nil where a part is missing or of another type.
    public init?(detail: String) {
        guard let value = try? JSONValue(parsing: detail),
            let device = value["device-id"]?.string, let feeder = value["feeder"]?.string,
            let zone = value["time-zone"]?.string,
            let left = value["bowls"]?["left"]?.int, let right = value["bowls"]?["right"]?.int,
            Registration.gramsRange.contains(left), Registration.gramsRange.contains(right)
        else { return nil }
        self.init(
            device: device, feeder: feeder, timeZone: zone, leftGrams: left, rightGrams: right)
    }

    /// A portion's grams: enough for a lion, small enough that no sum can overflow.
    public static let gramsRange = 0...100_000

    /// The detail, spelled as Python's `json.dumps` would.
    public var detail: String {
        "{\"device-id\": \(JSONText.quotedASCII(device)), \"feeder\": \(JSONText.quotedASCII(feeder)), "
            + "\"time-zone\": \(JSONText.quotedASCII(timeZone)), "
            + "\"bowls\": {\"left\": \(leftGrams), \"right\": \(rightGrams)}}"
    }

    /// The registration as the content of an event.
    public func content(envelope: String?) -> EventContent {
        EventContent(
            source: Registration.source, detailType: Registration.detailType, device: device,
            detail: detail, envelope: envelope)
    }
}
