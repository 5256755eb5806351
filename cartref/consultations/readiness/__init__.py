"""The ready check: camera, microphone, speaker and line, tried days ahead, and the rescue of who is not ready."""
