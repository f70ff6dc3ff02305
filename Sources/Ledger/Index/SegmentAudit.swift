import EventModel
import GRDBSQLite

/// Walks over the segments beside the events, and compares them record by record.
struct SegmentAudit {
    private let reader: SegmentReader?
    private var segments: ArraySlice<Segment>
    private let faults: [SegmentFault]
    /// The segment that the walk is in, once it was loaded.
    private var current: Segment?
    private var differing: Int?
    private var input = InputDigest()
    private var latest = Int64.min
    private var tree = MerkleTree()

    init(_ connection: OpaquePointer, path: String) throws {
        var devices = Int(UInt32.max)
        let statement = try Statement(connection, "SELECT max(code) FROM device", path: path)
        if try statement.step() { devices = statement.int(0) }
        let (found, faults) = try SegmentTable.headers(
            connection, in: .min ... .max, path: path)
        self.faults = faults
        segments = found[...]
        reader =
            found.isEmpty ? nil : try SegmentReader(connection, devices: devices, path: path)
    }

    /// Takes in the next event, as its row has it.
    mutating func take(
        _ sequence: Int, _ time: Timestamp, device: Int?, content: Int,
        _ report: inout LedgerVerification
    ) throws {
        if current == nil { try begin(at: sequence, &report) }
        guard let current, let reader, sequence >= current.first, sequence <= current.last else {
            return
        }
        let record = reader.records[sequence - current.first]
        if record.time != time.microseconds || Int(record.device) != device ?? 0
            || Int(record.content) != content
        {
            differing = differing ?? sequence
        }
        input.add(sequence: sequence, microseconds: time.microseconds)
        latest = max(latest, time.microseconds)
    }

    /// Takes in the root of the block that ends at `sequence`.
    mutating func take(
        block root: SHA256Digest, at sequence: Int, _ report: inout LedgerVerification
    ) {
        guard let segment = current, sequence > segment.first, sequence <= segment.last else {
            return
        }
        tree.append(leafHash: root)
        guard sequence == segment.last else { return }
        if let differing {
            report.find(
                "segment \(segment.number) has another record than the event", at: differing)
        } else if input.words != (segment.count, segment.input)
            || latest != segment.latest
        {
            report.find(
                "segment \(segment.number) has another input digest, or latest time, than its events",
                at: segment.first)
        } else if tree.count * LedgerSchema.blockSize != segment.count || tree.root != segment.root
        {
            report.find(
                "segment \(segment.number) has another root than its events", at: segment.first)
        }
        current = nil
    }

    /// Loads the segment that begins at `sequence`, if one does.
    private mutating func begin(at sequence: Int, _ report: inout LedgerVerification) throws {
        while let segment = segments.first, segment.first <= sequence {
            segments.removeFirst()
            guard segment.first == sequence else {
                report.find(
                    "segment \(segment.number) begins amid another one, or amid missing events",
                    at: segment.first)
                continue
            }
            if let fault = try reader?.load(segment) {
                report.find("\(fault)", at: fault.first)
                continue
            }
            current = segment
            (differing, input, latest, tree) = (nil, InputDigest(), .min, MerkleTree())
            return
        }
    }

    /// Names what no event came to.
    func finish(_ report: inout LedgerVerification) {
        for fault in faults { report.find("\(fault)", at: fault.first) }
        for segment in [current].compactMap(\.self) + segments {
            report.find(
                "segment \(segment.number) holds events that the ledger has not", at: segment.first)
        }
    }
}
