"""What rules of one length hold together: lines of a table, whatever stands beside them or reads like running text."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.offline.tables.lines import Segment, lines_from_segments, set_alike
from witnessmark.offline.tables.ruling import Stroke
from witnessmark.offline.tables.tokens import is_caption, is_value


def framed_by_rules(
    segments: Sequence[Segment], across: Sequence[Stroke], prose: frozenset[int]
) -> tuple[list[list[Segment]], list[Segment]]:
    """Take out the lines between rules that all begin and end at the same places, when they need it.

    Three rules of one length are a table's. What stands beside them is not in it: a caption in the margin, an address
    beside the box of an invoice's sums. And what reads like running text between them is in its cells.

    Shapes:  each list of the first result is one region; the second holds all other segments
    """
    framed: list[list[Segment]] = []
    rest = list(segments)
    for group in _of_one_length(across, [s for s in segments if _parts_tables(s, prose)]):
        inside, beside = _inside(rest, group)
        if len(inside) < 4:
            continue
        reads_on = any(id(s) in prose for s in inside)
        if not (beside and _begins_with_labels(inside, group[0])) and not (
            reads_on and _keeps_to_header(inside, group)
        ):
            continue
        kept = set(map(id, inside))
        framed.append(inside)
        rest = [s for s in rest if id(s) not in kept]
    return framed, rest


def _of_one_length(across: Sequence[Stroke], between: Sequence[Segment]) -> list[list[Stroke]]:
    """Group rules that begin and end alike and have no text of those in `between` from side to side between them."""
    groups: list[list[Stroke]] = []
    for stroke in sorted(across):
        for group in groups:
            last = group[-1]
            if abs(last.start - stroke.start) < 2 and abs(last.end - stroke.end) < 2:
                if any(
                    last.at < s.middle < stroke.at
                    and min(s.x1, stroke.end) - max(s.x0, stroke.start)
                    > (0.0 if is_caption(s.text) else 0.7 * stroke.length)
                    for s in between
                ):
                    continue
                group.append(stroke)
                break
        else:
            groups.append([stroke])
    return [group for group in groups if len(group) > 2]


def _parts_tables(item: Segment, prose: frozenset[int]) -> bool:
    return id(item) in prose or is_caption(item.text)


def _inside(segments: Sequence[Segment], group: Sequence[Stroke]) -> tuple[list[Segment], list[Segment]]:
    """Deal the lines at the height of some rules into what stands within their length and beside it."""
    x0, x1 = group[0].start - 3, group[0].end + 3
    top, bottom = group[0].at - 2, group[-1].at + 2
    lines = lines_from_segments([s for s in segments if s.x0 >= x0 and s.x1 <= x1])
    inside = [line for line in lines if top < line.middle < bottom]
    if any(s.x0 < end < s.x1 for s in segments if top < s.middle < bottom for end in (x0, x1)):
        return [], []
    for line in reversed([line for line in lines if line.middle <= top]):
        if len(line.segments) < 2 or top - line.bottom > 0.8 * line.size:
            break
        inside.append(line)
        top = line.top
    for line in [line for line in lines if line.middle >= bottom]:
        if len(line.segments) < 2 or line.top - bottom > 0.8 * line.size:
            break
        inside.append(line)
        bottom = line.bottom
    beside = [s for s in segments if top < s.middle < bottom and (s.x1 < x0 + 3 or s.x0 > x1 - 3)]
    level = sum(any(abs(s.middle - line.middle) < 0.3 * line.size for line in inside) for s in beside)
    if level > max(0.8 * len(beside), 0.4 * len(inside)):  # a column of the table that the rules leave out
        return [], []
    return [s for line in inside for s in line.segments], beside


def _begins_with_labels(inside: Sequence[Segment], rule: Stroke) -> bool:
    """Claim that the rules begin where the first column does, so that no column of labels is left out."""
    firsts = [line.first for line in lines_from_segments(inside) if len(line.segments) > 1]
    at_start = [s for s in firsts if s.x0 < rule.start + 0.15 * rule.length]
    return len(at_start) > 0.6 * len(firsts) and sum(not is_value(s.text) for s in at_start) > 0.6 * len(at_start)


def _keeps_to_header(inside: Sequence[Segment], rules: Sequence[Stroke]) -> bool:
    """Claim that all lines below the second rule begin where a heading between the first two does."""
    heads = [s for s in inside if rules[0].at < s.middle < rules[1].at]
    body = [s for s in inside if s.middle > rules[1].at]
    if len(lines_from_segments(heads)) > 4 or len({round(s.x0 / 3) for s in heads}) < 2 or not body:
        return False
    kept = sum(any(set_alike(s, head) for head in heads) for s in body)
    return kept > 0.9 * len(body)
