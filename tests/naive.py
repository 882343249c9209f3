"""Slow, obvious twins of fast code: loops that anybody can check by reading. Each room has its own section."""

from __future__ import annotations

# ---- studies/production: time classification minute by minute, and OEE and losses from it ----

MINUTE = 60_000_000


def minute_states(states, rules):
    """What the plant would say about each minute if all time were planned: (state, reason, element) by minute."""
    found = {}
    ordered = states.ordered or [False] * len(states)
    for since, until, state, reason, order in zip(
        states.since, states.until, states.state, states.reason, ordered, strict=True
    ):
        element = {
            "producing": "APT",
            "setup": "AUST",
            "fault": "ADET",
            "held_operator": "ADET",
            "idle_no_order": "ADOT",
            "off": "ADOT",
            "maintenance_planned": "planned_down",
            "unknown": "unknown",
            "starved": "ADET" if order else "ADOT",
            "blocked": "ADET" if order else "ADOT",
        }[state.value]
        if state in rules.elements and state != "unknown":
            element = rules.elements[state].value
        named = rules.reasons.get(reason)
        if state != "producing" and named and named.element:
            element = named.element.value
        for minute in range(since, until, MINUTE):
            found[minute] = (state.value, reason, element)
    return found


def minute_loss(minute, told, rules):
    """The loss of one minute: count how long the machine stood in delay around it."""
    state, reason, element = told[minute]
    if element in ("APT", "unknown"):
        return "productive" if element == "APT" else "unknown"
    if element == "ADET":
        first = last = minute
        while told.get(first - MINUTE, ("", "", ""))[2] == "ADET":
            first -= MINUTE
        while told.get(last + MINUTE, ("", "", ""))[2] == "ADET":
            last += MINUTE
        if last + MINUTE - first < rules.minor_stop:
            return "minor_stop"
    named = rules.reasons.get(reason)
    if named and named.loss:
        return named.loss.value
    if state in rules.losses:
        return rules.losses[state].value
    if element == "ADET":
        return {"fault": "breakdown", "setup": "setup"}.get(state, "delay")
    return {"AUST": "setup", "ADOT": "idle"}.get(element, "unknown")


def minutes(states, calendar, rules):
    """Each minute of the window as (at, element, loss, reason)."""
    told = minute_states(states, rules)
    for at in range(calendar.window.since, calendar.window.until, MINUTE):
        shift = next((s for s in calendar.shifts if at in s.window), None)
        _, reason, element = told.get(at, ("unknown", "", "unknown"))
        loss = minute_loss(at, told, rules) if at in told else "unknown"
        if shift is None:
            element = "unscheduled"
        elif any(at in b for b in shift.breaks):
            element = "planned_down"
        yield at, element, loss, reason


def product_at(output, at):
    rows = output.product.rows() if output.product is not None else []
    return next((text for since, until, text in rows if since <= at < until), "")


def finished(counts, at):
    """Parts finished in the minute that starts at `at`."""
    from andon.model import Window

    return counts.within(Window(at, at + MINUTE)).total


def naive_oee(states, output, calendar, products, rules):
    """Microseconds by element, and {(product, ideal cycle): [APT, made, good]} in known planned busy time."""
    spent, runs = {}, {}
    for at, element, _, _ in minutes(states, calendar, rules):
        spent[element] = spent.get(element, 0) + MINUTE
        if element in ("APT", "AUST", "ADET", "ADOT"):
            product = product_at(output, at)
            rate = products.rate(product, at)
            row = runs.setdefault((product, rate.ideal_cycle if rate else None), [0, 0.0, 0.0])
            row[0] += MINUTE if element == "APT" else 0
            row[1] += finished(output.total, at)
            row[2] += finished(output.good, at)
    return spent, {k: v for k, v in runs.items() if any(v)}


def naive_losses(states, output, calendar, products, rules):
    """Microseconds by (loss, element, reason, product), the whole of planned busy time."""
    lost = {}
    for at, element, loss, reason in minutes(states, calendar, rules):
        if element in ("AUST", "ADET", "ADOT", "unknown"):
            key = (loss, element, reason, product_at(output, at))
            lost[key] = lost.get(key, 0) + MINUTE
    for (product, ideal), (ran, made, good) in naive_oee(states, output, calendar, products, rules)[1].items():
        parts = (
            {"unrated": ran}
            if ideal is None
            else {
                "productive": round(ideal * good),
                "defects": round(ideal * made) - round(ideal * good),
                "speed": ran - round(ideal * made),
            }
        )
        for loss, micros in parts.items():
            key = (loss, "APT", "", product)
            lost[key] = lost.get(key, 0) + micros
    return {k: v for k, v in lost.items() if v}


