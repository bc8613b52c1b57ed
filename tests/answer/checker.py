"""Takes what an answer says apart, and recomputes it from the raw runs.

It shares no code with ``cgsim.answer``: runs are lived anew, measured with plain NumPy, and every
sentence is read from its text. ``faults`` returns what is wrong, a line a fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from cgsim.engine.run import Arm, simulate

FRICTIONS = ("overhead", "coordination", "commitment", "slippage", "alignment")
WITHOUT = {
    "overhead": "meetings and other overhead cost nothing",
    "coordination": "issues settled themselves",
    "commitment": "every member gave all it can and none left",
    "slippage": "no promise slipped",
    "alignment": "all members saw needs as they are",
}
ARMS = (
    Arm("together", 0),
    Arm("alone", 1),
    Arm("equal_money", 2),
    *(arm for name in FRICTIONS for arm in (Arm(name, 0, (name,)), Arm(f"the money of {name}", 2))),
)
MET, JOINT_MET, OVERHEAD, JOINT_HOURS, OWN_HOURS, NET_YIELD, BOUGHT = 0, 2, 3, 4, 5, 7, 8
MEMBERS, SETTLED, MEETINGS, ENDED, SLIPPED = 0, 3, 6, 11, 13
FOUNDERS = "of what the founders met alone"
AREA = "of what all agencies met alone"
NUMBER = r"([+−]?\d+(?:,\d{3})*(?:\.\d+)?|just (?:above|below) 0)"
MONTHS = r"(\d+)(?: to (\d+))? months?"
SPAN = rf"\(95 % interval (?:not known|{NUMBER}(?: to {NUMBER})?(?: %)?)\)"


@dataclass
class Raw:
    """What was lived, run by run, as plain arrays."""

    met: np.ndarray  # (R, 13, T)
    own: np.ndarray  # (R, T) founders' own work, alone
    bought: np.ndarray  # (R, T)
    members: np.ndarray  # (R, T, B)
    settled: np.ndarray  # (R, T, B)
    founders: np.ndarray  # (R, N)
    hours: np.ndarray  # (R, 3, T): overhead, hours of joint work, of own work
    yields: np.ndarray  # (R, 3, T): need met by joint work, by own work; net yield
    slipped: np.ndarray  # (R, T, B): hours meant for joint work and not given
    ended: np.ndarray  # (R, T, B): why each ended; 0 while it has not
    met_at_all: np.ndarray  # (R, T, B): whether each had members or met
    changes: tuple[int, ...] = ()  # months of scheduled changes

    @property
    def months(self):
        return self.met.shape[2]

    @property
    def begun(self):
        return (self.members > 0).any(axis=(1, 2))

    @property
    def since(self):
        alive = (self.members > 0).any(axis=2)
        return np.maximum.accumulate(alive, axis=1)

    @property
    def money(self):
        return bool((self.bought > 0).any())

    @property
    def settled_always(self):
        return bool((self.settled[self.members > 0] >= 1.0 - 1e-9).all())

    def gain(self, other, base="founders", when=None):
        """Return each run's gain against arm ``other``, of a base, over some months."""
        when = self.since if when is None else self.since & when
        extra = ((self.met[:, 0] - self.met[:, other]) * when).sum(axis=1)
        return share(extra, self.base(base, when))

    def base(self, name, when):
        line = self.own if name == "founders" else self.met[:, 1]
        return (line * when).sum(axis=1)

    def without(self, name):
        """Return how much more each run gains over the money spent then, without a friction."""
        arm = 3 + 2 * FRICTIONS.index(name)
        with_it, without = self.met[:, 0] - self.met[:, 2], self.met[:, arm] - self.met[:, arm + 1]
        return share(
            ((without - with_it) * self.since).sum(axis=1), self.base("founders", self.since)
        )


def share(above, below):
    return np.array([a / b if b > 0 else 0.0 for a, b in zip(above, below, strict=True)])


def live(scenario, runs, seed, arms=ARMS, first=0):
    """Live runs in every arm, in one thread, and keep the raw records."""
    kept = {}

    def reduce(done):
        chunk = done.chunk
        founders = chunk.world.founder.any(axis=1)
        return [
            (
                chunk.month[n, :, :, MET].copy(),
                (chunk.own_met[n, 1] * founders[n]).sum(axis=1),
                chunk.month[n, 0, :, BOUGHT].copy(),
                chunk.board[n, 0, :, :, MEMBERS].copy(),
                chunk.board[n, 0, :, :, SETTLED].copy(),
                founders[n].copy(),
                chunk.month[n, 0][:, [OVERHEAD, JOINT_HOURS, OWN_HOURS]].T.copy(),
                np.stack(
                    [
                        chunk.month[n, 0, :, JOINT_MET],
                        chunk.own_met[n, 0].sum(axis=1),
                        chunk.month[n, 0, :, NET_YIELD],
                    ]
                ),
                chunk.board[n, 0, :, :, SLIPPED].copy(),
                chunk.board[n, 0, :, :, ENDED].copy(),
                (chunk.board[n, 0][:, :, [MEMBERS, MEETINGS]] > 0).any(axis=2),
            )
            for n in range(len(done.points))
        ]

    numbers = np.arange(first, first + runs)
    points = np.zeros(runs, np.int64)
    for places, rows in simulate([scenario], points, numbers, seed, reduce, arms=arms, workers=1):
        kept.update(zip(places.tolist(), rows, strict=True))
    columns = (np.array(column) for column in zip(*(kept[n] for n in range(runs)), strict=True))
    months = {change.month for change in scenario.changes}
    return Raw(*columns, tuple(sorted(m for m in months if 0 < m < int(scenario.values["months"]))))


