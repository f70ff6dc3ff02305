import EventModel

/// A press of a button as it happened: what, on which button, when, and when its report came.
public struct ButtonPress: Sendable, Equatable {
    /// How the button was pressed.
    public var click: ClickKind
    /// nil for a button without a name, which belongs to the feeder `default`.
    public var device: String?
    /// When it happened, which the button reports.
    public var pressed: Timestamp
    /// When the button handler is given the press. A button without Wi-Fi reports late.
    public var received: Timestamp

    /// A press, with the moments of the press and of its report.
    public init(_ click: ClickKind, device: String?, pressed: Timestamp, received: Timestamp) {
        self.click = click
        self.device = device
        self.pressed = pressed
        self.received = received
    }

    /// What the button handler is given, in the form of the AWS IoT 1-Click service.
    public var buttonEvent: String {
        let name = device.map { JSONText.quotedASCII($0) }
        let time = pressed.text(min(.millisecond, pressed.resolution))
        return "{\"deviceEvent\": {\"buttonClicked\": {\"clickType\": \"\(click.word)\", "
            + "\"reportedTime\": \"\(time)\"}}, \"deviceInfo\": {\"attributes\": {}, "
            + "\"type\": \"button\", " + (name.map { "\"deviceId\": \($0), " } ?? "")
            + "\"remainingLife\": 100}, \"placementInfo\": {\"projectName\": \"cats\", "
            + "\"placementName\": \"home\", \"attributes\": {}, \"devices\": {"
            + (name.map { "\"feeder\": \($0)" } ?? "") + "}}}"
    }
}
