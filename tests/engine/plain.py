"""The model over all pairs of agencies, in plain Python: slow, simple, and written apart.

Trust stands in a table of every agency in every agency, and what a member has in a partnership in
tables of every partnership and agency. The engine keeps both by membership and must give the same
numbers, to the last bit. All frictions act. Every agency is asked whether it works in an area, and
every two partnerships whether they touch.
"""

from math import inf, sqrt

from cgsim.engine.life import first_trust
from cgsim.rules.elementary import exp, exp_less_one, log, power

LEAST = 1e-9
HARMONIC, CES, WEAKEST_LINK, O_RING = range(4)
LINEAR, BAYESIAN, REPUTATION = range(3)
RECIPROCAL, SELF_SERVING, THRESHOLD = range(3)
ALIKE, FREE_RIDING, CORE = range(3)
PATIENCE, GRADUAL = range(2)
PAIRS, QUEUE, HUB = range(3)
EVERYBODY, BY_APPEAL = range(2)
CLOSED, INVITATION, BY_REPUTATION, BY_TIES = range(4)
FIRST_TRUST, CARRYING = range(2)


def add(numbers):
    total = 0.0
    for number in numbers:
        total += number
    return total


def add_in_fours(row):
    lanes, whole = [0.0] * 4, len(row) // 4 * 4
    for i, number in enumerate(row):
        lanes[i % 4 if i < whole else 0] += number
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])


def produce(hours, mix, crosscut):
    total = add(hours)
    if total <= 0:
        return 0.0
    resistance = add(r * r / max(h, LEAST) for h, r in zip(hours, mix, strict=True))
    return (1.0 - crosscut) * total + crosscut / resistance


def output_of(p, hours, mix, crosscut):
    if p["production"] == HARMONIC:
        return produce(hours, mix, crosscut)
    total = add(hours)
    if total <= 0.0:
        return 0.0
    taken = [(r, max(h / (r * total), 1e-9)) for h, r in zip(hours, mix, strict=True) if r > 0.0]
    if p["production"] == CES:
        rho = 1.0 - 1.0 / p["elasticity"]
        if abs(rho) < 1e-8:
            joined = total * exp(add(r * log(x) for r, x in taken))
        else:
            mean = add(r * exp_less_one(rho * log(x)) for r, x in taken)
            joined = total * exp(log(1.0 + mean) / rho)
    elif p["production"] == WEAKEST_LINK:
        joined = total * min(1.0, *(x for _, x in taken))
    else:
        done = 1.0
        for _, x in taken:
            done *= min(1.0, x)
        joined = total * done
    return (1.0 - crosscut) * total + crosscut * joined


class Partnership:
    def __init__(self, agencies):
        self.alive = self.ended = self.begun = self.lead = 0
        self.asked_size = self.asked_lead = 0
        self.price = self.experience = self.backlog = self.meetings = self.delivered = 0.0
        self.lead_effect = self.overhead = self.load = self.supply = 0.0
        self.monitoring = self.settled = self.bought = self.hours = 0.0
        self.slipped = self.heard = self.talks = self.present = 0.0
        self.comes = [1.0] * agencies
        self.member, self.joined = [False] * agencies, [False] * agencies
        self.z, self.appeal, self.disappointed = ([0.0] * agencies for _ in range(3))
        self.promised, self.given = [0.0] * agencies, [0.0] * agencies

    @property
    def members(self):
        return [i for i, is_member in enumerate(self.member) if is_member]


