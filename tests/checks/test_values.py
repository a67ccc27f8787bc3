"""Plain values of whatever library: alike or not, and never an error."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from groundschool.checks.values import alike


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ({"a": np.int64(17)}, {"a": 17}),
        ([np.float64(0.1) + np.float64(0.2)], [0.3]),
        (np.array(5), 5),
        ({"on": np.bool_(True)}, {"on": True}),
        (np.str_("x"), "x"),
        (1, 1.0),
    ],
    ids=["integer in a dict", "float in a list", "array without dimensions", "truth", "text", "integer and float"],
)
def test_a_scalar_of_numpys_is_like_pythons(got: Any, want: Any) -> None:
    assert alike(got, want)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (10**400, 1.5),
        (Decimal("sNaN"), Decimal(1)),
        (np.int64(1), True),
        ([1, 2], [1, 2, 3]),
        (np.array([1, 2]), [1, 2, 3]),
    ],
    ids=["huge integer", "signalling NaN", "one and true", "shorter list", "array"],
)
def test_what_cannot_be_compared_is_not_alike(got: Any, want: Any) -> None:
    assert not alike(got, want)
