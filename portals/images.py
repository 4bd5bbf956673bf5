"""Pictures that people upload: what is taken, and how it is made safe.

The content decides what a file is, never its name. Size and dimensions are checked before anything is decoded, and what
is kept is our own encoding without metadata, so nothing of the upload itself is ever served.
"""

import hashlib
from io import BytesIO

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 5 * 1024 * 1024
MAX_SIDE = 4096
FORMATS = ("PNG", "JPEG", "WEBP")
ACCEPT = "image/png,image/jpeg,image/webp"


def clean_image(
    file: "File[bytes]",
    *,
    max_bytes: int = MAX_BYTES,
    max_side: int = MAX_SIDE,
    keep_side: int = MAX_SIDE,
    least_width: int = 1,
) -> "ContentFile[bytes]":
    """The picture in `file`, encoded anew: PNG where parts are see-through, else WebP, at most `keep_side` px a side.

    Its name is the hash of its content. Refuses (ValidationError) a file above `max_bytes`, one that is no PNG, JPEG or
    WebP, a damaged one, one narrower than `least_width` px, and one wider or higher than `max_side` px, which is never
    decoded.
    """
    if (file.size or 0) > max_bytes:
        raise ValidationError(
            _("This file is %(size)s; at most %(most)s is allowed.")
            % {"size": filesizeformat(file.size), "most": filesizeformat(max_bytes)},
            code="too_many_bytes",
        )
    picture = _open(file, max_side)
    if picture.width < least_width:
        raise ValidationError(
            _("This picture is %(width)d pixels wide. Choose one of at least %(least)d.")
            % {"width": picture.width, "least": least_width},
            code="too_narrow",
        )
    try:
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise _not_a_picture() from error
    return _encode(picture, keep_side)


def _open(file: "File[bytes]", max_side: int) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    file.seek(0)
    try:
        picture = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(max_side) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _not_a_picture() from error
    if max(picture.size) > max_side:
        raise _too_large(max_side)
    return picture


def _encode(picture: Image.Image, keep_side: int) -> "ContentFile[bytes]":
    upright = ImageOps.exif_transpose(picture)
    see_through = upright.has_transparency_data
    pixels = upright.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((keep_side, keep_side))
    pixels.info.clear()
    encoded = BytesIO()
    if see_through:
        pixels.save(encoded, "PNG", optimize=True)
    else:
        pixels.save(encoded, "WEBP", quality=86)
    content = encoded.getvalue()
    name = hashlib.sha256(content).hexdigest()[:20]
    return ContentFile(content, name=f"{name}.{'png' if see_through else 'webp'}")


def _too_large(max_side: int) -> ValidationError:
    return ValidationError(
        _("This picture is larger than %(side)d by %(side)d pixels. Make it smaller and try again.")
        % {"side": max_side},
        code="too_many_pixels",
    )


def _not_a_picture() -> ValidationError:
    return ValidationError(_("This is not a PNG, JPEG or WebP picture, or it is damaged."), code="not_a_picture")


class PictureField(forms.FileField):
    """Hands over the upload as `clean_image` makes it. `keep_side`: the most px a side that the page needs,
    `least_width`: the fewest it takes."""

    widget = forms.ClearableFileInput(attrs={"accept": ACCEPT})

    def __init__(self, *, keep_side: int = MAX_SIDE, least_width: int = 1, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.keep_side, self.least_width = keep_side, least_width

    def to_python(self, data: "File[bytes] | None") -> "File[bytes] | None":
        file = super().to_python(data)
        return clean_image(file, keep_side=self.keep_side, least_width=self.least_width) if file else None
