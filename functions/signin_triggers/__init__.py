"""What the citizens' pool asks before it signs up, mails or issues tokens."""
