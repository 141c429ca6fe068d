"""What the interop tests stand on: the program under test, its peers, audio, and the runner."""
