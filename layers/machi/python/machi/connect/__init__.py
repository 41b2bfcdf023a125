"""The front door for partners' sign-in (OpenID Connect): which request is let in, who is signed in, as whom.

Design, section 5. Nothing here knows where records are kept or how pages look.
"""
