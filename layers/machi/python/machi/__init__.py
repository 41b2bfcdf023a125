"""The city platform's domain: plain Python, testable without AWS."""
