"""The sheet of a score workbook with total, grade and levels: formulas that follow the sheet of scores as the evaluation would. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from evallib.files.workbook_sheet import FIRST, Number, Sheet
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.table_words import CHOICES
from evallib.model.units import round_half_up
from evallib.model.words import Lang
from evallib.say.drafts import waiting
from evallib.say.workings import total_text

ZERO = Decimal(0)
_RATE = 'IF(ISNUMBER(D{row}),IF(C{row}=0,"—",D{row}/C{row}),"—")'
COUNTS = ("yes", "no", "bonus", "deduction")


def counts(i: IndicatorResult) -> str:
    """How an indicator counts in the total, as a word of `workbook.counts`."""
    return (i.extra or "yes") if i.counted and i.points else "no"


def add_summary(s: Sheet, e: Evaluation, lang: Lang, scores: str) -> None:
    """The total and grade, what they come from, then every level; `scores` is the name of the sheet that holds the indicators."""
    fmt, where = (
        "0." + "0" * e.framework.rounding.scores,
        {c: f"'{scores}'!${c}${FIRST}:${c}${FIRST + len(e.indicators) - 1}" for c in "ABDGJ"},
    )
    that = {word: f'({where["J"]}="{s.t(f"counts.{word}")}")' for word in COUNTS}
    if e.points:
        _total(s, e, lang, where, that, scores, fmt)
    homes, names = e.framework.homes, {one.id: one.words[lang] for one in e.framework.sections}
    told = Counter((homes[one.id], one.within and names[one.id].casefold()) for one in e.framework.sections)
    rows = {one.id: s.next + n for n, one in enumerate(e.sections)}
    for one in e.sections:
        place = f"({where['A']}=A{{row}})" + (f"*({where['B']}=B{{row}})" if one.within else "")
        below = [rows[inner.id] for inner in e.sections if one.within and inner.within == one.id]
        points, score = (
            f"SUMPRODUCT({place}*{which},{where[of]})" + "".join(f"+{column}{row}" for row in below)
            for which, of, column in ((that["yes"], "D", "C"), (f"(1-{that['no']})", "G", "D"))
        )
        if told[homes[one.id], one.within and names[one.id].casefold()] > 1:  # a name does not tell two groups apart
            points = score = ""
        s.add(
            names[homes[one.id]], names[one.id] if one.within else s.t("scores.subtotal"), Number(one.points, fmt, points),
            Number(one.score, fmt, score), Number(one.rate, formula=_RATE), CHOICES[one.basis][lang],
            level="group" if one.within else "part",
        )  # fmt: skip


def _total(s: Sheet, e: Evaluation, lang: Lang, where: dict[str, str], that: dict[str, str], scores: str, fmt: str) -> None:
    """The rows above the levels. What is open keeps its range until the last score is there."""
    fw, places = e.framework, e.framework.rounding.scores
    lines = ["total", *(["grade"] if fw.grades else []), *(["lowest", "highest"] if e.open else []), "counted", "extra"]
    row = {line: s.next + n for n, line in enumerate(lines)}
    short = sum((points for id, _, points in waiting(e) if id not in e.in_force), ZERO)
    score = {kind: sum((i.score or ZERO for i in e.indicators if counts(i) == kind), ZERO) for kind in that}
    worth = sum((i.points for i in e.indicators if counts(i) == "yes"), short)
    still, most_extra = f"(1-ISNUMBER({where['G']}))", f"ROUND({where['D']},{places})"

    def total(regular: str = "", extra: str = "") -> str:
        whole = f"ROUND((D{row['counted']}{regular})*C{row['total']}/C{row['counted']},{places})"
        return f'IF(C{row["counted"]}=0,"—",ROUND(MAX({whole}+D{row["extra"]}{extra},0),{places}))'

    def grade(cell: str) -> str:
        bands = sorted(fw.grades, key=lambda g: -g.at_least)
        said = (f'IF({cell}>={g.at_least},"{g.words[lang].replace(chr(34), chr(34) * 2)}",' for g in bands)
        return f"IF(ISNUMBER({cell})," + "".join(said) + '"—"' + ")" * len(bands) + ',"—")'

    lacking = f"SUMPRODUCT((1-{that['no']})*{still})" + ("+1" if short else "")
    known = sum(i.score is None for i in e.indicators if counts(i) != "no") + bool(short)
    formulas = {"total": f'IF({lacking}={known},{total()},"—")', "grade": grade(f"D{row['total']}")}
    values: dict[str, Decimal | str] = {"total": e.total, "grade": e.grade[lang] or "—"}
    if e.open:
        low, high = f"D{row['lowest']}", f"D{row['highest']}"
        most = f"+SUMPRODUCT({that['yes']}*{still},{where['D']})" + "".join(_above(e, scores))
        if short:
            most += f"+{round_half_up(short * fw.open_most, places)}"
        as_text = "&".join((f'TEXT({low},"#,##0.00")', '"–"', f'TEXT({high},"#,##0.00")'))
        formulas |= {"lowest": total("", f"-SUMPRODUCT({that['deduction']}*{still},{most_extra})")}
        formulas |= {"highest": total(most, f"+SUMPRODUCT({that['bonus']}*{still},{most_extra})")}
        formulas |= {"total": f"IF({lacking}=0,{low},{as_text})", "grade": f'IF({grade(low)}={grade(high)},{grade(low)},"—")'}
        values |= {"total": total_text(e), "lowest": e.open.low, "highest": e.open.high}
    formulas |= {"counted": f"SUMPRODUCT(1*{that['yes']},{where['G']})"}
    formulas |= {"extra": f"SUMPRODUCT({that['bonus']}+{that['deduction']},{where['G']})"}
    values |= {"counted": score["yes"], "extra": score["bonus"] + score["deduction"]}
    for line in lines:
        points = Number(e.points, fmt) if line == "total" else None
        if line == "counted":
            points = Number(worth, fmt, f"SUMPRODUCT(1*{that['yes']},{where['D']})" + (f"+{short}" if short else ""))
        rate = Number(e.total / e.points, formula=_RATE) if line == "total" and e.has_total else None
        level = "total" if line in ("total", "grade") else ""
        s.add(s.t(f"summary.{line}"), None, points, Number(values[line], fmt, formulas[line]), rate, None, level=level)


def _above(e: Evaluation, scores: str) -> Iterator[str]:
    """What indicators without a score could still reach above their points."""
    for n, i in enumerate(e.indicators):
        more = round_half_up(i.points * e.in_force[i.id].rule.most, e.framework.rounding.scores) - i.points
        if counts(i) == "yes" and i.score is None and more:
            yield f"+{more}*(1-ISNUMBER('{scores}'!G{FIRST + n}))"