def mean(values):
    """Return a mean and both ends of its t interval."""
    values = values[~np.isnan(values)]
    if len(values) < 2:
        centre = float(values.mean()) if len(values) else np.nan
        return centre, np.nan, np.nan
    centre, error = values.mean(), values.std(ddof=1) / np.sqrt(len(values))
    if error == 0:
        return centre, centre, centre
    # Student's t of SciPy's special functions: those of its distributions take most of the time.
    half = special.stdtrit(len(values) - 1, 0.975) * error
    return centre, centre - half, centre + half


def said(text):
    return 0.0 if text in NEXT_TO_NOTHING else float(text.replace(",", "").replace("−", "-"))


NEXT_TO_NOTHING = {"just above 0": 1.0, "just below 0": -1.0}


def shown(text, value, scale=100.0):
    """Tell whether a written number is a value, rounded to the digits in which it is written."""
    if text in NEXT_TO_NOTHING:
        return 0.0 < NEXT_TO_NOTHING[text] * scale * value < 0.05
    digits = len(text.partition(".")[2])
    return abs(said(text) - scale * value) <= 0.5001 * 10.0**-digits + 1e-6


class Reading:
    """Goes through the sentences of one answer and collects what is wrong."""

    def __init__(self, text, raw, draws=None, changes=()):
        self.raw, self.draws, self.wrong, self.read = raw, draws, [], set()
        self.lead = 2 if raw.money else 1
        self.gain = raw.gain(self.lead)
        rest = text
        for name, pattern in PATTERNS:
            found = re.search(pattern, rest)
            if found:
                self.read.add(name)
                getattr(self, "_" + name)(found)
                rest = rest[: found.start()] + rest[found.end() :]
        if re.search(r"\w", rest):
            self.wrong.append(f"nobody can check: {rest.strip()}")
        self._presence(changes)

    def fault(self, what):
        self.wrong.append(what)

    def check(self, text, value, what, scale=100.0):
        if not shown(text, value, scale):
            self.fault(f"{what}: says {text}, is {scale * value:.4f}")

    def span(self, low, high, values, what, turned=False):
        _, a, b = mean(values)
        a, b = (-b, -a) if turned else (a, b)
        if low is None:
            if not np.isnan(a):
                self.fault(f"{what}: the interval is known, and is not told")
            return
        if np.isnan(a):
            self.fault(f"{what}: an interval that one run cannot have")
            return
        self.check(low, a, f"{what}, low end")
        if high is None and not np.isclose(a, b, atol=1e-7):
            self.fault(f"{what}: one end for two")
        if high is not None:
            self.check(high, b, f"{what}, high end")
            if low == high:
                self.fault(f"{what}: ends that look alike")

    def directed(self, word, values, what):
        centre, low, high = mean(values)
        if word == "more" and not (centre > 0 and not low <= 0):
            self.fault(f"{what}: says more, the interval is {low:.5f} to {high:.5f}")
        if word == "less" and not (centre < 0 and not high >= 0):
            self.fault(f"{what}: says less, the interval is {low:.5f} to {high:.5f}")

    def _other(self, text):
        arm = 2 if "money" in text else 1
        if arm != self.lead:
            self.fault("the headline is not over the same money where hours were bought")

    def _gain(self, found):
        value, word, other, low, high = found.groups()
        self._other(other)
        self.directed(word, self.gain, "headline")
        sign = -1 if word == "less" else 1
        self.check(value, sign * self.gain.mean(), "headline")
        if said(value) == 0:
            self.fault("headline: nothing is more or less than nothing")
        self.span(low, high, self.gain, "headline", word == "less")

    def _once(self, found):
        less, value, word, other = found.groups()
        self._other(other)
        if len(self.gain) != 1:
            self.fault("says that there is one run, and there are more")
        gain = self.gain[0]
        if not (gain > 0 if word == "more" else gain < 0):
            self.fault(f"headline: says {word}, the run came to {gain:.5f}")
        size = -gain if word == "less" else gain
        if not less:
            self.check(value, size, "headline")
            if said(value) == 0:
                self.fault("headline: nothing is more or less than nothing")
        elif not 0 < 100 * size < said(value):
            self.fault(f"headline: says less than {value}, is {100 * size:.4f}")

    def _unclear(self, found):
        other, value, low, high = found.groups()
        self._other(other)
        _, a, b = mean(self.gain)
        if not a <= 0 <= b:
            self.fault("headline: says unclear, the interval leaves out 0")
        self.check(value, self.gain.mean(), "headline")
        self.span(low, high, self.gain, "headline")

    def _tiny(self, found):
        self._other(found[1])
        if np.abs(mean(self.gain)[1:]).max() * 100 > said(found[2]) + 1e-9:
            self.fault("headline: differs by more than it says")
        self.span(found[3], found[4], self.gain, "headline")

    def _exact(self, found):
        self._other(found[1])
        if np.any(np.abs(self.gain) > 1e-12):
            self.fault("headline: not exactly as much")

    def _never(self, found):
        if self.raw.begun.any():
            self.fault("says that none began, and some did")

    def _too_few(self, found):
        self._never(found)

    def _area(self, found):
        units, word, value = found.groups()
        gain = self.raw.gain(self.lead, "area")
        self.directed(word, gain, "area")
        sign = -1 if word == "less" else 1
        self.check(value, sign * gain.mean(), "area")
        raw, since = self.raw, self.raw.since
        extra = ((raw.met[:, 0] - raw.met[:, self.lead]) * since).sum(axis=1)
        years = since.sum(axis=1) / 12.0
        self.check(units, sign * share(extra, years).mean(), "units a year", 1.0)

    def _hours(self, found):
        value, word, low, high = found.groups()
        gain = self.raw.gain(1)
        self.directed(word, gain, "with its hours")
        self.check(value, (-1 if word == "less" else 1) * gain.mean(), "with its hours")
        self.span(low, high, gain, "with its hours", word == "less")

    def _hours_unclear(self, found):
        value, low, high = found.groups()
        gain = self.raw.gain(1)
        self.check(value, gain.mean(), "with its hours")
        self.span(low, high, gain, "with its hours")

    def _paid(self, found):
        while_paid = self.raw.bought > 0
        later = ~while_paid & (np.cumsum(while_paid[:, ::-1], axis=1)[:, ::-1] == 0)
        later &= while_paid.any(axis=1)[:, None]
        groups = found.groups()
        for texts, when, what in (
            ((groups[0], *groups[3:5]), while_paid, "while the money lasts"),
            ((groups[5], *groups[8:10]), later, "after the money"),
        ):
            if texts[0] is None:
                continue
            place = 1 if when is while_paid else 6
            self.window(groups[place : place + 2], when, what)
            extra = ((self.raw.met[:, 0] - self.raw.met[:, 2]) * when).sum(axis=1)
            below = (self.raw.own * when).sum(axis=1)
            gain = np.divide(extra, below, out=np.full(len(below), np.nan), where=below > 0)
            self.check(texts[0], mean(gain)[0], what)
            self.span(texts[1], texts[2], gain, what)

    def window(self, texts, when, what):
        """Check how many months a window is said to have, in the runs that have any."""
        least, most = texts[0], texts[1] or texts[0]
        months = when.sum(axis=1)
        months = months[months > 0]
        if (int(least), int(most)) != (months.min(), months.max()):
            self.fault(f"{what}: says {least} to {most} months")

    def _change(self, found):
        groups = found.groups()
        month = int(groups[2])
        early = np.arange(self.raw.months) < month
        for texts, months, when in (
            (groups[3:6], groups[:2], early),
            (groups[8:], groups[6:8], ~early),
        ):
            when = self.raw.since & when
            self.window(months, when, f"around month {month}")
            extra = ((self.raw.met[:, 0] - self.raw.met[:, self.lead]) * when).sum(axis=1)
            below = self.raw.base("founders", when)
            gain = np.divide(extra, below, out=np.full(len(below), np.nan), where=below > 0)
            self.check(texts[0], mean(gain)[0], f"around month {month}")
            self.span(texts[1], texts[2], gain, f"around month {month}")

    def _began(self, found):
        if self.raw.begun.sum() != said(found[1]) or self.raw.begun.all():
            self.fault("says of another number of runs that it began")

    def _ended(self, found):
        alive = (self.raw.members > 0).any(axis=2)
        ended = self.raw.begun & ~alive[:, -1]
        count = len(ended) if found[1] in (None, "every run") else said(found[2])
        if (found[1] is None) != (len(ended) == 1):
            self.fault("says that there is one run, and there are more, or the other way round")
        if ended.sum() != count:
            self.fault("says of another number of runs that it ended")
        last = [np.flatnonzero(row).max() + 1 for row in alive[ended]]
        if last and not np.median(last) <= said(found[3]) < np.median(last) + 1:
            self.fault("the month of the end is another")

    def _over(self, text, what):
        if bool(text) != self.raw.money:
            self.fault(f"{what}: it is not said, or said wrongly, that it is over the same money")

    def _reason(self, found):
        self._over(found["over"], "reason")
        named = next(name for name, words in WITHOUT.items() if words == found[2])
        if named == "coordination" and self.raw.settled_always:
            self.fault("issues are named though they were settled in every month")
        effects = {name: self.raw.without(name) for name in FRICTIONS}
        if max(effects, key=lambda name: effects[name].mean()) != named:
            self.fault("a friction is named that would not change most")
        if not mean(effects[named])[1] > 0:
            self.fault("a friction is named of which the interval holds 0")
        self.check(found[3], effects[named].mean(), "reason")
        self.span(found[4], found[5], effects[named], "reason")

    def _close(self, found):
        self._over(found["over"], "reason")
        names = [next(n for n, words in WITHOUT.items() if words == found[k]) for k in (2, 4)]
        effects = {name: self.raw.without(name) for name in FRICTIONS}
        order = sorted(effects, key=lambda name: -effects[name].mean())
        if order[:2] != names:
            self.fault("two frictions are named that would not change most")
        if mean(effects[order[0]] - effects[order[1]])[1] > 0:
            self.fault("says that none stands out, and one does")

    def _one_run(self, found):
        if len(self.gain) != 1:
            self.fault("says that there is one run, and there are more")

    def _none_stands_out(self, found):
        self._over(found["over"], "reason")
        for name in FRICTIONS:
            centre, low, _ = mean(self.raw.without(name))
            if low > 0 and centre >= 0.0005:
                others = [self.raw.without(o) for o in FRICTIONS if o != name]
                if all(mean(self.raw.without(name) - other)[1] > 0 for other in others):
                    self.fault("says that no friction stands out, and one does")

    def _luck(self, found):
        loses = int((self.gain < -1e-9).sum())
        count = {"no run": 0, "every run": len(self.gain)}.get(found[1])
        if loses != (said(found[2]) if count is None else count):
            self.fault(f"says that it loses in {found[1]}; it loses in {loses}")

    def _spread(self, found):
        for text, at in zip(found.groups(), (0.05, 0.95), strict=True):
            self.check(text, np.quantile(self.gain, at), "spread of runs")
        if found[1] == found[2]:
            self.fault("spread of runs: ends that look alike")

    def _most(self, found):
        for at in (0.05, 0.95):
            self.check(found[1], np.quantile(self.gain, at), "spread of runs")

    def _alike(self, found):
        if np.ptp(self.gain) > 0:
            self.fault("says that all runs come to the same, and they do not")

    def _doubt(self, found):
        if self.draws is None:
            return
        draws = len(self.draws)
        gains, loses = (self.draws > 1e-9).sum(), (self.draws < -1e-9).sum()
        text = found[0]
        if said(found[1]) != draws:
            self.fault("another number of draws")
        told = [int(n) for n in re.findall(r"\d+", text)[1:]]
        if told:
            right = told == [gains, loses]
        elif "every time" in text:
            right = (gains if "gains" in text else loses) == draws
        else:
            right = gains == loses == 0
        if not right:
            self.fault(f"draws: {gains} gain and {loses} lose, says {text}")
        if told and ("no difference" in text) != (gains + loses < draws):
            self.fault("draws that make no difference")

    def _presence(self, changes):
        if not {"gain", "unclear", "tiny", "exact", "once", "never", "too_few"} & self.read:
            self.fault("no headline")
        if self.draws is not None and "doubt" not in self.read:
            self.fault("no word on what nobody knows")
        if not self.raw.begun.any():
            if "never" not in self.read:
                self.fault("it never began, and nobody says so")
            return
        if "luck" not in self.read and len(self.gain) > 1:
            self.fault("no word on luck")
        if not {"reason", "close", "none_stands_out", "one_run"} & self.read:
            self.fault("no word on what would change it")
        if self.raw.money and not {"hours", "hours_unclear"} & self.read:
            self.fault("no word on the hours that were paid for")
        if self.raw.money and "paid" not in self.read and self._known(self.raw.bought > 0):
            self.fault("no word on what comes while the money lasts")
        for month in self.raw.changes:
            early = np.arange(self.raw.months) < month
            told = self._known(self.raw.since & early) and self._known(self.raw.since & ~early)
            if told and month not in changes:
                self.fault(f"no word on what comes before and after month {month}")
        if "area" not in self.read and len(self.gain) > 1:
            centre, low, high = mean(self.raw.gain(self.lead, "area"))
            if (low > 0 or high < 0) and abs(centre) >= 0.0005:
                self.fault("no word on what it is for the whole area")
        begun = self.raw.begun
        if "began" not in self.read and not begun.all():
            self.fault("it began in some runs only, and nobody says so")
        if "ended" not in self.read and (begun & ~(self.raw.members[:, -1] > 0).any(axis=1)).any():
            self.fault("it had ended, and nobody says so")

    def _known(self, when):
        """Tell whether there are two runs or more with something to compare in these months."""
        return (self.raw.base("founders", when) > 0).sum() > 1


