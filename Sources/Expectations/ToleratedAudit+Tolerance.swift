import EventModel

extension ToleratedAudit {
    /// What a delivery model may do.
    public struct Tolerance: Sendable {
        /// First attempts come minute by minute, by the events' own time; where connections end, those
        /// of each topic. What a feeder's window held up keeps its topic's order, and no other.
        public var keepsMinutes: Bool
        /// No message comes before this moment; nil where any may.
        public var begins: Timestamp?
        /// No message comes before its event was recorded, and one that nothing disturbed at most so
        /// many microseconds later, or as soon as the feeder's window has room for it; nil where
        /// recorded times do not count. At 0 the messages of a topic keep the order of these times.
        public var lateness: Int64?
        /// The archive may miss events recorded after this moment; nil where it misses none.
        public var missedAfter: Timestamp?
        /// What the run has no reason to do: a fault that is off, letters that nobody redrives.
        public var refused: Set<RunDecision.Kind>
        /// Whether connections end, so that the broker sends messages again.
        public var sendsAgain: Bool
        /// By topic: how many messages of QoS 1 the broker gives a feeder that acknowledges when it
        /// has fed. A topic that is missing has no such feeder.
        public var windows: [[UInt8]: Int]

        /// What a model may do; the faults that it lacks go into `refused`.
        public init(
            keepsMinutes: Bool, missedAfter: Timestamp?, refused: Set<RunDecision.Kind> = [],
            sendsAgain: Bool = true, begins: Timestamp? = nil, lateness: Int64? = nil,
            windows: [[UInt8]: Int] = [:]
        ) {
            self.keepsMinutes = keepsMinutes
            self.missedAfter = missedAfter
            self.refused = refused
            self.sendsAgain = sendsAgain
            self.begins = begins
            self.lateness = lateness
            self.windows = windows
        }
    }
}
