"""What a replay needs at the least, in Python: rows read, each event spelt and made into its message.

    translating.py LEDGER     no rules, no broker, no feeder, no projections, no checks; prints the count
"""

import json
import sqlite3
import sys
import time

ROWS = ("SELECT e.id, e.time, s.body, t.body, c.detail FROM event e JOIN content c ON c.code = e.content"
        " JOIN text s ON s.code = c.source JOIN text t ON t.code = c.detail_type ORDER BY e.sequence")

count = 0
for id, at, source, kind, detail in sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(ROWS):
    text = json.dumps({
        "version": "0", "id": id.hex(), "detail-type": kind, "source": source,
        "account": "123456789012", "region": "ap-southeast-2", "resources": [],
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at // 1_000_000)),
        "detail": json.loads(detail), "replay-name": "replay"})
    event = json.loads(text)
    json.dumps({"event": event["detail"].get("click-type"), "reportedTime": event["time"]})
    count += 1
print(json.dumps({"events": count}))
