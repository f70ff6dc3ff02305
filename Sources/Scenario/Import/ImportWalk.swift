import EventModel

/// One reading of all inputs of an import, value by value.
final class ImportWalk {
    /// One value of the inputs.
    struct Step {
        /// Which value of the import it is, from 1.
        var ordinal: Int
        var outcome: Outcome
        /// The value's bytes, until the next step; empty where they went to `unreadable`.
        var bytes: UnsafeRawBufferPointer
    }

    enum Outcome {
        case event(Converted)
        case bad(ImportError)
    }

    private let inputs: [ImportInput]
    private let options: ImportOptions
    private var converter: EventConverter
    private var templates = LineTemplates()
    /// How many values of each form the input has had so far.
    private var formats = [Int](repeating: 0, count: ImportFormat.allCases.count)
    private var scanner: ValueScanner?
    /// The columns of the input that is being read; nil where it is no csv.
    private var columns: CSVColumns?
    private var valueStart = 0
    private(set) var inputIndex = -1
    private(set) var ordinal = 0
    /// What was found in the inputs that were read to their end.
    private(set) var summaries: [ImportReport.Input] = []
    private var current = ImportReport.Input()
    /// How often each value without id that comes more than once has come so far.
    private var occurrences: [UInt64: Int]

    /// Takes the text of what is no JSON.
    var unreadable: ((UnsafeRawBufferPointer) throws(ImportError) -> Void)?

    /// - Parameter repeated: the values without id that come more than once, as the first reading
    ///   found them; the others need no count.
    init(_ inputs: [ImportInput], _ options: ImportOptions, repeated: Set<UInt64> = []) {
        self.inputs = inputs
        self.options = options
        self.converter = EventConverter(format: options.format, time: options.time)
        self.occurrences = Dictionary(uniqueKeysWithValues: repeated.map { ($0, 0) })
    }

    /// Bytes read so far, before decompression.
    var byteCount: Int {
        summaries.reduce(scanner?.source.rawByteCount ?? 0) { $0 + $1.byteCount }
    }

    /// Where the value of the last step begins, as `orders.jsonl:7:1`.
    var placeText: String { "\(current.name):\(place)" }

    var place: TextPlace { scanner?.place(of: valueStart) ?? TextPlace(line: 1, column: 1) }

    /// A problem with the value of the last step.
    func problem(_ reason: String) -> ImportError {
        ImportError(input: current.name, place: place, reason: reason)
    }

    /// The next value; nil after the last one.
    func next() throws(ImportError) -> Step? {
        while true {
            guard let scanner else {
                guard try openNext() else { return nil }
                continue
            }
            if let columns {
                guard let item = try scanner.nextRow() else {
                    finish(scanner)
                    continue
                }
                ordinal += 1
                current.values += 1
                return step(item, columns, scanner)
            }
            if let known = try nextKnown(scanner) { return known }
            guard let item = try scanner.next() else {
                finish(scanner)
                continue
            }
            ordinal += 1
            current.values += 1
            return step(item, scanner)
        }
    }

    /// The next value, where it is like one that was read before.
    private func nextKnown(_ scanner: ValueScanner) throws(ImportError) -> Step? {
        guard options.format == .auto || options.format == .eventbridge,
            let text = try scanner.peekObject(), let match = templates.match(text)
        else { return nil }
        let bytes = scanner.give(match.count)
        valueStart = scanner.start
        ordinal += 1
        current.values += 1
        formats[ImportFormat.eventbridge.place] += 1
        return Step(ordinal: ordinal, outcome: .event(match.converted), bytes: bytes)
    }

