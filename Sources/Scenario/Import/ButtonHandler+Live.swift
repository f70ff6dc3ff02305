import EventModel

extension ButtonHandler {
    /// The two forms of the handler on the live path. A topology's `button-handler` says which.
    public enum Variant: String, CaseIterable, Sendable {
        /// Puts the click and nothing else; the bus takes the moment of the put for the event's time,
        /// so the time of the press is lost.
        case deployed
        /// Puts the time of the press as the event's time, and time and device in the detail.
        case mended
    }

    /// An entry of PutEvents, as the handler puts it on the bus.
    ///
    ///     deployed  {"click-type": "SINGLE"}
    ///     mended    {"click-type": "SINGLE", "reported-time": "2018-05-04T23:26:33.747Z", "device-id": "G030…"}
    public struct Put: Sendable, Equatable {
        /// A JSON object, spelled as Python's `json.dumps` spells it.
        public var detail: String
        /// The entry's `Time`; nil where the bus is to take the moment of the put.
        public var time: Timestamp?
        /// The button, where the form names it. The ledger knows which button it was also where the
        /// detail does not say.
        public var device: String?

        /// The entry's JSON, members in the order of the API's documentation.
        /// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html>
        public func text(bus: String) -> String {
            let time = time.map { "\"Time\": \"\(ButtonHandler.spelled($0))\", " } ?? ""
            return "{\(time)\"Source\": \"\(FeederSystem.source)\", "
                + "\"DetailType\": \"\(FeederSystem.detailType)\", "
                + "\"Detail\": \(JSONText.quotedASCII(detail)), "
                + "\"EventBusName\": \(JSONText.quotedASCII(bus))}"
        }
    }

    /// What the handler puts for a button event of any of the three forms.
    ///
    /// The deployed handler looks at the click alone and passes any word on; the mended one also
    /// wants time and device in order, where they are there, and a click that the feeder knows.
    ///
    /// - Throws: `Refusal` where there is no click, a device health event included.
    public func put(_ event: JSONValue, as variant: Variant) throws(Refusal) -> Put {
        switch variant {
        case .deployed: try deployedPut(event)
        case .mended: try mendedPut(event)
        }
    }

    private func deployedPut(_ event: JSONValue) throws(Refusal) -> Put {
        let words = ButtonHandler.clicks(of: event).compactMap(\.value.string)
        guard let word = words.first else { throw ButtonHandler.noClick }
        return Put(
            detail: "{\"click-type\": \(JSONText.quotedASCII(word))}",
            device: try? device(of: event))
    }

    private func mendedPut(_ event: JSONValue) throws(Refusal) -> Put {
        let device = try self.device(of: event)
        let time = try self.time(of: event)
        guard let click = try self.click(of: event) else { throw ButtonHandler.noClick }
        var detail = "{\"click-type\": \"\(click.word)\""
        if let time { detail += ", \"reported-time\": \"\(ButtonHandler.spelled(time))\"" }
        if let device { detail += ", \"device-id\": \(JSONText.quotedASCII(device))" }
        return Put(detail: detail + "}", time: time, device: device)
    }

    /// UTC with milliseconds, as the service writes it; with microseconds where there are any.
    static func spelled(_ time: Timestamp) -> String {
        time.text(min(.millisecond, time.resolution))
    }
}
