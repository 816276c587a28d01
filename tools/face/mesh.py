"""Which point of the mediapipe face mesh is what: named loops of landmark indices.

Every loop is closed (the last joins the first) and runs clockwise as seen in an upright picture
of a face looking at the viewer. "Left" and "right" are the portrait's own, as in mediapipe's
naming: RIGHT_EYE is the one on the image's left. Points 0 to 467 are skin, 468 to 477 irises.
"""

from __future__ import annotations

LANDMARKS = 478

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The silhouette from the top of the forehead (10), by the left cheek, to the chin (152)."""

OUTER_LIPS = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
)  # fmt: skip
"""Where lip meets skin, from the right mouth corner (61) over the upper lip to the left (291)."""

INNER_LIPS = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
"""Where the lips meet or part, from the right corner (78) along the upper lip to the left (308)."""

RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
"""Lid margins, from the outer corner (33) along the upper lid to the inner corner (133)."""

LEFT_EYE = (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382)
"""Lid margins, from the inner corner (362) along the upper lid to the outer corner (263)."""

RIGHT_EYEBROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_EYEBROW = (336, 296, 334, 293, 300, 276, 283, 282, 295, 285)

RIGHT_IRIS = (468, 469, 470, 471, 472)
"""The iris: its centre, then four points of its rim."""
LEFT_IRIS = (473, 474, 475, 476, 477)

NOSE_TIP = 1
NASION = 168
CHIN = 152
FOREHEAD = 10
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
"""Where the silhouette meets the ears."""
RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER = 61, 291
