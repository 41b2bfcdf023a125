"""Identity proofing with the My Number card: relying party of デジタル認証アプリ, and the comparison with the
profile.
"""
