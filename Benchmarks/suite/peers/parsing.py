"""How many lines of JSON a second orjson parses, doing nothing else with them.

    parsing.py LINES ROUNDS     prints a line of JSON: the median of rounds of a second each
"""

import json
import statistics
import sys
import time

import orjson

lines = open(sys.argv[1], "rb").read().splitlines()
rates = []
for _ in range(int(sys.argv[2])):
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < 1:
        for line in lines:
            orjson.loads(line)
        count += len(lines)
    rates.append(count / elapsed)
print(json.dumps({"eventsPerSecond": statistics.median(rates)}))
