"""Compiled comparison of tokens: skeletons, edit distances, the agreement relation. The one file that may be ugly.

A token is a row of letters: the first byte their number, then codes 1 to 26 (own script: codes of its alphabet). A
skeleton is packed four bits a symbol, the first symbol lowest. `tests/reference/tokens.py` is the slow twin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.jit import kernel

ROW = 32  # bytes of a row of letters: at most 31 are compared
u64 = np.uint64
_FIFTEEN = u64(15)
_ONE = u64(1)
_ZERO = u64(0)

# Symbols of text.skeleton.SYMBOLS, "AkShgszfbtdrlmn", from 1; by letter a-z (0: none).
_SYMBOL = np.zeros(27, np.int64)
for _letters, _symbol in (("qck", 2), ("h", 4), ("jg", 5), ("s", 6), ("z", 7), ("fv", 8), ("bp", 9), ("t", 10),
                          ("d", 11), ("r", 12), ("l", 13), ("m", 14), ("n", 15)):  # fmt: skip
    for _letter in _letters:
        _SYMBOL[ord(_letter) - 96] = _symbol
_SYMBOL_OR_X = _SYMBOL > 0
_SYMBOL_OR_X[24] = True
_A, _C, _D, _E, _G, _H, _I, _J, _K, _O, _P, _R, _S, _T, _U, _W, _X, _Y, _Z = (
    ord(x) - 96 for x in "acdeghijkoprstuwxyz"
)


@kernel
def skeleton_of_row(row: Any, breaks: Any, letters: Any, apart: Any) -> Any:
    """Pack the skeleton of a romanised row (twin of `text.skeleton.skeleton_of`).

    Args:
        row: Letters.
        breaks: Bit n set: letter n (from 1) makes no digraph with the one before.
        letters: Scratch of ROW + 4 int64.
        apart: Scratch of ROW + 4 int64.
    """
    n = 0
    for at in range(1, int(row[0]) + 1):
        letter = int(row[at])
        broken = (int(breaks) >> at) & 1
        if letter == _H and n > 1 and letters[n - 1] == _H and int(row[at - 1]) == _H and not broken:
            before = letters[n - 2]  # sh, kh ... and an h of its own
            broken = 1 if not apart[n - 1] and (
                before == _S or before == _K or before == _T or before == _D or before == _G or before == _Z
                or before == _C) and int(row[at - 2]) == before else 0  # fmt: skip
        if n == 0 or letters[n - 1] != letter or broken:
            letters[n] = letter
            apart[n] = broken
            n += 1
    first = letters[0] if n else 0
    bare_h = (
        n == 3
        and letters[2] == _H
        and apart[1] + apart[2] == 0
        and _SYMBOL_OR_X[letters[0]]
        and _SYMBOL_OR_X[letters[1]]
    )
    if n > 3 or bare_h:
        last, prior = letters[n - 1], letters[n - 2]
        whole = apart[n - 1] == 0
        if whole and ((last == _H and (prior == _A or prior == _E)) or (last == _U and prior == _O)):
            n -= 2
        elif last == _A or last == _E or last == _H or last == _I or last == _O or last == _U or last == _Y:
            n -= 1
    for at in range(n, n + 4):
        letters[at] = 0
        apart[at] = 1
    packed = _ZERO
    count = 0
    previous = 0
    if first == _A or first == _E or first == _I or first == _O or first == _U or first == _Y or first == _W:
        packed, count, previous = _ONE, 1, 1
    at = 0
    while at < n and count < 16:
        c, c1, c2, c3 = letters[at], letters[at + 1], letters[at + 2], letters[at + 3]
        if apart[at + 1]:
            c1, c2, c3 = 0, 0, 0
        elif apart[at + 2]:
            c2, c3 = 0, 0
        elif apart[at + 3]:
            c3 = 0
        symbol, second, step = _SYMBOL[c], 0, 1
        if (c == _T and c1 == _S and c2 == _C and c3 == _H) or (c == _S and c1 == _H and c2 == _C and c3 == _H):
            symbol, step = 3, 4
        elif c == _T and c1 == _Z and c2 == _H:
            symbol, second, step = 6, 4, 3
        elif (c == _S or c == _T) and c1 == _C and c2 == _H:
            symbol, step = 3, 3
        elif c == _C and c1 == _H and c2 == _R:
            symbol, second, step = 2, 12, 3
        elif (c == _S or c == _C) and c1 == _H:
            symbol, step = 3, 2
        elif c == _K and c1 == _H:
            symbol, step = 4, 2
        elif (c == _G and c1 == _H) or (c == _D and c1 == _J) or (c == _Z and c1 == _H):
            symbol, step = 5, 2
        elif (c == _T and (c1 == _H or c1 == _S or c1 == _Z)) or (c == _C and (c1 == _E or c1 == _I or c1 == _Y)):
            symbol, step = 6, 2
        elif c == _D and (c1 == _H or c1 == _Z):
            symbol, step = 7, 2
        elif c == _P and c1 == _H:
            symbol, step = 8, 2
        elif c == _C and c1 == _K:
            symbol, step = 2, 2
        elif c == _X:
            symbol, second = 2, 6
        if symbol != 0 and symbol != previous:
            packed |= u64(symbol) << u64(4 * count)
            count += 1
            previous = symbol
        if second != 0 and count < 16:
            packed |= u64(second) << u64(4 * count)
            count += 1
            previous = second
        at += step
    return packed


@kernel
def skeleton_length(packed: Any) -> int:
    """Count the symbols of a packed skeleton."""
    length = 0
    while packed != _ZERO:
        packed >>= u64(4)
        length += 1
    return length


@kernel
def _without(packed: Any, place: int) -> Any:
    """Take one symbol out."""
    low = packed & ((_ONE << u64(4 * place)) - _ONE)
    if place >= 15:
        return low
    return low | ((packed >> u64(4 * place + 4)) << u64(4 * place))


@kernel
def skeletons_near(one: Any, n_one: int, other: Any, n_other: int) -> bool:
    """Tell whether two packed skeletons are at most one edit (or transposition) apart."""
    if one == other:
        return True
    difference = n_one - n_other
    if difference > 1 or difference < -1:
        return False
    unequal = one ^ other
    place = 0
    while unequal & _FIFTEEN == _ZERO:
        unequal >>= u64(4)
        place += 1
    if difference == 1:
        return bool(_without(one, place) == other)
    if difference == -1:
        return bool(_without(other, place) == one)
    if place == 15 or (one >> u64(4 * place + 4)) == (other >> u64(4 * place + 4)):
        return True
    a = (one >> u64(4 * place)) & u64(255)
    b = (other >> u64(4 * place)) & u64(255)
    if ((a >> u64(4)) | ((a & _FIFTEEN) << u64(4))) != b:
        return False
    return place >= 14 or (one >> u64(4 * place + 8)) == (other >> u64(4 * place + 8))


@kernel
def edits(left: Any, right: Any, singly: bool, masks: Any) -> int:
    """Optimal string alignment distance of two rows of letters (Hyyrö 2003, bit-parallel).

    Args:
        left: Letters.
        right: Letters.
        singly: A doubled letter counts as one.
        masks: Scratch of 256 uint64, all zero; left so.
    """
    n = 0
    for at in range(1, int(left[0]) + 1):
        if not singly or at == 1 or left[at] != left[at - 1]:
            masks[left[at]] |= _ONE << u64(n)
            n += 1
    vp = ~_ZERO
    vn = d0 = old = _ZERO
    top = _ONE << u64(max(n, 1) - 1)
    distance = n
    m = 0
    for at in range(1, int(right[0]) + 1):
        if singly and at > 1 and right[at] == right[at - 1]:
            continue
        m += 1
        mask = masks[right[at]]
        swapped = (((~d0) & mask) << _ONE) & old
        d0 = (((mask & vp) + vp) ^ vp) | mask | vn | swapped
        hp = vn | ~(d0 | vp)
        hn = d0 & vp
        if hp & top:
            distance += 1
        if hn & top:
            distance -= 1
        hp = (hp << _ONE) | _ONE
        hn = hn << _ONE
        vp = hn | ~(d0 | hp)
        vn = hp & d0
        old = mask
    for at in range(1, int(left[0]) + 1):
        masks[left[at]] = _ZERO
    return distance if n > 0 else m


@kernel
def key_of_row(row: Any, script: int) -> Any:
    """A 64-bit key of letters in a script (FNV-1a, finished by a multiply-xor mix)."""
    key = u64(0xCBF29CE484222325) ^ u64(script)
    key *= u64(0x100000001B3)
    for at in range(1, int(row[0]) + 1):
        key = (key ^ u64(row[at])) * u64(0x100000001B3)
    key ^= key >> u64(29)
    key *= u64(0x9E3779B97F4A7C15)
    return key ^ (key >> u64(32))
