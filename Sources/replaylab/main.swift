print("replaylab")
