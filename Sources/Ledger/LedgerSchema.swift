import GRDB

/// The tables of a ledger file, and the migrations that lead to them. `docs/ledger-format.md`
/// describes them for readers with other tools.
enum LedgerSchema {
    /// "RLab" in ASCII: what `file` and `PRAGMA application_id` show.
    static let applicationID: Int32 = 0x524C_6162
    /// The newest `PRAGMA user_version` that this program knows.
    static let version = 1
    /// Full hashes are kept for each complete block of 2^10 events, not for each event.
    static let blockHeight = 10
    static let blockSize = 1 << blockHeight
    /// No ledger gets this far; a sequence beyond it is damage, and would overflow what adds to it.
    static let sequenceLimit = 1 << 48

    /// Migrations run once each, in order, when a writer opens the file.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: tables + guards + views)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(version)")
        }
        return migrator
    }

    /// Columns that a scan needs stand first in `event`: SQLite decodes a row from the left.
    private static let tables = """
        CREATE TABLE text (
          code INTEGER PRIMARY KEY,
          body TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE device (
          code INTEGER PRIMARY KEY,
          name TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE content (
          code INTEGER PRIMARY KEY,
          digest INTEGER NOT NULL,
          form INTEGER NOT NULL,
          source INTEGER NOT NULL REFERENCES text,
          detail_type INTEGER NOT NULL REFERENCES text,
          device INTEGER REFERENCES device,
          envelope INTEGER REFERENCES text,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX content_digest ON content (digest);
        CREATE TABLE event (
          sequence INTEGER PRIMARY KEY,
          time INTEGER NOT NULL,
          content INTEGER NOT NULL REFERENCES content,
          device INTEGER REFERENCES device,
          lag INTEGER NOT NULL,
          leaf INTEGER NOT NULL,
          id ANY NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE registration (
          sequence INTEGER PRIMARY KEY REFERENCES event
        ) STRICT;
        CREATE TABLE block (
          number INTEGER PRIMARY KEY,
          earliest INTEGER NOT NULL,
          latest INTEGER NOT NULL,
          root BLOB NOT NULL
        ) STRICT;
        CREATE TABLE run (
          number INTEGER PRIMARY KEY,
          begin INTEGER NOT NULL,
          provenance TEXT NOT NULL,
          digest BLOB NOT NULL
        ) STRICT;
        CREATE TABLE batch (
          number INTEGER PRIMARY KEY,
          run INTEGER NOT NULL REFERENCES run,
          last INTEGER NOT NULL,
          consumed INTEGER NOT NULL,
          complete INTEGER NOT NULL,
          root BLOB NOT NULL
        ) STRICT;

        """

    /// Nothing is changed, removed or replaced. `INSERT OR REPLACE` deletes without firing DELETE
    /// triggers, so each table also refuses a row whose key is there already.
    private static var guards: String {
        let keys = [
            ("text", "code", "body"), ("device", "code", "name"), ("content", "code", nil),
            ("registration", "sequence", nil), ("block", "number", nil), ("run", "number", nil),
            ("batch", "number", nil),
        ]
        var sql = raiseEventGuard
        for (table, key, other) in keys {
            let also = other.map { " OR EXISTS (SELECT 1 FROM \(table) WHERE \($0) = NEW.\($0))" }
            sql += """
                CREATE TRIGGER \(table)_insert BEFORE INSERT ON \(table)
                WHEN EXISTS (SELECT 1 FROM \(table) WHERE \(key) = NEW.\(key))\(also ?? "")
                BEGIN SELECT RAISE(ABORT, 'the ledger is immutable: this \(table) is there already'); END;

                """
        }
        for table in ["event"] + keys.map(\.0) {
            for verb in ["UPDATE", "DELETE"] {
                sql += """
                    CREATE TRIGGER \(table)_\(verb.lowercased()) BEFORE \(verb) ON \(table)
                    BEGIN SELECT RAISE(ABORT, 'the ledger is immutable: no \(verb) of \(table)'); END;

                    """
            }
        }
        return sql
    }

    /// Refuses an event over another one, or out of sequence.
    ///
    /// A row pays as much for this trigger as for all the rest of its insert, so the writer lifts it
    /// inside the transaction of a large append, and raises it again before the commit: no other
    /// connection ever sees the table without it (docs/decisions/0003).
    static let raiseEventGuard = """
        CREATE TRIGGER event_insert BEFORE INSERT ON event
        WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM event)
          OR EXISTS (SELECT 1 FROM event WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the ledger is immutable: an event is appended at the next sequence, with an id of its own'); END;

        """
    static let liftEventGuard = "DROP TRIGGER event_insert"
    /// From how many events on an append lifts the guard.
    static let largeAppend = 256

    /// Readable times and ids for `sqlite3` and Datasette. A press is what `EventContent.Meaning`
    /// says: of members with one key the last, escapes in keys resolved, which `->>` would not do.
    private static let views = """
        CREATE VIEW history AS
        SELECT e.sequence,
          strftime('%Y-%m-%dT%H:%M:%S', (e.time - ((e.time % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch')
            || printf('.%06dZ', ((e.time % 1000000) + 1000000) % 1000000) AS time,
          d.name AS device,
          s.body AS source,
          t.body AS detail_type,
          c.detail,
          strftime('%Y-%m-%dT%H:%M:%S', (e.time + e.lag - (((e.time + e.lag) % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch')
            || printf('.%06dZ', (((e.time + e.lag) % 1000000) + 1000000) % 1000000) AS recorded,
          CASE typeof(e.id) WHEN 'blob' THEN
            lower(substr(hex(e.id), 1, 8) || '-' || substr(hex(e.id), 9, 4) || '-' || substr(hex(e.id), 13, 4)
              || '-' || substr(hex(e.id), 17, 4) || '-' || substr(hex(e.id), 21))
          ELSE e.id END AS id,
          v.body AS envelope
        FROM event e
        JOIN content c ON c.code = e.content
        JOIN text s ON s.code = c.source
        JOIN text t ON t.code = c.detail_type
        LEFT JOIN device d ON d.code = e.device
        LEFT JOIN text v ON v.code = c.envelope;
        CREATE VIEW press AS
        SELECT sequence, time, device, click, recorded, id
        FROM (
          SELECT *, (
            SELECT CASE type WHEN 'text' THEN value END FROM json_each(detail)
            WHERE key = 'click-type' ORDER BY id DESC LIMIT 1
          ) AS click
          FROM history WHERE source = 'com.feedmyfurbabies'
        )
        WHERE click IN ('SINGLE', 'DOUBLE', 'LONG');

        """
}
