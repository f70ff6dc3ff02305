extension TopologyFile {
    /// A client of the broker; a template with a variable stands for one a feeder (or a device).
    public struct Thing: Hashable, Sendable {
        /// The thing's name, which is its client id.
        public var name: NameTemplate
        /// Whether it sends feeds or carries them out.
        public var role: Role
        /// What it may do, all of them together.
        public var policies: [Policy]

        /// The part that a thing plays, by its word in the file.
        public enum Role: String, CaseIterable, Hashable, Sendable {
            case function, feeder
        }
    }

    /// An AWS IoT policy.
    public struct Policy: Hashable, Sendable {
        /// Its name in the file; nil where it is written at the thing.
        public var name: String?
        /// The policy document: JSON text with templates in it.
        public var document: NameTemplate
    }

    /// A feeder's device; a template with a variable stands for one a feeder.
    public struct Feeder: Hashable, Sendable {
        /// The thing that it connects as.
        public var thing: NameTemplate
        /// Where it is told to feed.
        public var actionTopic: NameTemplate
        /// Where it publishes its states.
        public var statesTopic: NameTemplate
        /// Grams that a full hopper holds.
        public var hopperGrams: Int
        /// Which firmware runs on it.
        public var firmware: Firmware

        /// Which firmware runs.
        public enum Firmware: String, CaseIterable, Hashable, Sendable {
            /// As it is deployed: QoS 0, a clean session, no memory.
            case current
            /// The one before it, which publishes other states at other times.
            case older
            /// `current` with its defects mended: QoS 1, a session that the broker keeps, a memory of
            /// the messages that it has fed for, and an acknowledgement when the feed is over.
            case mended
        }
    }
}
