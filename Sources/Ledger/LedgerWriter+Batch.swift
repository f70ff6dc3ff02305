import EventModel

/// What one append is about to make of the ledger; taken over once its transaction has committed.
struct Batch {
    private(set) var chain: LeafChain
    /// The full blocks; the rest is in `chain`.
    private(set) var tree: MerkleTree
    /// The segment as it was before.
    let segment: OpenSegment
    /// The records of the events that are new.
    private(set) var records: [EventRecord] = []
    private(set) var outcome = AppendOutcome()
    /// Whether it left a row of its own.
    var isKept = false

    init(chain: LeafChain, tree: MerkleTree, segment: OpenSegment) {
        self.chain = chain
        self.tree = tree
        self.segment = segment
    }

    /// The head after it.
    var head: LedgerHead {
        LedgerHead(
            sequence: chain.sequence, root: tree.root(followedBy: chain.block.tree),
            recorded: chain.recorded)
    }

    /// Appends events of which none is in the ledger, in statements of many rows.
    ///
    /// - Throws: `CopyFound` where one is.
    mutating func append(_ offered: PreparedBatch, _ rows: AppendRows) throws {
        let batch = offered.begin.isAt(chain) ? offered : offered.prepared(after: chain)
        records = try rows.insert(batch)
        outcome.appended = batch.count
        outcome.raised = batch.raised
        chain = batch.end
        for block in batch.blocks { try seal(block, after: batch.begin.sequence, rows) }
    }

    /// Appends an event, or counts a copy of one.
    mutating func append(_ event: Event, recorded: Timestamp?, _ rows: AppendRows) throws {
        var event = event
        let stated = event.recorded ?? recorded ?? event.time
        for (name, time) in [("time", event.time), ("recorded time", stated)]
        where !time.isWritable {
            throw LedgerError.refused(
                id: event.id.text, reason: "its \(name) lies outside the years 0001 to 9999")
        }
        if case .other(let text) = event.id { event.id = EventID(text) }
        let raised = chain.raised(stated)
        event.recorded = raised
        let begin = chain.sequence - records.count
        let leaf = chain.nextLeaf(event.id, event.time, recorded: raised, event.content)
        guard let codes = try rows.codes(of: event),
            try rows.insert(event, sequence: chain.sequence + 1, codes, leaf: leaf)
        else {
            try rows.checkSame(event)
            outcome.skipped += 1
            return
        }
        if raised != stated { outcome.raised += 1 }
        if case .registration = event.content.meaning {
            try rows.insertRegistration(chain.sequence + 1)
        }
        outcome.appended += 1
        records.append(try rows.record(event.time, codes, at: chain.sequence + 1))
        if let block = chain.take(event.time, recorded: raised, leaf: leaf) {
            try seal(block, after: begin, rows)
        }
    }

    /// Writes a full block, and the segment that it fills, if it does.
    ///
    /// - Parameter begin: the head before this batch.
    private mutating func seal(_ block: SealedBlock, after begin: Int, _ rows: AppendRows) throws {
        try rows.insert(block)
        tree.append(subtree: block.root, ofHeight: LedgerSchema.blockHeight)
        guard block.last % segment.size == 0 else { return }
        try rows.seal(segment, at: block.last, records.prefix(block.last - begin))
    }
}

/// Thrown where an event of a batch that should be all new is in the ledger, or in the batch twice.
struct CopyFound: Error {}
