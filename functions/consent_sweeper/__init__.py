"""What time brings about for consents: reminders, ends, and notices that nobody answered."""
