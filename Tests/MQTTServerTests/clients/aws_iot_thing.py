"""A thing of AWS IoT Core, with the AWS IoT Device SDK for Python.

    aws_iot_thing.py PORT CA CERTIFICATE KEY CLIENT-ID [subscribe FILTER | publish TOPIC TEXT | sleep S]...

Prints what happens, a line each: `online`, `subscribed`, `published`, `message TOPIC TEXT`,
`offline` (the broker has closed the connection), `refused REASON`.
"""
import logging
import sys
import time

from AWSIoTPythonSDK.MQTTLib import AWSIoTMQTTClient

port, ca, certificate, key, client_id = sys.argv[1:6]
steps = sys.argv[6:]


def say(*words):
    print(*words, flush=True)


logging.disable(logging.CRITICAL)
client = AWSIoTMQTTClient(client_id)
client.configureEndpoint("127.0.0.1", int(port))
client.configureCredentials(ca, key, certificate)
client.configureAutoReconnectBackoffTime(600, 600, 601)
client.configureOfflinePublishQueueing(0)
client.configureConnectDisconnectTimeout(10)
client.configureMQTTOperationTimeout(5)
client.onOffline = lambda: say("offline")
try:
    client.connect()
except Exception as error:
    say("refused", type(error).__name__, error)
    sys.exit(0)
say("online")
try:
    while steps:
        step = steps.pop(0)
        if step == "subscribe":
            client.subscribe(
                steps.pop(0), 0,
                lambda _c, _u, m: say("message", m.topic, m.payload.decode()))
            say("subscribed")
        elif step == "publish":
            topic, text = steps.pop(0), steps.pop(0)
            client.publish(topic, text, 0)
            say("published")
        elif step == "sleep":
            time.sleep(float(steps.pop(0)))
except Exception as error:
    say("failed", type(error).__name__, error)
