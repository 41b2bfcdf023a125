"""How answers to people without an account take the same time, whatever was done for them."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Pause = Callable[[float], Awaitable[None]]


class EvenTime:
    """Lets what is done take a multiple of one span.

    The span is longer than nearly every answer takes by itself, so what remains to be seen from outside is
    one span, or two where AWS was slow, for known and unknown addresses alike.
    """

    def __init__(
        self,
        span: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """Prepare.

        Args:
            span: in seconds; 0 for no waiting.
            monotonic: seconds that never go back.
            pause: waits for some seconds.
        """
        self._span = span
        self._monotonic = monotonic
        self._pause = pause

    @asynccontextmanager
    async def spent(self) -> AsyncIterator[None]:
        """What is done inside takes one span or several, also where it fails."""
        began = self._monotonic()
        try:
            yield
        finally:
            if self._span > 0:
                taken = self._monotonic() - began
                await self._pause(max(1, math.ceil(taken / self._span)) * self._span - taken)
