"""The comparable token of a name."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.text.skeleton import skeleton_of
from matcher.text.translit.borders import BREAK


@dataclass(frozen=True, slots=True)
class Token:
    """One comparable token of a name.

    Attributes:
        form: Romanised spelling in `a`-`z`, never empty.
        skeleton: Consonant classes; `A` for an initial vowel.
        original: The text of the name that the token came from.
        letters: The normalised letters in the token's own script, particles treated as in `form`; for Latin the form.
        script: The script of `letters` (`matcher.text.scripts`).
        second: Another reading of an ambiguous spelling, which has none itself.
        part: The name that a fused one is made with (`rahman` of `abdalrahman`, `saif` of `saifaldin`): a last resort.
        lead: What was dropped before it (an article, `bin`): it counts only where the whole is written as one word.
    """

    form: str
    skeleton: str
    original: str
    letters: str = ""
    script: str = "latin"
    second: Token | None = None
    part: Token | None = None
    lead: Token | None = None

    def __hash__(self) -> int:
        return hash(self.form)  # equal tokens have one form; text keeps its hash, nine fields would not

    @property
    def is_initial(self) -> bool:
        """Whether the token is a single letter."""
        return len(self.form) == 1


def make_token(
    spelled: str,
    *,
    original: str,
    letters: str | None = None,
    script: str = "latin",
    second: Token | None = None,
    part: Token | None = None,
    lead: Token | None = None,
) -> Token:
    """Build a token from its romanised spelling, in which `BREAK` parts letters that are no digraph.

    Args:
        spelled: `a`-`z` and `BREAK`.
        original: The text that the token came from.
        letters: Letters in the script; the form stands for them where they aren't given.
        script: The script.
        second: A second reading; one that says the same is left out.
        part: The name that a fused one is made with.
        lead: What was dropped before it.

    Examples:
        >>> token = make_token("fat'hi", original="Fathi")
        >>> token.form, token.skeleton, token.letters
        ('fathi', 'fth', 'fathi')
    """
    form = spelled.replace(BREAK, "")
    if second is not None and second.form == form and second.skeleton == skeleton_of(spelled):
        second = None
    own = form if letters is None else letters
    return Token(form, skeleton_of(spelled), original, own, script, second, part, lead)