class Run:
    """One arm of one run, lived when it is made; ``rows`` holds its record by table."""

    def __init__(self, drawn, together=True):
        design, world, shocks, _ = drawn
        for name, array in world._asdict().items():
            setattr(self, name, array.tolist())
        self.shocks = type(shocks)(*(array.tolist() for array in shocks))
        self.start_trust = first_trust(world).tolist()
        names = design.settings.dtype.names
        regimes = range(len(design.settings[0]))
        self.settings = [
            dict(zip(names, design.settings[0][g].tolist(), strict=True)) for g in regimes
        ]
        kinds = (design.levers, design.asks)
        self.levers, self.asks = (
            [
                [dict(zip(kind.dtype.names, row.tolist(), strict=True)) for row in kind[0][g]]
                for g in regimes
            ]
            for kind in kinds
        )
        self.agendas = [
            [[k for k, on in enumerate(row) if on] for row in rows]
            for rows in design.agendas[0].tolist()
        ]
        self.N, self.K = range(len(self.capacity)), range(len(self.crosscut))
        self.D = range(len(self.first_local) - 1)
        self.national = [i for i in self.N if i < self.first_local[0]]
        self.local = [
            [i for i in self.N if self.first_local[d] <= i < self.first_local[d + 1]]
            for d in self.D
        ]
        self.S = range(len(self.mix[0]))
        self.boards = [Partnership(len(self.N)) for _ in (self.seats if together else ())]
        self.begin(self.settings[0])
        self.rows = {"month": [], "board": [], "own_met": [], "met_by_objective": []}
        before = 0
        for month, now in enumerate(design.regime[0].tolist()):
            if month == 0 or now != before:
                self.change(before, now)
            before = now
            self.live(self.settings[now], self.levers[now], month)

    def begin(self, p):
        n, k = len(self.N), len(self.K)
        self.trust = [list(row) for row in self.start_trust]
        self.evidence = [[0.0] * n for _ in self.N]
        self.made = [[0.0] * n for _ in self.N]
        for i in self.N:
            self.trust[i][i] = 0.0
        everywhere = add(self.capacity[i] for i in self.national) / len(self.D)
        self.total_capacity = [
            add(self.capacity[i] for i in here) + everywhere for here in self.local
        ]
        self.view = [list(goal) for goal in self.goal]
        self.care = [[min(1.0, k * w) for w in goal] for goal in self.goal]
        self.known = [[p["knowledge0"] * care for care in row] for row in self.care]
        self.rate = [
            [output_of(p, self.skill[i], self.mix[o], self.crosscut[o]) for o in self.K]
            for i in self.N
        ]
        self.need = [[p["backlog_months"] * total / k] * k for total in self.total_capacity]
        self.trend, self.inflow = [[0.0] * k for _ in self.D], [[0.0] * k for _ in self.D]
        self.climate = 0.0
        self.U, self.V, self.saving = [0.0] * n, [0.0] * n, [0.0] * n
        self.agenda = list(self.agendas[0])
        self.joint = [[0.0] * k for _ in self.boards]

    def change(self, before, now):
        p = self.settings[now]
        for b, one in enumerate(self.boards):
            old, new, asked = self.levers[before][b], self.levers[now][b], self.asks[now][b]
            if new["meetings"] != old["meetings"]:
                one.meetings = new["meetings"]
            one.asked_size = int(asked["members"]) or one.asked_size
            one.asked_lead = int(asked["lead"]) or one.asked_lead
            if one.alive:
                tenths = 10.0 * max(0.0, new["authority"] - old["authority"])
                one.price = p["change_hours"] * asked["changed"] + p["authority_hours"] * tenths
                kept = max(0.0, 1.0 - p["authority_buyin"] * tenths)
                for i in one.members:
                    self.senior[i] *= kept
        self.agenda = list(self.agendas[now])

    def live(self, p, levers, month):
        n, weather = len(self.N), self.conditions(p, month)
        for b, one in enumerate(self.boards):
            self.begin_and_end(p, levers[b], b, one, month)
        for b, one in enumerate(self.boards):
            if one.alive and one.begun < month:
                self.let_in(p, b, one, month)
        self.count_hours(p, levers, month)
        learning, volatility = p["own_learning"], p["volatility"]
        for i in self.N:
            for k in self.K:
                g = self.known[i][k]
                self.known[i][k] = g + learning * self.care[i][k] * (1.0 - g) - volatility * g
        self.share = [
            [x / add(need) if add(need) > LEAST else 1.0 / len(self.K) for x in need]
            for need in self.need
        ]
        living = [(b, one) for b, one in enumerate(self.boards) if one.alive]
        for b, one in living:
            self.talk(p, b, one)
        for _, one in living:
            self.deliver(p, one, month)
        for b, one in living:
            self.settle(p, levers[b], b, one)
        for b, one in living:
            self.produce_jointly(p, levers[b], b, one, month, weather)
        self.work_alone(p, weather)
        self.meet_need()
        memory = 1.0 if month == 0 else p["memory"]
        self.own_met = [0.0] * n
        for i in self.N:
            valued = add(self.goal[i][k] * self.own[i][k] for k in self.K)
            self.own_met[i] = add(self.own[i])
            if (hours := self.own_hours[i]) > 1e-6:
                self.U[i] += memory * (valued / hours - self.U[i])
                self.V[i] += memory * (self.own_met[i] / hours - self.V[i])
        for b, one in living:
            self.learn(p, b, one, month)
        for _, one in living:
            self.judge(p, one, month)
        if p["ties"] == CARRYING:
            self.made = [[(1.0 - p["tie_fade"]) * made for made in row] for row in self.made]
            for _, one in living:
                self.tell(p, one)
        self.turn_over(p, month)
        for _, one in living:
            self.reconsider(p, one)
        self.saving = [0.0] * n
        for one in self.boards:
            for i in one.members:
                shared = p["shareable"] * one.z[i]
                self.saving[i] = max(self.saving[i], shared * one.settled)
        for b, one in living:
            self.lose(p, one, month)
            self.adapt(levers[b], one, month)
        for i in self.N:
            total = add(one.z[i] for one in self.boards)
            if total > p["max_share"]:
                for one in self.boards:
                    one.z[i] *= p["max_share"] / total
        self.record(p)

    def conditions(self, p, month):
        rho, sd = p["climate_persistence"], p["climate_sd"]
        innovation = sqrt(1.0 - rho * rho) * sd * self.shocks.climate[month]
        self.climate = rho * self.climate + innovation
        for d in self.D:
            shocks = self.shocks.drift[month][d * len(self.K) : (d + 1) * len(self.K)]
            trend = [e + p["need_drift"] * s for e, s in zip(self.trend[d], shocks, strict=True)]
            inflow = [exp(e - max(trend)) for e in trend]
            scale = p["need_inflow"] * self.total_capacity[d] / add(inflow)
            self.trend[d], self.inflow[d] = trend, [x * scale for x in inflow]
        return exp(self.climate - 0.5 * sd * sd)

    # Who is in.

    def begin_and_end(self, p, lever, b, one, month):
        if one.alive:
            one.ended = self.why_end(lever, one, month)
            if one.ended:
                one.alive, one.backlog, one.bought, one.hours = 0, 0.0, 0.0, 0.0
                n = len(self.N)
                one.member, one.z = [False] * n, [0.0] * n
                one.promised, one.given = [0.0] * n, [0.0] * n
                self.joint[b] = [0.0] * len(self.K)
        elif not one.ended and self.is_time(lever, b, month):
            one.alive, one.begun, one.lead = 1, month, self.founding_lead[b]
            one.experience = one.backlog = one.delivered = 0.0
            one.meetings = lever["meetings"]
            for i in self.N:
                if self.founder[b][i]:
                    self.enter(p, one, i)
        if one.alive and (one.asked_size or one.asked_lead):
            self.choose_lead(one)
            self.name_lead(one)
            if one.asked_size:
                self.come_to_size(p, b, one)
                self.name_lead(one)
            one.asked_size = one.asked_lead = 0

    def is_time(self, lever, b, month):
        if self.founder[b].count(True) < 2 or month < lever["start"]:
            return False
        if lever["trigger"] == 0.0:
            return True
        if month < 12:
            return False
        first = self.area[b] * len(self.K)
        rows = self.rows["met_by_objective"][:-13:-1]
        met = [add(row[first : first + len(self.K)]) for row in rows]
        return add(met[:3]) / 3.0 < (1.0 - lever["trigger"]) * (add(met) / 12.0)

    def why_end(self, lever, one, month):
        members = one.members
        if len(members) < 2:
            return 1
        if month >= lever["last"]:
            return 2
        if lever["target"] > 0.0 and one.delivered >= lever["target"]:
            return 3
        every = int(lever["review_months"])
        if every > 0 and (month - one.begun) % every == 0:
            worth = add(one.appeal[i] / max(self.U[i], 1e-9) for i in members)
            if worth / len(members) < 1.0 - LEAST:
                return 4
        return 0

    def enter(self, p, one, i):
        left = p["max_share"] - add(other.z[i] for other in self.boards)
        one.z[i] = min(p["first_share"], left if left >= LEAST else 0.0)
        one.appeal[i] = p["expectation"] * self.U[i]
        one.disappointed[i] = 0.0
        one.member[i] = one.joined[i] = True

    def choose_lead(self, one):
        if not one.member[one.lead]:
            members = one.members or [one.lead]
            one.lead = max(members, key=lambda i: (self.capacity[i], -i))

    def name_lead(self, one):
        if one.asked_lead and one.member[one.asked_lead - 1]:
            one.lead = one.asked_lead - 1

    def let_in(self, p, b, one, month):
        outside = [i for i in self.N if self.may_join(i, b, one)]
        if p["joining"] == CLOSED:
            draws = {}
        elif p["joining"] == INVITATION:
            rise, alone = self.rising(b)
            worth = {i: rise(i, one.members) for i in outside}
            best = max(worth, key=worth.get, default=None)
            each = alone(one.members) / len(one.members)
            wanted = best is not None and worth[best] >= p["worth_asking"] * each
            draws = {best: p["invitation_rate"]} if wanted else {}
        elif p["joining"] == BY_REPUTATION:
            feel = add(one.appeal[i] / max(self.U[i], 1e-9) for i in one.members)
            advantage = max(0.0, feel / len(one.members) - 1.0)
            draws = dict.fromkeys(outside, p["reputation_rate"] * advantage)
        else:
            draws = {
                i: p["tie_rate"] * add(self.tie(p, i, j) for j in one.members) for i in outside
            }
        come = []
        for i, drawn in draws.items():
            hazard = drawn * add(self.goal[i][k] for k in self.agenda[b])
            if 1.0 - exp(-hazard) > abs(2.0 * self.shocks.turnover[month][i] - 1.0):
                come.append(i)
        for i in sorted(come):
            self.enter(p, one, i)

    def may_join(self, i, b, one):
        return not one.joined[i] and (i in self.national or i in self.local[self.area[b]])

    def rising(self, b):
        agenda = self.agenda[b]
        mix = [add(self.mix[k][s] for k in agenda) / len(agenda) for s in self.S]

        def pool(others):
            return [add(self.capacity[j] * self.skill[j][s] for j in others) for s in self.S]

        def alone(others):
            return produce(pool(others), mix, 1.0)

        def rise(i, others):
            with_it = [x + self.capacity[i] * self.skill[i][s] for s, x in enumerate(pool(others))]
            more = produce(with_it, mix, 1.0) - alone(others)
            return more * sqrt(add(self.goal[i][k] for k in agenda))

        return rise, alone

    def come_to_size(self, p, b, one):
        in_order = self.way[b] in (1, 2)
        rise, _ = self.rising(b)
        while len(one.members) < one.asked_size:
            joining, best = None, -inf
            for i in self.N:
                if self.may_join(i, b, one):
                    worth = -self.order[b][i] if in_order else rise(i, one.members)
                    if worth > best:
                        joining, best = i, worth
            if joining is None:
                break
            self.enter(p, one, joining)
        while len(one.members) > one.asked_size:
            going, least = None, inf
            for i in reversed(one.members):
                if i != one.lead:
                    others = [j for j in one.members if j != i]
                    worth = -self.order[b][i] if in_order else rise(i, others)
                    if worth < least - LEAST:
                        going, least = i, worth
            one.member[going], one.z[going] = False, 0.0

    # What they do.

    def count_hours(self, p, levers, month):
        self.overhead = [0.0] * len(self.N)
        for b, one in enumerate(self.boards):
            if not one.alive:
                continue
            lever = levers[b]
            self.choose_lead(one)
            members = one.members
            n = len(members)
            if p["meeting"] == BY_APPEAL:
                for i in members:
                    worth = max(one.appeal[i], 1e-6) / max(self.U[i], 1e-6)
                    one.comes[i] = power(min(1.0, worth), p["absenteeism"])
                one.comes[one.lead] = 1.0
            there = one.present = add(one.comes[i] for i in members)
            wanted, reach = lever["lead_hours"] * n, 1.0
            if not lever["independent"] and wanted > 0.0:
                reach = min(1.0, lever["lead_share"] * self.capacity[one.lead] / wanted)
            effect = one.lead_effect = lever["lead_strength"] * reach
            one.heard = p["view_rate"] * one.meetings * lever["hours"] / there
            one.monitoring = 1.0 - exp(-p["monitor_hours"] / p["monitor_half"])
            alone, shared = effect * wanted, 0.0
            one.talks = talk = 0.0
            if p["coordination"] == HUB:
                one.talks = one.meetings * p["hub_hours"] * (there - 1.0)
                if not lever["independent"]:
                    left = lever["lead_share"] * self.capacity[one.lead] - alone
                    one.talks = min(one.talks, max(0.0, left))
            if one.talks > 0.0:
                talk = one.talks / (there - 1.0)
            alone += one.talks
            if lever["independent"]:
                shared = (effect * (wanted + lever["secretariat"]) + one.talks) / n
                alone = 0.0

            def pays(share, one=one, lever=lever, shared=shared):
                each = one.meetings * (lever["hours"] + lever["prep"]) * lever["reps"] * share
                each = each + p["monitor_hours"] + p["engage_hours"]
                each = each + p["protocols"] * p["protocol_hours"] + one.price
                return each + shared

            one.overhead = n * pays(there / n) + alone + one.talks
            for i in members:
                self.overhead[i] += pays(one.comes[i])
                if i != one.lead:
                    self.overhead[i] += talk * one.comes[i]
            self.overhead[one.lead] += alone
            one.price = 0.0
        self.free = [0.0] * len(self.N)
        for i, capacity in enumerate(self.capacity):
            present = max(0.0, 1.0 + p["absence_sd"] * self.shocks.absence[month][i])
            support = p["support"] * capacity * (1.0 - p["reinvest"] * self.saving[i])
            available = max(0.0, capacity * present - support)
            self.overhead[i] = min(self.overhead[i], available)
            self.free[i] = available - self.overhead[i]

    def talk(self, p, b, one):
        members, lead = one.members, one.lead
        engaged = p["engage_max"] * (1.0 - exp(-p["engage_hours"] / p["engage_half"]))
        said = {i: list(self.view[i]) for i in members}
        knew = {i: list(self.known[i]) for i in members}
        spoken = said[lead] if lead in said else said[members[0]] if members else None
        for i in members:
            weights = [self.trust[i][j] * one.comes[j] for j in members]
            contact = 1.0 - exp(-(one.heard * one.comes[i]))
            sharing = p["sharing"] * contact
            total = add(weights)
            share = 1.0 / total if total > LEAST else 0.0
            for k in self.K:
                own, known = said[i][k], knew[i][k]
                peers = share * add(w * said[j][k] for w, j in zip(weights, members, strict=True))
                others = share * add(w * knew[j][k] for w, j in zip(weights, members, strict=True))
                if total <= LEAST:
                    peers, others = own, known
                peers += 0.5 * one.lead_effect * (spoken[k] - peers)
                moved = own + contact * (peers - own)
                moved = moved + (p["evidence"] + engaged) * (self.share[self.area[b]][k] - own)
                moved = moved + p["self_interest"] * (self.goal[i][k] - own)
                self.view[i][k] = max(0.0, moved)
                learnt = known + sharing * max(0.0, others - known)
                if k in self.agenda[b]:
                    learnt += engaged * (1.0 - known)
                self.known[i][k] = learnt
            scale = 1.0 / add(self.view[i])
            self.view[i] = [v * scale for v in self.view[i]]

    def deliver(self, p, one, month):
        held = 1.0 - p["accountability"] * one.lead_effect
        held = held * (1.0 - p["monitor_cut"] * one.monitoring)
        one.given = [0.0] * len(self.N)
        one.slipped = 0.0
        for i in one.members:
            slip = (1.0 - self.operational[i]) * held + p["slip_sd"] * self.shocks.slip[month][i]
            slip = min(1.0, max(0.0, slip))
            one.promised[i] = min(1.0, p["ambition"] * one.z[i]) * self.free[i]
            one.given[i] = one.z[i] * self.free[i] * (1.0 - slip)
            one.slipped += one.z[i] * self.free[i] * slip
        one.hours = add(one.given[i] for i in one.members)

    def hard(self, p, i, j):
        trust = 0.5 * (self.trust[i][j] + self.trust[j][i])
        relief = p["trust_relief"] * max(p["protocols"], trust)
        return (1.0 - relief) * (1.0 + p["disagreement"] * self.apart(i, j))

    def apart(self, i, j):
        return 0.5 * add(abs(self.view[i][k] - self.view[j][k]) for k in self.K)

    def raised(self, p, b, one, z):
        """Hours of issues of members who bring ``z`` of them to the table."""
        members, lead = one.members, one.lead
        if p["coordination"] == HUB:
            given, others = add(one.z[i] for i in members), len(members) - 1
            inside = add(
                z[i] * (max(0.0, given - one.z[i]) / others) * self.hard(p, i, lead)
                for i in members
                if i != lead
            )
            fronts = [(lead, given / len(members))]
        else:
            inside = add(
                z[i] * add(z[j] * self.hard(p, i, j) for j in members[place + 1 :])
                for place, i in enumerate(members)
            )
            fronts = [(i, z[i]) for i in members]
        across = 0.0
        for a, other in enumerate(self.boards):
            if a != b and other.alive and self.area[a] == self.area[b]:
                between = add(
                    brought * add(other.z[j] * self.hard(p, i, j) for j in other.members if j != i)
                    for i, brought in fronts
                )
                mine, theirs = set(self.agenda[b]), set(self.agenda[a])
                overlap = len(mine & theirs) / len(mine | theirs)
                across += 0.5 * (p["coupling"] + (1.0 - p["coupling"]) * overlap) * between
        elsewhere = 0.0
        for i in members:
            for a, other in enumerate(self.boards):
                if other.alive and self.area[a] != self.area[b] and other.member[i]:
                    elsewhere += z[i] * add(
                        other.z[j] * self.hard(p, i, j) for j in other.members if j != i
                    )
        return inside + (across + 0.5 * p["coupling"] * elsewhere)

    def settle(self, p, lever, b, one):
        raised = self.raised(p, b, one, one.z)
        practice = power(1.0 + one.experience / 12.0, -p["learning"])
        new, waiting = p["issue_hours"] * practice * raised, one.backlog
        one.load = new + waiting
        facilitation = lever["facilitation0"] + (1.0 - lever["facilitation0"]) * one.lead_effect
        affected = max(2.0, p["consent"] * len(one.members))
        if p["coordination"] == HUB:
            one.supply = one.talks * facilitation * lever["authority"]
        else:
            one.supply = one.meetings * lever["hours"] * facilitation
            one.supply *= power(lever["authority"], affected - 1.0)
        there = 1.0
        if p["meeting"] == BY_APPEAL and raised > LEAST:
            brought = [x * a for x, a in zip(one.z, one.comes, strict=True)]
            there = min(1.0, self.raised(p, b, one, brought) / raised)
        done = min(there * one.load, one.supply)
        kept = p["carry"]
        if p["coordination"] == QUEUE:
            kept += (1.0 - kept) * p["agenda_keeps"]
            one.settled = 1.0
            if new > LEAST:
                left = max(0.0, one.supply - there * waiting)
                all_fits = one.supply >= there * new + there * waiting
                one.settled = (there * new if all_fits else min(there * new, left)) / new
        else:
            one.settled = done / one.load if one.load > LEAST else 1.0
        one.backlog = kept * (one.load - done)

    def produce_jointly(self, p, lever, b, one, month, weather):
        members, agenda = one.members, self.agenda[b]
        first, fund = max(float(one.begun), lever["fund_start"]), 0.0
        if first <= month < first + lever["fund_months"]:
            fund = min(lever["fund"], one.hours) if lever["matched"] else lever["fund"]
        one.bought = p["fund_efficiency"] * fund
        looks = {i: add(self.view[i][k] for k in agenda) for i in members}
        for k in self.K:
            self.joint[b][k] = 0.0
            if k not in agenda or not members:
                continue
            hours, shares = [0.0 for _ in self.S], 0.0
            for i in members:
                share = self.view[i][k] / looks[i] if looks[i] > LEAST else 1.0 / len(agenda)
                shares += share
                given = one.given[i] * share
                hours = [h + given * self.skill[i][s] for s, h in enumerate(hours)]
            bought = one.bought * (shares / len(members))
            hours = [h + bought * self.mix[k][s] for s, h in enumerate(hours)]
            total = add(hours)
            if total <= 0.0:
                continue
            product = 1.0
            for i in members:
                product *= max(1.0 - self.known[i][k], 1e-12)
            part = 1.0 / len(members)
            ignorance = exp((part + p["sharing"] * (1.0 - part)) * log(product))
            after = max(0.0, total - p["setup_hours"]) / total
            output = weather * one.settled * after * (1.0 - p["targeting"] * ignorance)
            self.joint[b][k] = output * output_of(p, hours, self.mix[k], self.crosscut[k])

    def work_alone(self, p, weather):
        self.own_hours = list(self.free)
        for one in self.boards:
            self.own_hours = [o - x for o, x in zip(self.own_hours, one.given, strict=True)]
        steer = [
            p["spillover"] if any(one.member[i] for one in self.boards) else 0.0 for i in self.N
        ]
        self.own = [[0.0] * len(self.K) for _ in self.N]
        self.factor = [[1.0] * len(self.K) for _ in self.D]
        self.own_total = [[0.0] * len(self.K) for _ in self.D]
        for k in self.K:
            aimed = []
            for i in self.N:
                share = self.goal[i][k] + steer[i] * (self.view[i][k] - self.goal[i][k])
                hours = self.own_hours[i] * share
                if i in self.national:
                    hours = hours * (1.0 / len(self.D))
                useful = 1.0 - p["targeting"] * (1.0 - self.known[i][k])
                aimed.append(useful * hours)
                self.own[i][k] = weather * (aimed[i] * self.rate[i][k])
                if hours * min(1.0, *self.skill[i]) < 1e-9 and p["production"] == HARMONIC:
                    worked = [hours * x for x in self.skill[i]]
                    few = produce(worked, self.mix[k], self.crosscut[k])
                    self.own[i][k] = weather * useful * few
            for d in self.D:
                groups = (self.local[d], self.national)
                apart = add(add_in_fours([self.own[i][k] for i in group]) for group in groups)
                if p["ambient"] > 0.0 and apart > 0.0:
                    pooled = [
                        add(
                            add_in_fours([aimed[i] * self.skill[i][s] for i in group])
                            for group in groups
                        )
                        for s in self.S
                    ]
                    together = weather * output_of(p, pooled, self.mix[k], self.crosscut[k])
                    self.factor[d][k] = (1.0 - p["ambient"]) + p["ambient"] * together / apart
                self.own_total[d][k] = self.factor[d][k] * apart

    def meet_need(self):
        self.met = [[0.0] * len(self.K) for _ in self.D]
        for k in self.K:
            scales = []
            for d in self.D:
                here = [(j, one) for b, (j, one) in self.with_joint() if self.area[b] == d]
                need, output = self.need[d][k], self.own_total[d][k]
                for joint, _ in here:
                    output += joint[k]
                if output > 0.0 and need > 0.0:
                    self.met[d][k] = -need * exp_less_one(-output / need)
                scale = self.met[d][k] / output if output > 0.0 else 1.0
                for joint, one in here:
                    joint[k] *= scale
                    one.delivered += joint[k]
                scales.append(scale * self.factor[d][k])
                for i in self.local[d]:
                    self.own[i][k] *= scales[d]
                self.need[d][k] = max(0.0, need - self.met[d][k]) + self.inflow[d][k]
            for i in self.national:
                self.own[i][k] *= add(scales)

    def with_joint(self):
        return enumerate(zip(self.joint, self.boards, strict=True))

    # What they make of it.

    def learn(self, p, b, one, month):
        cost = one.hours + p["overhead_salience"] * one.overhead
        blur = p["perceive_sd"] * (1.0 - one.monitoring)
        for i in one.members:
            felt = 0.0
            if one.hours > 1e-6:
                felt = add(self.goal[i][k] * self.joint[b][k] for k in self.K)
                felt *= max(0.0, 1.0 + blur * self.shocks.perceive[month][i]) / cost
            one.appeal[i] += p["memory"] * (felt - one.appeal[i])

    def judge(self, p, one, month):
        blur = p["observe_sd"] * (1.0 - one.monitoring)
        for j in one.members:
            kept = 0.0
            if one.promised[j] > LEAST:
                kept = min(1.0, one.given[j] / one.promised[j])
            kept = min(1.0, max(0.0, kept + blur * self.shocks.observe[month][j]))
            for i in one.members:
                if i != j:
                    contact = 1.0 - exp(-(one.heard * (one.comes[i] * one.comes[j])))
                    gain = contact * p["trust_gain"] * kept
                    loss = contact * p["trust_loss"] * (1.0 - kept)
                    trust = self.trust[i][j]
                    if p["trusting"] == BAYESIAN:
                        before = p["first_impression"] + self.evidence[i][j]
                        self.trust[i][j] = (before * trust + gain) / (before + gain + loss)
                        self.evidence[i][j] += gain + loss
                    else:
                        self.trust[i][j] = trust + (gain * (1.0 - trust) - loss * trust)
        if p["trusting"] == REPUTATION:
            self.hear(p, one)
        one.experience += 1.0

    def hear(self, p, one):
        said = [list(row) for row in self.trust]
        for i in one.members:
            for j in one.members:
                others = [k for k in one.members if k not in (i, j)]
                weight = {k: said[i][k] * one.comes[k] for k in others}
                weights = add(weight.values())
                if i != j and weights > LEAST:
                    heard = add(weight[k] * said[k][j] for k in others) / weights
                    contact = 1.0 - exp(-(one.heard * one.comes[i]))
                    self.trust[i][j] += contact * p["hearsay"] * (heard - said[i][j])

    def tie(self, p, i, j):
        return 1.0 if self.tied[i][j] else self.made[i][j] if p["ties"] == CARRYING else 0.0

    def tell(self, p, one):
        members = one.members
        for i in members:
            for j in members:
                if i != j:
                    made = self.made[i][j]
                    contact = 1.0 - exp(-(one.heard * (one.comes[i] * one.comes[j])))
                    self.made[i][j] = made + contact * p["tie_growth"] * (1.0 - made)
        if len(members) < 3:
            return
        said = [list(row) for row in self.trust]
        for i in members:
            for j in members:
                others = [k for k in members if k not in (i, j)]
                heard = add(self.tie(p, i, k) * (said[k][j] - said[i][j]) for k in others)
                if i != j:
                    self.trust[i][j] += p["news"] / (len(members) - 2) * heard

    def turn_over(self, p, month):
        loss = p["turnover_loss"]
        for i in self.N:
            if self.shocks.turnover[month][i] >= p["turnover"]:
                continue
            for j in self.N:
                if i != j:
                    self.trust[i][j] *= 1.0 - loss
                    self.trust[j][i] *= 1.0 - loss
                    self.evidence[i][j] *= 1.0 - loss
                    self.evidence[j][i] *= 1.0 - loss
                    self.made[i][j] *= 1.0 - loss
                    self.made[j][i] *= 1.0 - loss
            self.view[i] = [
                v + loss * (w - v) for v, w in zip(self.view[i], self.goal[i], strict=True)
            ]
            for one in self.boards:
                if one.member[i]:
                    one.appeal[i] += loss * (self.U[i] - one.appeal[i])
                    one.experience *= 1.0 - loss / len(one.members)

    def reconsider(self, p, one):
        members, given = one.members, list(one.z)
        agenda = self.agenda[self.boards.index(one)]
        care = {i: add(self.goal[i][k] for k in agenda) for i in members}
        for i in members:
            trust = add(self.trust[i][j] for j in members)
            weighted = add(self.trust[i][j] * given[j] for j in members)
            others = weighted / trust if trust > LEAST else 0.0
            mean = trust / (len(members) - 1) if len(members) > 1 else float("nan")
            pull = p["sensitivity"] * log(max(one.appeal[i], 1e-6) / max(self.U[i], 1e-6))
            if one.bought > LEAST:
                pull += p["sweetener"]
            pull = min(50.0, max(-50.0, pull))
            want = p["max_share"] * (1.0 - p["trust_weight"] * (1.0 - mean))
            want /= 1.0 + exp(-pull)
            if p["load"] == FREE_RIDING:
                want *= power(len(members), -p["loafing"])
            elif p["load"] == CORE and care[i] < add(care.values()) / len(members) - LEAST:
                want *= p["periphery_share"]
            if p["giving"] == SELF_SERVING:
                others *= 1.0 - p["self_serving_bias"]
            elif p["giving"] == THRESHOLD:
                others = want if others >= p["critical_share"] * want else 0.0
            aim = (1.0 - p["reciprocity"]) * want + p["reciprocity"] * others
            one.z[i] = given[i] + p["adapt"] * (self.senior[i] * aim - given[i])

    def lose(self, p, one, month):
        for i in one.members:
            low = one.appeal[i] < p["exit_ratio"] * self.U[i]
            one.disappointed[i] = one.disappointed[i] + 1.0 if low else 0.0
            spent = one.disappointed[i] * (1.0 - p["mandate"])
            if p["leaving"] == GRADUAL:
                goes = exp(-(p["exit_hazard"] * spent)) < self.shocks.turnover[month][i]
            else:
                goes = spent >= p["patience"] - LEAST
            if goes:
                one.member[i], one.z[i] = False, 0.0

    def adapt(self, lever, one, month):
        if lever["adaptive"] and (month - one.begun) % 6 == 5:
            if one.supply > 2.0 * one.load:
                one.meetings = max(1.0 / 6.0, 0.7 * one.meetings)
            elif one.load > max(one.supply, LEAST):
                one.meetings = min(4.0, 1.3 * one.meetings)

    def record(self, p):
        hours = forgone = joint = bought = 0.0
        for b, one in enumerate(self.boards):
            hours += add_in_fours(one.given)
            forgone += add_in_fours([x * v for x, v in zip(one.given, self.V, strict=True)])
            bought += one.bought
            for k in self.K:
                joint += self.joint[b][k]
        saved = 0.0
        if self.boards:
            saved = p["support"] * add_in_fours(
                [c * x for c, x in zip(self.capacity, self.saving, strict=True)]
            )
            forgone += add_in_fours([o * v for o, v in zip(self.overhead, self.V, strict=True)])
        understood = add(
            add_in_fours([self.goal[i][k] * self.known[i][k] for i in self.N]) for k in self.K
        )
        met, need = ([x for row in rows for x in row] for rows in (self.met, self.need))
        row = [add(met), add(need), joint, add_in_fours(self.overhead), hours]
        row += [add_in_fours(self.own_hours), saved, joint - forgone, bought]
        self.rows["month"].append([*row, understood / len(self.N)])
        self.rows["own_met"].append(self.own_met)
        self.rows["met_by_objective"].append(met)
        self.rows["board"].append([self.board_of(one) for one in self.boards])

    def board_of(self, one):
        if not one.alive:
            return [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, float(one.ended)] + [
                0.0
            ] * 3
        members = one.members
        pairs = [(i, j) for place, i in enumerate(members) for j in members[place + 1 :]]
        trust = add(0.5 * (self.trust[i][j] + self.trust[j][i]) for i, j in pairs)
        apart = add(self.apart(i, j) for i, j in pairs)
        n, count = len(members), 0.5 * len(members) * (len(members) - 1)
        return [
            float(n),
            add(one.z[i] for i in members) / n if n else 0.0,
            trust / count if count else 0.0,
            one.settled,
            1.0 - apart / count if count else 1.0,
            add(one.appeal[i] / max(self.U[i], 1e-9) for i in members) / n if n else 0.0,
            one.meetings,
            one.bought,
            one.hours,
            one.backlog,
            one.lead_effect,
            float(one.ended),
            one.overhead,
            one.slipped,
            one.present,
        ]
