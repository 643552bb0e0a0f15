"""The `medichain` command."""
