"""What makes a choice unfair, measured in a browser: unequal buttons, ticked boxes, bundles, words that push.

After the European Data Protection Board's guidelines 03/2022 on deceptive design patterns: refusing must be
as easy, as visible and as neutral as agreeing.
"""

import re
import unicodedata
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

_LOOK = """(button) => {
  const style = getComputedStyle(button), box = button.getBoundingClientRect();
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [light(style.color), light(style.backgroundColor)].sort((x, y) => y - x);
  return {
    width: Math.round(box.width), height: Math.round(box.height), contrast: (a + 0.05) / (b + 0.05),
    look: [style.color, style.backgroundColor, style.borderTopColor, style.borderTopWidth, style.fontSize,
           style.fontWeight, style.opacity, style.textDecorationLine, style.boxShadow, style.animationName]
      .join('; '),
  };
}"""

# Hurry, shame, fear of loss and begging, by language. Plain words that name a consequence are none of these.
PUSHING = {
    "ja": r"残念|もったいない|本当に|後悔|今すぐ|急いで(?!決める必要は)|お得|"
    r"おすすめ|限定|残り|あと\d|損|不便になり",
    "ja-easy": r"ざんねん|残念|もったいない|ほんとうに|本当に|こうかい|いますぐ|"
    r"いそいで|おとく|おすすめ|のこり\d|あと\d",
    "en": r"\bsorry\b|\bmiss(ing)? out\b|are you sure|really want|regret|\bnow or never\b|hurry|only \d|"
    r"last chance|recommended|\bbest\b|no thanks|don.t care|limited",
    "pt-BR": r"\bpena\b|perder a chance|tem certeza|realmente|arrepend|apresse|últim[ao] chance|só \d|"
    r"recomendad|\bmelhor\b|não me importo|por tempo limitado",
    "zh-CN": r"遗憾|可惜|真的|确定要|后悔|赶快|立即|限时|仅剩|最后机会|推荐|错过",
    "vi": r"tiếc|bỏ lỡ|có chắc|thật sự|hối hận|nhanh lên|ngay bây giờ|cơ hội cuối|chỉ còn|khuyên dùng|"
    r"giới hạn thời gian",
}
_COUNTDOWN = re.compile(r"\b\d{1,2}:\d{2}:\d{2}\b")
_LEAST_CONTRAST = 4.5


@dataclass(frozen=True)
class Pair:
    """The two answers to one question."""

    agree: Locator
    refuse: Locator


def faults_of_pair(page: Page, pair: Pair) -> list[str]:
    """What favours one of two buttons."""
    agree, refuse = pair.agree.evaluate(_LOOK), pair.refuse.evaluate(_LOOK)
    faults = []
    if (agree["width"], agree["height"]) != (refuse["width"], refuse["height"]):
        faults.append(f"sizes {agree['width']}x{agree['height']} and {refuse['width']}x{refuse['height']}")
    if agree["look"] != refuse["look"]:
        faults.append(f"looks {agree['look']} and {refuse['look']}")
    if min(agree["contrast"], refuse["contrast"]) < _LEAST_CONTRAST:
        faults.append("a button is hard to read")
    if pair.agree.evaluate("(button) => button.tagName") != pair.refuse.evaluate(
        "(button) => button.tagName"
    ):
        faults.append("one is a button, the other is not")
    if pair.agree.evaluate("(button) => document.activeElement === button"):
        faults.append("agreeing has the focus beforehand")
    return faults + _distance(page, pair)


def _distance(page: Page, pair: Pair) -> list[str]:
    """Both are seen at once: whoever has scrolled to the one has the other on the screen."""
    pair.agree.evaluate("(button) => button.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box, height = pair.refuse.bounding_box(), (page.viewport_size or {"height": 0})["height"]
    if box is None or box["y"] < 0 or box["y"] + box["height"] > height:
        return ["refusing is out of sight where agreeing is seen"]
    return []


def faults_of_boxes(form: Locator) -> list[str]:
    """What is chosen for the citizen, or only together with something else."""
    faults = []
    if form.locator("input:checked, option[selected]").count():
        faults.append("something is ticked beforehand")
    boxes = form.locator("input[type=checkbox]")
    values = boxes.evaluate_all("(found) => found.map((box) => box.value)")
    if len(set(values)) != len(values) or any(not value or " " in value or "," in value for value in values):
        faults.append(f"a box is for several items: {values}")
    if boxes.evaluate_all("(found) => found.some((box) => box.required)"):
        faults.append("a box must be ticked")
    return faults


def faults_of_words(text: str, language: str) -> list[str]:
    """Words that push, and clocks that run."""
    folded = unicodedata.normalize("NFKC", text)
    found = [match[0] for match in re.finditer(PUSHING[language], folded, re.IGNORECASE)]
    return [f"pushes: {word}" for word in found] + [f"runs: {clock}" for clock in _COUNTDOWN.findall(folded)]