# ---- historian: coverage, states and counts moment by moment; aggregates sample by sample ----


def naive_states(rows, mapping, window, known):
    """(state, said) at each microsecond of the window: the last row before it, if it was heard and good."""
    found = []
    for moment in range(window.since, window.until):
        before = [(value, quality) for at, value, quality in rows if at <= moment]
        if not before or not any(since <= moment < until for since, until in known):
            found.append(("unknown", "not heard"))
        elif before[-1][1] >> 30 >= 2:
            found.append(("unknown", "Bad"))
        else:
            found.append((mapping.get(str(before[-1][0]), "unknown"), str(before[-1][0])))
    return found


def naive_known(times, holds, window):
    """The microseconds of the window that are less than `holds` after a sample."""
    return [moment for moment in range(window.since, window.until) if any(at <= moment < at + holds for at in times)]


def naive_line(rows, moment, stepped):
    """The value half a tick after a moment, by the last row before it and the first after it; None where it is bad."""
    before = [row for row in rows if row[0] <= moment]
    after = [row for row in rows if row[0] > moment]
    if not before or before[-1][2] >> 30 >= 2:
        return None
    if stepped or not after or after[0][2] >> 30 >= 2:
        return before[-1][1]
    (since, low, _), (until, high, _) = before[-1], after[0]
    return low + (high - low) * (moment + 0.5 - since) / (until - since)


def naive_time_average(rows, since, until, stepped):
    """The mean over the ticks that have a value; None if none has. Data end one tick after the last row."""
    ticks = [naive_line(rows, moment, stepped) for moment in range(since, min(until, rows[-1][0] + 1))]
    there = [value for value in ticks if value is not None]
    return sum(there) / len(there) if there else None


def naive_bad_ticks(rows, since, until):
    """The ticks whose last row before them is bad, or that have none."""
    bad = 0
    for moment in range(since, min(until, rows[-1][0] + 1)):
        before = [row for row in rows if row[0] <= moment]
        bad += not before or before[-1][2] >> 30 >= 2
    return bad


def naive_good_values(rows, since, until):
    """The good values of an interval."""
    return [value for at, value, quality in rows if since <= at < until and quality >> 30 == 0]


# ---- acquire/pulse: states and counts from a level, row by row ----

BAD_NO_DATA = 0x809B0000


def level_states(rows, derivation, at_least):
    """(at, text, quality) of a state that follows from (at, value, quality) rows, from stretches of equal states."""
    stretches = []
    on = [False] * len(derivation.levels)
    for at, value, quality in rows:
        if quality >> 30 >= 2 or value is None:
            on = [False] * len(on)
            said = (None, quality if quality >> 30 >= 2 else BAD_NO_DATA)
        else:
            for i, level in enumerate(derivation.levels):
                on[i] = value > level.above or (on[i] and value >= level.below)
            said = (
                next((x.state for x, is_on in zip(derivation.levels, on, strict=True) if is_on), derivation.otherwise),
                0,
            )
        if not stretches or stretches[-1][1] != said:
            stretches.append((at, said))
    last = rows[-1][0] if rows else 0
    told = []
    for n, (at, said) in enumerate(stretches):
        until = stretches[n + 1][0] if n + 1 < len(stretches) else last
        before = told[-1][1:] if told else (None, None)
        if said[0] is None or before[0] is None or (said != before and until - at >= at_least):
            told.append((at, *said))
    return told


def level_pulses(rows, derivation):
    """(at, total or None, quality) of a count of the rises in (at, value, quality) rows."""
    level, high, total, counted, bad, told = derivation.levels[0], None, 0, None, False, []
    for at, value, quality in rows:
        if quality >> 30 >= 2 or value is None:
            if not bad:
                told.append((at, None, quality if quality >> 30 >= 2 else BAD_NO_DATA))
            bad = True
            continue
        was, high = high, value > level.above or (bool(high) and value >= level.below)
        back = bad or not told
        if was is False and high and (back or counted is None or at - counted >= derivation.debounce):
            total, counted = total + 1, None if back else at
            told.append((at, float(total), 0))
        elif back:
            counted = None
            told.append((at, float(total), 0))
        bad = False
    return told
