import EventModel

/// The button handler: translates a button event into what is put on the bus.
///
/// A pure function of the button event. `put(_:as:)` is the handler of the live path, as deployed or
/// as mended; `entry(for:original:)` is the import's, which loses nothing: the detail begins with
/// `click-type`, which is all that the feeder function looks at; beside it the laboratory keeps the
/// button's id, where the form has one, and the original, which the deployed handler drops:
///
///     {"click-type": "SINGLE", "device-id": "G030…", "button-event": {…as it came…}}
///
/// A device health event is no press and has no `click-type`.
public struct ButtonHandler: Sendable {
    /// The detail type of device events that are no presses.
    public static let healthDetailType = FeederSystem.detailType + " Health"

    /// What the handler puts.
    public struct Entry: Sendable, Equatable {
        public var detailType: String
        public var detail: String
        public var device: String?
        /// When the button says it was pressed; nil where its form does not say.
        public var time: Timestamp?
    }

    /// Why a value is no button event that the handler knows.
    public struct Refusal: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    public init() {}

    /// - Parameters:
    ///   - event: the button event as a tree.
    ///   - original: the same, byte for byte.
    public func entry(for event: JSONValue, original: String) throws(Refusal) -> Entry {
        let device = try self.device(of: event)
        let time = try self.time(of: event)
        let click = try self.click(of: event)
        var detail = "{"
        if let click { detail += "\"click-type\": \"\(click.word)\", " }
        if let device { detail += "\"device-id\": \(JSONText.quotedASCII(device)), " }
        detail += "\"button-event\": \(original)}"
        return Entry(
            detailType: click == nil ? ButtonHandler.healthDetailType : FeederSystem.detailType,
            detail: detail, device: device, time: time)
    }

    /// The id of the `occurrence`-th button event with these bytes, from 1: the same input gives
    /// the same ids.
    public static func id(of original: UnsafeRawBufferPointer, occurrence: Int) -> EventID {
        EventID(of: original, as: .button, occurrence: occurrence)
    }

    /// Where the forms of a button event have their click, each with its value; without those that
    /// this one lacks.
    static func clicks(of event: JSONValue) -> [(name: String, value: JSONValue)] {
        let places: [(String, JSONValue?)] = [
            ("devicePayload.clickType", event["devicePayload"]?["clickType"]),
            (
                "deviceEvent.buttonClicked.clickType",
                event["deviceEvent"]?["buttonClicked"]?["clickType"]
            ),
            ("clickType", event["clickType"]),
        ]
        return places.compactMap { name, value in value.map { (name, $0) } }
    }

    static let noClick = Refusal(
        description: "the button event has no click; expected devicePayload.clickType, "
            + "deviceEvent.buttonClicked.clickType or clickType")

    /// nil for a device event that is no press.
    func click(of event: JSONValue) throws(Refusal) -> ClickKind? {
        var found: (name: String, click: ClickKind)?
        for (name, value) in ButtonHandler.clicks(of: event) {
            guard let click = value.string.flatMap({ ClickKind(word: $0) }) else {
                throw Refusal(
                    description: "\(name) is \(value.text()); expected SINGLE, DOUBLE or LONG")
            }
            if let found, found.click != click {
                throw Refusal(
                    description:
                        "\(found.name) is \(found.click.word) and \(name) is \(click.word); "
                        + "expected one click")
            }
            found = found ?? (name, click)
        }
        if let found { return found.click }
        if case .object(let members)? = event["deviceEvent"], !members.isEmpty,
            event["deviceEvent"]?["buttonClicked"] == nil
        {
            return nil
        }
        throw ButtonHandler.noClick
    }

    func device(of event: JSONValue) throws(Refusal) -> String? {
        let places: [(String, JSONValue?)] = [
            ("deviceInfo.deviceId", event["deviceInfo"]?["deviceId"]),
            ("devicePayload.serialNumber", event["devicePayload"]?["serialNumber"]),
            ("serialNumber", event["serialNumber"]),
        ]
        for case (let name, let value?) in places where value != .null {
            guard let device = value.string else {
                throw Refusal(description: "\(name) is \(value.text()); expected a string")
            }
            if !device.isEmpty { return device }
        }
        return nil
    }

    func time(of event: JSONValue) throws(Refusal) -> Timestamp? {
        var places = [
            ("deviceEvent.buttonClicked.reportedTime", event["deviceEvent"]?["buttonClicked"]),
            ("devicePayload.reportedTime", event["devicePayload"]),
        ]
        if case .object(let members)? = event["deviceEvent"] {
            places += members.filter { $0.key != "buttonClicked" }
                .map { ("deviceEvent.\($0.key).reportedTime", $0.value) }
        }
        for (name, holder) in places {
            guard let value = holder?["reportedTime"], value != .null else { continue }
            return try ButtonHandler.time(value, name)
        }
        return nil
    }

    /// A number is epoch milliseconds, as the newer buttons write it; a string is RFC 3339.
    private static func time(_ value: JSONValue, _ name: String) throws(Refusal) -> Timestamp {
        let expected =
            "expected a time such as \"2018-05-04T23:26:33.747Z\", or whole milliseconds "
            + "since 1970"
        switch value {
        case .string(let text):
            do throws(Timestamp.TextError) { return try Timestamp(text: text) } catch {
                throw Refusal(description: "\(name) is \(value.text()): \(error); \(expected)")
            }
        case .number(let text):
            let range =
                Timestamp.earliest.microseconds / 1000...Timestamp.latest.microseconds / 1000
            if let milliseconds = Int64(text), range.contains(milliseconds) {
                return Timestamp(microseconds: milliseconds * 1000)
            }
            fallthrough
        default: throw Refusal(description: "\(name) is \(value.text()); \(expected)")
        }
    }
}
