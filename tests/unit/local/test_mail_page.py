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


def test_a_message_with_html_only_is_shown_as_its_source() -> None:
    page = render([{**MESSAGE, "BodyText": "", "BodyHtml": "<p>コードは 482913 です。</p>"}])

    assert "&lt;p&gt;コードは 482913 です。&lt;/p&gt;" in page


def test_the_page_may_run_and_load_nothing() -> None:
    response = ask("/", [MESSAGE])

    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_tests_read_the_messages_as_json() -> None:
    assert ask("/messages.json", [MESSAGE]).json() == {"messages": [MESSAGE]}


def test_there_is_nothing_else_at_the_mail_port() -> None:
    assert ask("/../etc/passwd", []).status_code == 404
