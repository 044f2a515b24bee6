"""Screenshots that clients send: whatever they hold, decoding them costs little."""

from __future__ import annotations

import io
import warnings
from http import HTTPStatus
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from hrlctl.desktop.contract import Screen
from hrlctl.serve.refusals import RefusedError

FORMATS: Final = ("PNG", "JPEG")
MAX_PIXELS: Final = 16_000_000
"""Of a screenshot; a screen of 5120x2880 has fewer."""

# Said once for all threads, as Pillow advises for pictures that nobody vouches for.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class Screenshot(NamedTuple):
    """A screenshot as the model sees it, and the size in which it came."""

    screen: Screen
    width: int
    height: int


def read_screenshot(content: bytes, width: int, height: int) -> Screenshot:
    """Decode a PNG or JPEG and scale it to ``width`` x ``height`` pixels.

    Its size is looked at before any of its pixels are decoded.

    Raises:
        RefusedError: it is empty, of another type, damaged, too small or too large.
    """
    if not content:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "the screenshot is empty")
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the screenshot is neither PNG nor JPEG"
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except Exception as error:  # decoders stumble over what they are given in many ways
        raise _damaged() from error
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_large()
    if picture.width < width or picture.height < height:
        raise RefusedError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the screenshot has {picture.width}x{picture.height} pixels, and the model sees"
            f" {width}x{height}",
            hint="send it as it is on the screen",
        )
    try:
        scaled = picture.convert("RGB").resize((width, height))
    except Exception as error:  # as above
        raise _damaged() from error
    return Screenshot(np.asarray(scaled), picture.width, picture.height)


def _too_large() -> RefusedError:
    return RefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the screenshot has more than {MAX_PIXELS:,} pixels",
        hint="scale it down before it is sent",
    )


def _damaged() -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "the screenshot is damaged or truncated")
