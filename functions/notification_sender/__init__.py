"""Sends what was handed in: mails to citizens, sign-outs to partners."""
