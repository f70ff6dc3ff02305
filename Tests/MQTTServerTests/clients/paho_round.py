"""Two paho-mqtt clients: one subscribes, one publishes at each QoS. Prints what arrives.

    paho_round.py HOST PORT | unix PATH
"""
import queue
import sys

import paho.mqtt.client as mqtt

over_unix = sys.argv[1] == "unix"


arrived = queue.Queue()


def client(name, clean=True):
    made = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2, client_id=name, clean_session=clean,
        transport="unix" if over_unix else "tcp")
    done = queue.Queue()
    made.on_connect = lambda c, u, flags, reason, p: done.put((reason, flags.session_present))
    made.on_message = lambda c, u, m: arrived.put((m.topic, m.payload.decode(), m.qos))
    if over_unix:
        made.connect(sys.argv[2], 1883, 30)
    else:
        made.connect(sys.argv[1], int(sys.argv[2]), 30)
    made.loop_start()
    reason, present = done.get(timeout=20)
    print(name, reason, "session" if present else "no session", flush=True)
    return made


subscriber = client("subscriber", clean=False)
granted = queue.Queue()
subscriber.on_subscribe = lambda c, u, mid, codes, p: granted.put([x.value for x in codes])
subscriber.subscribe([("cats/+/bowl", 2), ("cats/#", 1)])
print("granted", granted.get(timeout=20), flush=True)

publisher = client("publisher")
for qos in (0, 1, 2):
    publisher.publish("cats/tom/bowl", "at %d" % qos, qos).wait_for_publish(20)
    print(*arrived.get(timeout=20), flush=True)

# A persistent session: what comes while the subscriber is away waits for it.
subscriber.disconnect()
subscriber.loop_stop()
publisher.publish("cats/while-away", "waited", 1).wait_for_publish(20)
back = client("subscriber", clean=False)
print(*arrived.get(timeout=20), flush=True)
for each in (publisher, back):
    each.disconnect()
    each.loop_stop()