OTHER = r"(working apart|the same money spent on services)"
BEFORE = r"In [\d,]+ runs? of “[^”]*”, "
HOURS = r"Counted with the hours that were paid for, it "
NONE = r"(?P<over>Over the same money )?[Nn]o single friction stands out as what holds it back: "
THEN = rf"each {FOUNDERS} in those months\."
PATTERNS = tuple(
    (name, "".join(parts))
    for name, *parts in (
        (
            "gain",
            BEFORE,
            rf"working together met {NUMBER} % (more|less) need than {OTHER}, {FOUNDERS} {SPAN}\.",
        ),
        (
            "unclear",
            BEFORE,
            rf"it is not clear whether working together met more need than {OTHER},? or less: ",
            rf"{NUMBER} %, {FOUNDERS} {SPAN}\.",
        ),
        (
            "tiny",
            BEFORE,
            rf"working together and {OTHER} differ on average by no more than {NUMBER} % ",
            rf"{FOUNDERS} {SPAN}\.",
        ),
        (
            "once",
            r"In one run of “[^”]*”, ",
            rf"working together met (less than )?{NUMBER} % (more|less) need than {OTHER}, ",
            rf"{FOUNDERS}; ",
            r"one run has no interval\.",
        ),
        ("exact", BEFORE, rf"working together met exactly as much need as {OTHER}\."),
        (
            "never",
            BEFORE,
            r"no partnership began within the \d+ months, so nothing can be gained or lost; ",
            r"the first could have begun in month \d+\.",
        ),
        (
            "too_few",
            BEFORE,
            r"no partnership began within the \d+ months, so nothing can be gained or lost: ",
            r"one needs two founding members\.",
        ),
        ("area", rf"That is {NUMBER} units of need a year (more|less), {NUMBER} % {AREA}\."),
        ("hours", HOURS, rf"met {NUMBER} % (more|less) than working apart, {FOUNDERS} {SPAN}\."),
        ("hours_unclear", HOURS, rf"is {NUMBER} % against working apart, {FOUNDERS}(?: {SPAN})?\."),
        (
            "paid",
            rf"Over the same money: {NUMBER} % in the {MONTHS} in which (?:the money lasts|",
            rf"hours are bought),?(?: {FOUNDERS} in those months)? {SPAN}",
            rf"(?:, {NUMBER} % in the {MONTHS} after (?:it|the last of them) {SPAN}, ",
            rf"each {FOUNDERS} in those months)?\.",
        ),
        (
            "began",
            r"A partnership began in ([\d,]+) of [\d,]+ runs?; the others count as no gain\.",
        ),
        (
            "ended",
            r"(?:The partnership|All its partnerships) had ended"
            r"(?: in (every run|([\d,]+) of [\d,]+ runs?)",
            r"(?: before the last month)?,(?: in the middle one(?: of these)?)?)? by month (\d+)\.",
        ),
        (
            "reason",
            r"What would add most(?P<over> over the same money)?: ",
            rf"if ([^,]+), {NUMBER} points {SPAN}, {FOUNDERS}\.",
        ),
        (
            "close",
            NONE,
            rf"if ([^,]+), {NUMBER} points; if ([^,]+), {NUMBER}, each {FOUNDERS}; ",
            r"which of the two adds more cannot be told\.",
        ),
        ("one_run", r"Which friction holds it back most cannot be told from one run\."),
        (
            "none_stands_out",
            NONE,
            r"no one of them, switched off alone, adds 0\.1 points or more that can be told from ",
            r"chance\.",
        ),
        (
            "luck",
            r"Luck: (?:over the same money )?it loses in ",
            r"(no run|every run|([\d,]+) of [\d,]+ runs?)\.",
        ),
        ("spread", rf"Nine of ten runs lie between {NUMBER} % and {NUMBER} %, {FOUNDERS}\."),
        ("most", rf"Nine of ten runs or more come to {NUMBER} %, {FOUNDERS}\."),
        ("alike", r"All runs come to the same\."),
        (
            "doubt",
            r"What nobody knows: drawn (\d+) times, it (?:gains every time|loses every time|",
            r"never makes a difference|gains in \d+ worlds?(?: and loses in \d+|, loses in \d+, ",
            r"and makes no difference in the others))\.",
        ),
    )
)
"""How each sentence is read; the parts of one stand in a row."""
CHANGE = (
    rf"In the {MONTHS} before the change in month (\d+) it is {NUMBER} % {SPAN}, "
    rf"in the {MONTHS} from then on {NUMBER} % {SPAN}, {THEN}"
)
ANEW = r"Drawn too, in place of this scenario's own values: [^.]*\."
TURNS = rf"{ANEW}|That turns most on [^.]*\.|No single input decides that clearly\."


