"""What a wafer map looks like in some forty numbers, whatever its size: rings, sectors, spots, lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from ...model import Numbers
from ...model.measured import Integers
from .places import Disc
from .results import Flags

RINGS = (0.0, 0.2, 0.4, 0.6, 0.75, 0.88, 1.0)
EDGE = 0.82
"""From this radius on a die is at the edge."""
SECTORS = 12
TURNS = 24
Grid = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Laid:
    """A map on its grid: where dies are, which fail, and the radius and angle of each cell."""

    there: Flags
    failed: Flags
    across: Grid
    up: Grid
    radius: Grid

    @property
    def share(self) -> float:
        return float(self.failed.sum()) / float(self.there.sum())


def features(x: Integers, y: Integers, failed: Flags) -> dict[str, float]:
    """The features of one map by name."""
    laid = _laid(x, y, failed)
    return {**_rings(laid), **_sectors(laid), **_spot(laid), **_chain(laid), **_line(laid)}


def _laid(x: Integers, y: Integers, failed: Flags) -> _Laid:
    disc = Disc.around(x, y)
    shape = (int(np.ptp(y)) + 1, int(np.ptp(x)) + 1)
    there, bad = (np.zeros(shape, np.bool_) for _ in range(2))
    there[y - y.min(), x - x.min()] = True
    bad[y - y.min(), x - x.min()] = failed
    down, right = np.mgrid[0 : shape[0], 0 : shape[1]]
    across, up = (right + x.min() - disc.x) / disc.across, (disc.y - down - y.min()) / disc.down
    away = np.hypot(across, up)
    return _Laid(there, bad, across, up, away / (float(away[there].max()) or 1.0))


def _odds(failed: Numbers, all_: Numbers) -> Numbers:
    """Log odds of failing, kept finite by half a die."""
    return np.log((failed + 0.5) / (all_ - failed + 0.5))


def _rings(laid: _Laid) -> dict[str, float]:
    """How much more each ring fails than the wafer."""
    ring = np.searchsorted(RINGS, laid.radius[laid.there], side="right") - 1
    ring = np.clip(ring, 0, len(RINGS) - 2)
    all_ = np.bincount(ring, minlength=len(RINGS) - 1).astype(np.float64)
    bad = np.bincount(ring, weights=laid.failed[laid.there], minlength=len(RINGS) - 1).astype(np.float64)
    whole = float(_odds(bad.sum(keepdims=True), all_.sum(keepdims=True))[0])
    told = np.where(all_ > 0, _odds(bad, all_) - whole, 0.0)
    rates = bad / np.maximum(all_, 1)
    return {
        "odds": whole,
        "share": laid.share,
        **{f"ring {k + 1}": float(v) for k, v in enumerate(told)},
        "edge less rest": float(rates[-1] - bad[:-1].sum() / max(all_[:-1].sum(), 1.0)),
        "middle less ends": float(rates[2:4].mean() - (rates[0] + rates[4:].mean()) / 2),
        "centre less rest": float(rates[:2].mean() - bad[2:].sum() / max(all_[2:].sum(), 1.0)),
    }


def _sectors(laid: _Laid) -> dict[str, float]:
    """How unevenly the edge, and what lies inside, fail round the wafer."""
    turn = (np.degrees(np.arctan2(laid.up, laid.across)) % 360 / 360 * SECTORS).astype(np.int64) % SECTORS
    found: dict[str, float] = {}
    for name, part in (("edge", laid.there & (laid.radius >= EDGE)), ("inner", laid.there & (laid.radius < EDGE))):
        all_ = np.bincount(turn[part], minlength=SECTORS).astype(np.float64)
        bad = np.bincount(turn[part], weights=laid.failed[part], minlength=SECTORS)
        rates = np.sort((bad + 0.5 * laid.share) / (all_ + 0.5))
        low = float(np.median(rates[: SECTORS // 2]))
        found |= {
            f"{name} highest": float(rates[-1]) - low,
            f"{name} lowest": float(rates[0]),
            f"{name} low": low,
            f"{name} spread": float(rates.std()),
            f"{name} raised": float((rates > low + 0.25).mean()),
        }
    return found


def _spot(laid: _Laid) -> dict[str, float]:
    """The largest spot of the smoothed map: where it is, how large, how round, how far about the centre it reaches."""

    width = max(0.8, 0.045 * float(np.mean(laid.there.shape)))
    weight = scipy.ndimage.gaussian_filter(laid.there.astype(np.float64), width, mode="constant")
    smooth = scipy.ndimage.gaussian_filter(laid.failed.astype(np.float64), width, mode="constant") / np.maximum(
        weight, 1e-9
    )
    inside = smooth[laid.there]
    base, peak = float(np.percentile(inside, 30)), float(inside.max())
    hot = laid.there & (smooth > base + 0.5 * (peak - base))
    spots, _ = scipy.ndimage.label(hot, np.ones((3, 3)))
    sizes = np.bincount(spots.ravel())[1:]
    spot = spots == 1 + int(np.argmax(sizes)) if len(sizes) else laid.there
    x, y, away = laid.across[spot], laid.up[spot], laid.radius[spot]
    turned = np.exp(1j * np.arctan2(y, x))
    long_, short = _axes(x, y)
    inner = laid.there & (laid.radius < 0.18)
    return {
        "base": base,
        "peak": peak,
        "contrast": peak - base,
        "hot area": float(hot.sum() / laid.there.sum()),
        "spot area": float(spot.sum() / laid.there.sum()),
        "spot of hot": float(spot.sum() / max(hot.sum(), 1)),
        "spot centre": float(np.hypot(x.mean(), y.mean())),
        "spot radius": float(away.mean()),
        "spot nearest": float(away.min()),
        "spot farthest": float(away.max()),
        "spot spread": float(away.std()),
        "spot turn": float(abs(turned.mean())),
        "spot at edge": float((away > EDGE).mean()),
        "spot long": long_,
        "spot short": short,
        "spot rate": float(laid.failed[spot].mean()),
        "hole": float(laid.failed[spot].mean() - laid.failed[inner].mean()) if inner.any() else 0.0,
    }


def _chain(laid: _Laid) -> dict[str, float]:
    """The largest chain of failed dies that touch: thin and long for a scratch."""

    chains, number = scipy.ndimage.label(laid.failed, np.ones((3, 3)))
    if not number:
        return dict.fromkeys(
            ("chain dies", "chain of failed", "chain long", "chain short", "chain thin", "chain fill"), 0.0
        )
    sizes = np.bincount(chains.ravel())
    chain = chains == 1 + int(np.argmax(sizes[1:]))
    long_, short = _axes(laid.across[chain], laid.up[chain])
    rows, columns = np.nonzero(chain)
    reach = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
    return {
        "chain dies": float(np.log(chain.sum())),
        "chain of failed": float(chain.sum() / laid.failed.sum()),
        "chain long": long_,
        "chain short": short,
        "chain thin": float(np.log((long_ + 0.02) / (short + 0.02))),
        "chain fill": float(chain.sum() / reach),
    }


def _line(laid: _Laid) -> dict[str, float]:
    """The straight strip, two dies wide, that fails most beyond its surroundings, in any direction."""
    rows, columns = np.nonzero(laid.there)
    bad = laid.failed[laid.there].astype(np.float64)
    best, where = 0.0, 0.0
    for turn in np.arange(TURNS) * np.pi / TURNS:
        strip = np.floor((columns * np.cos(turn) + rows * np.sin(turn)) / 1.5).astype(np.int64)
        strip -= strip.min()
        all_, failed = np.bincount(strip).astype(np.float64), np.bincount(strip, weights=bad).astype(np.float64)
        around = (_beside(failed) + 0.5) / (_beside(all_) + 1.0)
        excess = (failed - all_ * around) / np.sqrt(all_ * around * (1 - np.minimum(around, 0.95)) + 1.0)
        excess = np.where(all_ >= 4, excess, 0.0)
        if excess.max() > best:
            best, where = float(excess.max()), float(failed[excess.argmax()] / all_[excess.argmax()])
    return {"line": float(np.log1p(best)), "line rate": where}


def _beside(strips: Numbers) -> Numbers:
    """The sum of the two strips on each side of each."""
    return np.asarray(np.convolve(strips, np.array([1.0, 1.0, 0.0, 1.0, 1.0]))[2:-2])


def _axes(x: Numbers, y: Numbers) -> tuple[float, float]:
    """How long and how wide a cloud of dies is: standard deviations along its axes."""
    if len(x) < 2:
        return 0.0, 0.0
    spread = np.linalg.eigvalsh(np.cov(x, y))
    return float(np.sqrt(max(spread[1], 0.0))), float(np.sqrt(max(spread[0], 0.0)))
