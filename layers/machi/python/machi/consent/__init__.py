"""Consent: what may leave about a citizen, to whom, what for, until when, and the proof of it.

Terms follow ISO/IEC TS 27560 and the design, section 6. Nothing here knows where records are kept.
"""
