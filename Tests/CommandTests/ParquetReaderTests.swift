import EventModel
import Foundation
import Testing

@Suite struct `A Parquet file` {
    private static let texts = [
        "source", "detailType", "device", "click", "detail", "form", "envelope",
    ]

    /// Reads a Parquet file three times and the same events as jsonl; prints the types that each
    /// reader sees, and how many rows are other than their lines.
    private static let script = #"""
        import datetime, json, sys
        import duckdb, polars, pyarrow.parquet
        path, lines = sys.argv[1:]
        names = "source detailType device click detail form envelope".split()
        table = pyarrow.parquet.read_table(path)
        frame = polars.read_parquet(path)
        relation = duckdb.sql(f"select * from '{path}'")

        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        def microseconds(time):
            return (time - epoch) // datetime.timedelta(microseconds=1)
        def raw(line, key, start=0):
            start = line.index(f'"{key}":', start) + len(key) + 3
            return line[start:json.JSONDecoder().raw_decode(line, start)[1]]
        def expected(line):
            event = json.loads(line)
            times = [microseconds(datetime.datetime.fromisoformat(event[name])) for name in ("time", "recorded")]
            click = event["detail"].get("click-type") if event["source"] == "com.feedmyfurbabies" else None
            return (event["sequence"], event["id"], *times, event["source"], event["detailType"],
                event["device"], click, event.get("detailText", raw(line, "detail")), event.get("form", "jsonl"),
                raw(line, "envelope") if "envelope" in event else None)

        wanted = [expected(line) for line in open(lines)]
        found = {
            "pyarrow": [(row["sequence"], row["id"], microseconds(row["time"]), microseconds(row["recorded"]),
                *(row[name] for name in names)) for row in table.to_pylist()],
            "polars": frame.select("sequence", "id", polars.col("time", "recorded").dt.epoch("us"),
                polars.col(names).cast(polars.String)).rows(),
            "duckdb": duckdb.sql(f"select sequence, id, epoch_us(time), epoch_us(recorded), {', '.join(names)} "
                f"from '{path}' order by sequence").fetchall(),
        }
        for reader, rows in found.items():
            for one, other in [pair for pair in zip(rows, wanted) if pair[0] != pair[1]][:3]:
                print(reader, one, other, file=sys.stderr)
        print(json.dumps({
            "pyarrow": {field.name: str(field.type) for field in table.schema},
            "polars": {name: str(kind) for name, kind in frame.schema.items()},
            "duckdb": dict(zip(relation.columns, map(str, relation.types))),
            "rows": {reader: len(rows) for reader, rows in found.items()},
            "equal": {reader: rows == wanted for reader, rows in found.items()},
            "groups": pyarrow.parquet.read_metadata(path).num_row_groups,
        }))
        """#

    /// Exports a ledger `l` in both forms and has the readers compare them.
    private func compare(in bench: Bench) throws -> JSONValue {
        let python = "\(Shipped.root)/.build/python/bin/python3"
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "no \(python): run scripts/install-test-tools, as `make test` does")
        try bench.good("export --ledger l --format parquet -o l.parquet")
        try bench.good("export --ledger l --format jsonl -o l.jsonl")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", Self.script, bench.path("l.parquet"), bench.path("l.jsonl")]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitForEnd()
        try #require(process.terminationStatus == 0)
        return try JSONValue(parsing: String(decoding: output, as: UTF8.self))
    }

    private static let agreed: JSONValue = ["pyarrow": true, "polars": true, "duckdb": true]

    @Test func `has the events and the types that pyarrow, polars and DuckDB expect`() throws {
        let bench = try Bench()
        let files = [
            "eventbridge-archive.jsonl", "buttons.jsonl", "cat-feeder-action.jsonl", "presses.csv",
            "cloudevents-batch.json",
        ].map(Shipped.recorded)
        try bench.good("import \(files.joined(separator: " ")) --ledger l")
        let said = try compare(in: bench)
        #expect(said["equal"] == Self.agreed, "\(said)")
        let times = [
            ("pyarrow", "timestamp[us, tz=UTC]"),
            ("polars", "Datetime(time_unit='us', time_zone='UTC')"),
            ("duckdb", "TIMESTAMP WITH TIME ZONE"),
        ]
        for (reader, type) in times {
            #expect(said[path: reader, "time"]?.string == type)
            #expect(said[path: reader, "recorded"]?.string == type)
        }
        let dictionary = "dictionary<values=string, indices=int32, ordered=0>"
        for name in Self.texts {
            #expect(said[path: "pyarrow", name]?.string == dictionary)
            #expect(said[path: "polars", name]?.string == "Categorical")
            #expect(said[path: "duckdb", name]?.string == "VARCHAR")
        }
        #expect(said[path: "pyarrow", "sequence"]?.string == "int64")
        #expect(said[path: "pyarrow", "id"]?.string == "string")
    }

    @Test func `of no event is read as one, and of several row groups as a whole`() throws {
        let bench = try Bench()
        try bench.write("", to: "none.jsonl")
        try bench.good("import none.jsonl --ledger l")
        #expect(try compare(in: bench)["rows"] == ["pyarrow": 0, "polars": 0, "duckdb": 0])
        bench.remove("l")
        try bench.good("simulate --scenario \(Shipped.twoCats) --years 55 --seed 1 --ledger l")
        let said = try compare(in: bench)
        #expect(said["equal"] == Self.agreed)
        #expect(said["groups"]?.integer ?? 0 > 1, "\(said)")
    }
}