def faults(text, raw, draws=None):
    """Return what is wrong with the text of an answer, a line a fault."""
    changes = list(re.finditer(CHANGE, text))
    text = re.sub(TURNS, "", re.sub(CHANGE, "", text))
    reading = Reading(text, raw, draws, [int(found[3]) for found in changes])
    for found in changes:
        reading._change(found)
    return reading.wrong


WHATIF = (
    rf"if (.+?): (?:{NUMBER} points (?:{SPAN}|in this run)|"
    r"no change (that can be told from chance)|"
    r"no change, (as all issues were settled in every month)|(no change))$"
)


def wrong_changes(texts, raw):
    """Return what is wrong with what each friction, switched off alone, is said to change."""
    reading, told = Reading("", raw), {}
    reading.wrong.clear()
    for text in texts:
        found = re.search(WHATIF, text)
        if not found:
            reading.fault(f"nobody can check: {text}")
            continue
        name = next(name for name, words in WITHOUT.items() if words == found[1])
        values = raw.without(name)
        centre, low, high = told[name] = mean(values)
        if found[2]:
            reading.check(found[2], centre, text)
            if text.endswith("in this run") != (len(values) == 1):
                reading.fault(f"one run, or not: {text}")
            elif len(values) > 1:
                reading.span(found[3], found[4], values, text)
            if low <= 0 <= high:
                reading.fault(f"told as a change, and the interval holds 0: {text}")
        elif found[5] and (low > 0 or high < 0 or len(values) == 1):
            reading.fault(f"told as chance, and the interval leaves out 0: {text}")
        elif (found[6] or found[7]) and np.any(np.abs(values) > 1e-12):
            reading.fault(f"told as no change, and it changes: {text}")
        if found[6] and not raw.settled_always:
            reading.fault(f"issues were not settled in every month: {text}")
    if set(told) != set(FRICTIONS):
        reading.fault("not every friction is told, once")
    if [told[n][0] for n in told] != sorted((t[0] for t in told.values()), reverse=True):
        reading.fault("the largest change does not stand first")
    return reading.wrong


