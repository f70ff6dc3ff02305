extension TopologyFile {
    /// Where a rule sends an event, what the target is given, and what happens when it fails.
    public struct Target: Hashable, Sendable {
        /// Unique in the file, so that a replay can name it.
        public var id: String
        /// What it is, with the keys that only this kind has.
        public var kind: Kind
        /// What it is given of an event.
        public var input: Input
        /// How long the bus goes on trying.
        public var retry: RetryPolicy
        /// The dead-letter queue for events that could not be delivered; nil drops them.
        public var deadLetterQueue: String?

        /// Whether the target changes more than our own data: a replay leaves it out unless told
        /// otherwise.
        public var actsOnWorld: Bool {
            switch kind {
            case .catFeeder, .process: true
            case .projection, .file: false
            }
        }

        /// What the target is.
        public enum Kind: Hashable, Sendable {
            case catFeeder(CatFeeder)
            /// A projection with its store.
            case projection(name: String)
            /// A file that gets a line an event.
            case file(path: String)
            /// A program that reads the event from standard input.
            case process(Process)
        }
    }

    /// The cat feeder function: a bus event becomes one MQTT message.
    public struct CatFeeder: Hashable, Sendable {
        /// The thing that the function connects as: its client id.
        public var thing: NameTemplate
        /// Where it publishes to.
        public var topic: NameTemplate
        /// Which form of the function runs.
        public var variant: Variant
        /// What it does with an event that is replayed; the deployed one always publishes.
        public var replays: Replays
    }

    /// What a function does with events that carry a `replay-name`.
    public enum Replays: String, CaseIterable, Hashable, Sendable {
        case ignore, publish
    }

    /// A program that is run for each event.
    public struct Process: Hashable, Sendable {
        /// The program and its arguments; at least the program.
        public var command: [String]
        /// After so many seconds the run has failed; 1 to 900.
        public var timeoutSeconds: Int
    }

    /// What part of an event a target is given.
    public enum Input: Hashable, Sendable {
        /// The event as it is.
        case event
        /// The value at a JSON path of the event.
        case path(String)
        case transformer(Transformer)
    }

    /// A text with values of the event in it.
    public struct Transformer: Hashable, Sendable {
        /// The names of the template's variables and the paths of their values, in the file's
        /// order; at most 100.
        public var paths: [InputPath]
        /// The text, with `<name>` where a value stands; 1 to 8192 characters.
        public var template: String

        /// A variable of a template and the JSON path of its value.
        public struct InputPath: Hashable, Sendable {
            /// The variable's name, without `<` and `>`.
            public var name: String
            /// The JSON path of its value; begins with `$`.
            public var path: String
        }
    }

    /// How often and how long a delivery is tried again. The defaults are the service's.
    public struct RetryPolicy: Hashable, Sendable {
        /// 0 to 185 further attempts.
        public var attempts = 185
        /// 60 to 86,400 seconds since the event came.
        public var maxAgeSeconds = 86_400
    }
}
