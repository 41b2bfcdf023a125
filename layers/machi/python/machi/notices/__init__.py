"""What somebody must be told soon, though nobody waits for it: mails, and sign-outs at partners."""

from machi.notices.notice import Notice, NoticeInvalid, NoticeKind, Notices, new_notice

__all__ = ["Notice", "NoticeInvalid", "NoticeKind", "Notices", "new_notice"]