GAVE = (
    rf"Of the hours that members gave, (more than |less than )?{NUMBER} % went to meetings and "
    rf"other overhead and (more than |less than )?{NUMBER} % to joint work\."
)
SLIPPED_TOLD = (
    rf"Of the hours that members meant for joint work, (more than |less than )?{NUMBER} % slipped\."
)
YIELD = (
    r"An hour of joint work met (less than )?(not known|[\d.]+) units of need, "
    r"or (less than )?(not known|[\d.]+) with its overhead counted; "
    r"an hour of own work met (less than )?(not known|[\d.]+)\."
)
SETTLED_TOLD = (
    rf"On average (more than |less than )?{NUMBER} % of a month's issues were settled; "
    rf"all of them in (more than |less than )?{NUMBER} % of months\."
)


def wrong_account(texts, raw):
    """Return what is wrong with the account of hours; every part of it has to be there."""
    reading = Reading("", raw)
    reading.wrong.clear()
    alive = raw.members > 0
    lives = alive.any(axis=2)
    overhead, joint = raw.hours[:, :2].sum(axis=(0, 2))
    bought, slipped = raw.bought.sum(), raw.slipped.sum()
    joint_met = raw.yields[:, 0].sum()
    own_met, own_hours = (raw.yields[:, 1] * lives).sum(), (raw.hours[:, 2] * lives).sum()
    read = set()
    for text in texts:
        if found := re.search(GAVE, text):
            read.add("gave")
            shares = (overhead / (overhead + joint), joint / (overhead + joint))
            _check_shares(reading, found, shares, ("overhead", "joint work"))
        elif found := re.search(SLIPPED_TOLD, text):
            read.add("slipped")
            _check_shares(reading, found, (slipped / (slipped + joint),), ("slipped",))
        elif found := re.search(YIELD, text):
            read.add("yield")
            own = own_met / own_hours if own_hours > 0 else np.nan
            met = (joint_met / (joint + bought), joint_met / (joint + bought + overhead), own)
            told = zip(found.groups()[::2], found.groups()[1::2], met, strict=True)
            for less, number, value in told:
                if np.isnan(value) != (number == "not known"):
                    reading.fault(f"an hour met {number}, and it is {value}")
                elif less and not 0 < value < said(number):
                    reading.fault(f"an hour met less than {number}, and it is {value}")
                elif number != "not known" and not less:
                    reading.check(number, value, "met by an hour", 1.0)
                    if said(number) == 0 and value > 0:
                        reading.fault("an hour met nothing, and it did")
        elif found := re.search(SETTLED_TOLD, text):
            read.add("settled")
            settled = raw.settled[alive]
            shares = (settled.mean(), (settled >= 1.0 - 1e-9).mean())
            _check_shares(reading, found, shares, ("issues settled", "issues settled"))
        else:
            reading.fault(f"nobody can check: {text}")
    needed = {
        "gave": overhead + joint > 0,
        "slipped": joint + slipped > 0,
        "yield": joint + bought > 0,
        "settled": alive.any(),
    }
    for part, there in needed.items():
        if there != (part in read):
            reading.fault(f"account: {part} is told where it is not, or not told where it is")
    return reading.wrong


