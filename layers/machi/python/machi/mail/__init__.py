"""Mails to citizens: what they say, how they look, how they are sent."""

from machi.mail.letters import Letter
from machi.mail.mail import Mail, Mailer
from machi.mail.rendering import Stationery, render

__all__ = ["Letter", "Mail", "Mailer", "Stationery", "render"]