    private func step(_ item: ValueScanner.Item, _ scanner: ValueScanner) -> Step {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        switch item {
        case .unreadable(let place, let reason):
            valueStart = scanner.start
            let error = ImportError(input: current.name, place: place, reason: reason)
            return Step(ordinal: ordinal, outcome: .bad(error), bytes: none)
        case .element(let range, let kind):
            valueStart = range.lowerBound
            let bytes = UnsafeRawBufferPointer(rebasing: scanner.bytes[range])
            let error = problem("a JSON object was expected, not \(kind.phrase)")
            return Step(ordinal: ordinal, outcome: .bad(error), bytes: bytes)
        case .object(let object):
            valueStart = object.range.lowerBound
            let bytes = object.slice(object.range)
            do throws(BadValue) {
                var converted = try converter.convert(object)
                count(&converted, bytes)
                templates.learn(object, converted)
                return Step(ordinal: ordinal, outcome: .event(converted), bytes: bytes)
            } catch {
                let place = scanner.place(of: error.offset)
                let problem = ImportError(input: current.name, place: place, reason: error.reason)
                return Step(ordinal: ordinal, outcome: .bad(problem), bytes: bytes)
            }
        }
    }

    private func step(
        _ item: ValueScanner.RowItem, _ columns: CSVColumns, _ scanner: ValueScanner
    ) -> Step {
        valueStart = scanner.start
        switch item {
        case .unreadable(let place, let reason):
            let error = ImportError(input: current.name, place: place, reason: reason)
            let none = UnsafeRawBufferPointer(start: nil, count: 0)
            return Step(ordinal: ordinal, outcome: .bad(error), bytes: none)
        case .row(let row):
            let bytes = UnsafeRawBufferPointer(rebasing: row.bytes[row.range])
            do throws(BadValue) {
                let converted = try converter.convertRow(row, columns)
                formats[ImportFormat.csv.place] += 1
                return Step(ordinal: ordinal, outcome: .event(converted), bytes: bytes)
            } catch {
                let place = scanner.place(of: error.offset)
                let problem = ImportError(input: current.name, place: place, reason: error.reason)
                return Step(ordinal: ordinal, outcome: .bad(problem), bytes: bytes)
            }
        }
    }

    private func count(_ converted: inout Converted, _ bytes: UnsafeRawBufferPointer) {
        formats[converted.format.place] += 1
        guard converted.format.countsOccurrences, !occurrences.isEmpty else { return }
        let id = ImportRecord(converted, ordinal: ordinal).id
        guard let earlier = occurrences[id] else { return }
        occurrences[id] = earlier + 1
        if earlier > 0 {
            converted.event.id = EventID(
                of: bytes, as: converted.format, occurrence: earlier + 1)
        }
    }

    private func openNext() throws(ImportError) -> Bool {
        guard inputIndex + 1 < inputs.count else { return false }
        inputIndex += 1
        let input = inputs[inputIndex]
        current = ImportReport.Input()
        current.name = input.name
        converter.lastSequence = nil
        let source = try input.read(chunkSize: options.chunkSize)
        let scanner = ValueScanner(
            source, valueLimit: options.valueLimit, chunkSize: options.chunkSize)
        scanner.unreadable = unreadable
        self.scanner = scanner
        columns = try readColumns(scanner)
        return true
    }

    /// The header of a csv; nil where the input is none.
    private func readColumns(_ scanner: ValueScanner) throws(ImportError) -> CSVColumns? {
        let isCSV =
            switch options.format {
            case .csv: true
            case .auto: CSVColumns.isLikely(try scanner.peekLine(upTo: 4_096))
            default: false
            }
        guard isCSV, let item = try scanner.nextRow() else { return nil }
        valueStart = scanner.start
        switch item {
        case .unreadable(let place, let reason):
            throw ImportError(input: current.name, place: place, reason: reason)
        case .row(let row):
            do throws(BadValue) { return try CSVColumns(row) } catch {
                throw ImportError(
                    input: current.name, place: scanner.place(of: error.offset),
                    reason: error.reason)
            }
        }
    }

    private func finish(_ scanner: ValueScanner) {
        current.byteCount = scanner.source.rawByteCount
        current.textByteCount = scanner.source.textByteCount
        current.isGzip = scanner.source.isGzip
        current.sha256 = scanner.source.sha256
        for format in ImportFormat.allCases where formats[format.place] > 0 {
            current.formats[format] = formats[format.place]
            formats[format.place] = 0
        }
        summaries.append(current)
        self.scanner = nil
        columns = nil
    }
}