CAME_OUT = {
    "never began": 0,
    "fell apart": 2,
    "ended on its date": 3,
    "reached its target": 4,
    "ended by a review": 5,
    "alive at the end": 1,
    "alive and worth its hours": 6,
    "alive, mostly not worth its hours": 7,
}
TOLD_OUTCOMES = r"^How (?:it|its partnerships) came out(?:, each counted in each run)?: (.*?)\."
INERT = (
    r"In (no run|every run|([\d,]+) of [\d,]+ runs?) it lived on although in half of its months "
    r"or more joint work met no more than the same hours would have met apart\. "
    r"(?:(\d+) of these runs still|All the same, every one of these runs|(None) of these runs) "
    r"met more need over the whole time than (working apart|the same money spent on services)\."
)


def wrong_outcomes(text, raw):
    """Return what is wrong with how runs, or several partnerships, are said to have come out."""
    reading = Reading("", raw)
    reading.wrong.clear()
    several = raw.members.shape[2] > 1
    last = raw.ended[:, -1]
    # 0 never began, 1 alive, then why it ended: 2 fell apart, 3 its date, 4 its target, 5 a review.
    ways = np.where(last > 0, last + 1, raw.met_at_all.any(axis=1)).astype(int)
    lives = (raw.members > 0).any(axis=2)
    idle = ((raw.yields[:, 2] <= 1e-9) & lives).sum(axis=1)
    inert = 2 * idle >= lives.sum(axis=1)
    if not several:
        alive = (ways[:, 0] == 1) & lives[:, -1]
        # All left in the last month: it has not ended yet, and nobody is in it.
        ways[(ways[:, 0] == 1) & ~lives[:, -1], 0] = 2
        ways[alive, 0] = np.where(inert[alive], 7, 6)
    found = re.search(TOLD_OUTCOMES, text)
    if not found:
        return [f"nobody can check: {text}"]
    told = {}
    for part in found[1].split("; "):
        name, side, number = re.fullmatch(r"(.+?) (more than |less than )?(\d+) %", part).groups()
        told[CAME_OUT[name]] = None
        share = (ways == CAME_OUT[name]).mean()
        if not side and not shown(number, share):
            reading.fault(f"{name}: says {number} %, is {100 * share:.2f}")
        if side and not (0 < share < 1 and (100 * share > said(number)) == (side == "more than ")):
            reading.fault(f"{name}: says {side}{number} %, is {100 * share:.2f}")
    if set(told) != set(np.unique(ways)):
        reading.fault("a way to come out is left out, or one is told that none took")
    rest = text[found.end() :]
    remark = re.search(INERT, rest)
    stalled = 0 if several else int((ways == 7).sum())
    if (stalled > 0) != bool(remark):
        reading.fault("no word on what lived on without being worth its hours, or one too many")
    elif remark:
        count = {"no run": 0, "every run": len(ways)}.get(remark[1])
        if stalled != (said(remark[2]) if count is None else count):
            reading.fault(f"says that {remark[1]} was not worth its hours; it is {stalled}")
        if ("money" in remark[5]) != raw.money:
            reading.fault("what was not worth its hours is not held against the same money")
        gained = int((reading.gain[ways[:, 0] == 7] > 1e-9).sum())
        number = said(remark[3]) if remark[3] else 0 if remark[4] else stalled
        if gained != number:
            reading.fault(f"says that {number} of them gained; it is {gained}")
        rest = rest.replace(remark[0], "")
    rest = rest.replace("Freed support hours are a gain that the words above leave out.", "")
    if rest.strip():
        reading.fault(f"nobody can check: {rest.strip()}")
    return reading.wrong


