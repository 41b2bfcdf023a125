"""Showing mail that anybody may have written."""

import asyncio

import httpx

from local.embedded.mail_page import Mail, mail_page, render

MESSAGE: Mail = {
    "Source": "noreply@example.jp",
    "To": ["hanako@example.jp"],
    "Subject": "確認コード",
    "BodyText": "コードは 482913 です。\n十分以内に入力してください。",
    "BodyHtml": None,
    "Timestamp": "2026-11-24T05:00:00Z",
}


def ask(path: str, messages: list[Mail]) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(mail_page(lambda: messages))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8703") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_the_newest_message_stands_first() -> None:
    page = render([MESSAGE, {**MESSAGE, "Subject": "ようこそ"}])

    assert page.index("ようこそ") < page.index("確認コード")


def test_whatever_a_message_carries_is_shown_and_never_run() -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    page = render([{name: [attack] if name == "To" else attack for name in MESSAGE}])

    assert "<script>" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 5


def test_the_page_may_run_and_load_nothing() -> None:
    response = ask("/", [MESSAGE])

    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_tests_read_the_messages_as_json() -> None:
    assert ask("/messages.json", [MESSAGE]).json() == {"messages": [MESSAGE]}


def test_there_is_nothing_else_at_the_mail_port() -> None:
    assert ask("/../etc/passwd", []).status_code == 404


def test_a_message_of_html_alone_is_read_out() -> None:
    body = """<!doctype html><html lang="ja"><head><title>件名</title><style>p {}</style></head>
    <body><h1>確認</h1><p>コード<br><strong>482913</strong></p>
    <p><a href="http://localhost:8700/">開く</a><br>http://localhost:8700/</p></body></html>"""

    page = render([{**MESSAGE, "BodyText": "", "BodyHtml": body}])

    assert "<pre>確認\n\nコード\n482913\n\n開く\nhttp://localhost:8700/</pre>" in page


def test_what_html_should_not_carry_is_shown() -> None:
    attack = "<p>a</p><script>alert(1)</script><img src=x onerror=alert(1)>"

    page = render([{**MESSAGE, "BodyText": "", "BodyHtml": attack}])

    assert "&lt;script&gt;" in page
    assert "&lt;img src=x" in page
    assert "<script>" not in page


def test_a_sender_is_shown_in_its_own_letters() -> None:
    page = render([{"Source": "=?utf-8?b?5LiA5a6u5biC?= <no-reply@machi.example>", "BodyText": "x"}])

    assert "一宮市 &lt;no-reply@machi.example&gt;" in page
