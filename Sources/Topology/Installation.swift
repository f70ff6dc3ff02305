extension TopologyFile {
    /// A feeder of the ledger's registrations, and the buttons that work it.
    public struct RegisteredFeeder: Hashable, Sendable {
        /// As the registrations spell it.
        public var name: String
        /// The ids of its buttons, each once.
        public var devices: [String]

        /// A feeder with the buttons that work it; none is allowed.
        public init(name: String, devices: [String] = []) {
            self.name = name
            self.devices = devices
        }
    }

    /// The topology with its templates filled for some feeders.
    public struct Installation: Hashable, Sendable {
        /// Things in the file's order, each for the feeders in their order.
        public var clients: [Client]
        /// Devices in the file's order, each for the feeders in their order.
        public var feeders: [InstalledFeeder]
    }

    /// A thing that may connect.
    public struct Client: Hashable, Sendable {
        /// The thing's name, filled.
        public var clientID: String
        /// Which side of the broker it stands on.
        public var role: Thing.Role
        /// Policy documents, as JSON text.
        public var policies: [String]
    }

    /// A device that feeds.
    public struct InstalledFeeder: Hashable, Sendable {
        /// The client id that the device connects with.
        public var clientID: String
        /// The registered feeder that it is; nil where one device serves all.
        public var feeder: String?
        /// The topic name on which it is told to feed.
        public var actionTopic: String
        /// The topic name on which it publishes its states.
        public var statesTopic: String
        /// Grams that a full hopper holds.
        public var hopperGrams: Int
        /// Which firmware runs on it.
        public var firmware: Feeder.Firmware
    }

    /// The clients and devices for the feeders of a ledger.
    ///
    /// - Throws: `NameError` where a feeder's name does not fit, in a function's topic either, or
    ///   two things get one client id.
    public func installation(
        for registered: [RegisteredFeeder]
    ) throws(NameError) -> Installation {
        var installation = Installation(clients: [], feeders: [])
        var taken: [String: NameTemplate] = [:]
        for thing in things {
            for (feeder, device) in thing.name.instances(registered) {
                let id = try thing.name.filled(feeder: feeder ?? "", device: device)
                if let other = taken.updateValue(thing.name, forKey: id) {
                    throw NameError(
                        template: thing.name.text, feeder: feeder ?? "",
                        message: "the client id \"\(id)\" is taken by \"\(other)\"; a second"
                            + " connection with it would throw the first out")
                }
                var policies: [String] = []
                for policy in thing.policies {
                    policies.append(
                        try policy.document.filled(feeder: feeder ?? "", device: device))
                }
                installation.clients.append(
                    Client(clientID: id, role: thing.role, policies: policies))
            }
        }
        for case .catFeeder(let function) in targets.map(\.kind) {
            // Filled again for each event; here so that no run stops in its middle.
            for (feeder, device) in function.topic.instances(registered) {
                _ = try function.topic.filled(feeder: feeder ?? "", device: device)
            }
        }
        for feeder in feeders {
            for (name, device) in feeder.thing.instances(registered) {
                installation.feeders.append(try feeder.installed(as: name, device: device))
            }
        }
        return installation
    }
}

extension TopologyFile.Feeder {
    fileprivate func installed(
        as name: String?, device: String?
    ) throws(NameError) -> TopologyFile.InstalledFeeder {
        TopologyFile.InstalledFeeder(
            clientID: try thing.filled(feeder: name ?? "", device: device), feeder: name,
            actionTopic: try actionTopic.filled(feeder: name ?? "", device: device),
            statesTopic: try statesTopic.filled(feeder: name ?? "", device: device),
            hopperGrams: hopperGrams, firmware: firmware)
    }
}

extension NameTemplate {
    /// What the template stands for: one name without variables, else one a feeder, or one a
    /// device.
    fileprivate func instances(
        _ feeders: [TopologyFile.RegisteredFeeder]
    ) -> [(feeder: String?, device: String?)] {
        if variables.isEmpty { return [(nil, nil)] }
        if !variables.contains(.device) { return feeders.map { ($0.name, nil) } }
        return feeders.flatMap { feeder in feeder.devices.map { (feeder.name, $0) } }
    }
}