def _check_shares(reading, found, shares, names):
    for side, number, share, name in zip(
        found.groups()[::2], found.groups()[1::2], shares, names, strict=True
    ):
        if not side:
            reading.check(number, share, name)
            if said(number) in (0, 100) and share not in (0, 1):
                reading.fault(f"{name}: says {number}, and it is not")
        elif (100 * share > said(number)) != (side == "more than ") or share in (0, 1):
            reading.fault(f"{name}: says {side}{number}, is {100 * share:.3f}")


def wrong_values(values, raw):
    """Return which of an answer's values are not those of the runs: numbers, bases, intervals."""
    years = raw.since.sum(axis=1) / 12.0
    extra = ((raw.met[:, 0] - raw.met[:, 1]) * raw.since).sum(axis=1)
    mine = {
        "gain": (raw.gain(1), FOUNDERS),
        "gain_over_equal_money": (raw.gain(2), FOUNDERS),
        "area_gain": (raw.gain(1, "area"), AREA),
        "area_gain_over_equal_money": (raw.gain(2, "area"), AREA),
        "extra_met_a_year": (share(extra, years), ""),
    }
    months = np.arange(raw.months)
    for month in raw.changes:
        for arm, name in ((1, "gain"), (2, "gain_over_equal_money")):
            for part, when in (("before", months < month), ("from", months >= month)):
                extra = ((raw.met[:, 0] - raw.met[:, arm]) * (raw.since & when)).sum(axis=1)
                below = raw.base("founders", raw.since & when)
                gain = np.divide(extra, below, out=np.full(len(below), np.nan), where=below > 0)
                mine[f"{name}_{part}_month_{month}"] = (gain, FOUNDERS)
    wrong = []
    told = {value.measure: value for value in values}
    if {name for name in told if "_month_" in name} != {n for n in mine if "_month_" in n}:
        wrong.append("the gain around a change is left out, or one is told of no change")
    for name, (column, of) in mine.items():
        value = told[name]
        if value.of != of:
            wrong.append(f"{name}: says {value.of}")
        if not np.allclose((value.value, value.low, value.high), mean(column), 2e-5, 1e-6, True):
            wrong.append(f"{name}: {value.value}, is {mean(column)[0]}")
    if not np.isclose(told["loses"].value, (raw.gain(1) < -1e-9).mean()):
        wrong.append("loses: another share of runs")
    return wrong


