"""Identity proofing with the My Number card."""
