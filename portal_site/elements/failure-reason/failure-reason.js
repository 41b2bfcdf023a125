// @ts-check

/** Shows, of the reasons that the page prints, the one named in its address. */
class FailureReason extends HTMLElement {
  connectedCallback() {
    const reason = new URLSearchParams(location.search).get("reason");
    const paragraphs = [...this.querySelectorAll("p[data-reason]")];
    const chosen = paragraphs.find((paragraph) => paragraph instanceof HTMLElement && paragraph.dataset.reason === reason);
    if (!chosen) return;
    for (const paragraph of paragraphs) if (paragraph instanceof HTMLElement) paragraph.hidden = paragraph !== chosen;
  }
}

customElements.define("failure-reason", FailureReason);