UNCLEAR = {
    True: "Whether B gains more than A is not clear:",
    False: "which of them gains more is not clear,",
}
TOLD = rf"{NUMBER} percentage points"


def wrong_comparison(text, one, other, *, paired, of):
    """Return what is wrong with how much more "B" (``one``) is said to gain than "A" (``other``).

    ``paired``: they are set in one area, so that each run of one has its like in the other; ``of``:
    the share they are to be compared by, ``FOUNDERS`` where the same agencies founded both.
    """
    reading = Reading("", one)
    reading.wrong.clear()
    mine, others = (raw.gain(2, "founders" if of == FOUNDERS else "area") for raw in (one, other))
    centre, low, high = mean(mine - others) if paired else welch(mine, others)
    if not paired:
        before = "B and A are different areas, so luck does not cancel: "
        if not text.startswith(before):
            reading.fault(f"different areas, and nobody says so: {text}")
        text = text.removeprefix(before)
    than = r" than A" if paired else ""
    ending = rf", {of} {SPAN}, paired run by run\.$" if paired else rf" {SPAN}, each {of}\.$"
    if found := re.search(rf"^B gains {TOLD} (more|less){than}{ending}", text):
        value, word, *span = found.groups()
        turn = -1 if word == "less" else 1
        if not turn * (low if turn > 0 else high) > 0:
            reading.fault(f"says {word}, the interval is {low:.6f} to {high:.6f}")
        reading.check(value, turn * centre, "difference")
        ends = (low, high) if turn > 0 else (-high, -low)
    elif found := re.search(rf"^{UNCLEAR[paired]} {TOLD}{ending}", text):
        value, *span = found.groups()
        if low > 0 or high < 0:
            reading.fault(f"says unclear, the interval is {low:.6f} to {high:.6f}")
        reading.check(value, centre, "difference")
        ends = (low, high)
    elif text == "B gains exactly as much as A.":
        if not paired or np.any(np.abs(mine - others) > 1e-12):
            reading.fault("says exactly as much, and it is not")
        return reading.wrong
    else:
        return [f"nobody can check: {text}"]
    if span[0] is None:
        if not np.isnan(ends[0]):
            reading.fault("an interval that is known, and is not told")
        return reading.wrong
    reading.check(span[0], ends[0], "difference, low end")
    reading.check(span[1] or span[0], ends[1], "difference, high end")
    if span[0] == span[1]:
        reading.fault("ends that look alike")
    return reading.wrong


def welch(mine, others):
    """Return the difference of two means of lines that are not paired, with Welch's interval."""
    centre = mine.mean() - others.mean()
    if len(mine) < 2:
        return centre, np.nan, np.nan
    if mine.var() == others.var() == 0:
        return centre, centre, centre
    low, high = stats.ttest_ind(mine, others, equal_var=False).confidence_interval(0.95)
    return centre, low, high
