"""From the in-memory form to JSON as a reader asked for it: format, language, datasets, GeoJSON, joins."""

from machi.ngsild.rendering.language import Languages
from machi.ngsild.rendering.renderer import Renderer, with_context
from machi.ngsild.rendering.temporal import TemporalFormat, TemporalRenderer, TemporalView
from machi.ngsild.rendering.view import Format, Links, View

__all__ = [
    "Format",
    "Languages",
    "Links",
    "Renderer",
    "TemporalFormat",
    "TemporalRenderer",
    "TemporalView",
    "View",
    "with_context",
]
