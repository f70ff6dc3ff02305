import EventModel

/// What an import's check found.
public struct ImportReport: Sendable {
    /// One input as it was read.
    public struct Input: Sendable, Equatable {
        /// The path, or `standard input`.
        public var name = ""
        /// Bytes as they lie in the file.
        public var byteCount = 0
        /// Bytes of text, after decompression.
        public var textByteCount = 0
        public var isGzip = false
        /// Of the bytes as they lie in the file.
        public var sha256 = SHA256Digest(words: (0, 0, 0, 0))
        /// Values, good or bad.
        public var values = 0
        /// How many values were read in each form.
        public var formats: [ImportFormat: Int] = [:]
    }

    public var inputs: [Input] = []
    /// Values, good or bad.
    public var values = 0
    /// Values that are events, copies included.
    public var events = 0
    /// Events that are presses.
    public var presses = 0
    /// Events that stand in the inputs already.
    public var duplicates = 0
    /// Events that the ledger holds already.
    public var known = 0
    /// Values that are no events, or that contradict an event with their id.
    public var bad = 0
    /// The first problems; all of them were given to `onProblem`.
    public var problems: [ImportError] = []

    /// Bytes of all inputs as they lie in the files.
    public var byteCount: Int { inputs.reduce(0) { $0 + $1.byteCount } }
}

/// How far a reading has come, for a progress bar.
public struct ImportProgress: Sendable {
    /// Bytes read, before decompression.
    public var byteCount: Int
    /// Bytes there are.
    public var byteCountTotal: Int
    /// Values read.
    public var values: Int
}

/// Some events of an import, in order.
public struct ImportBatch: Sendable {
    public var events: [Event]
    /// How many values of the inputs, good and bad, end with this batch: what an import that was
    /// interrupted after it passes as `skip`.
    public var consumed: Int
}
