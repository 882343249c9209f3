/** One die: each time it was tested, and every test of it against its limits. */
import { useState } from "preact/hooks";
import type { Place } from "../../draw/dies";
import { useGet } from "../../lib/load";
import type { Wafer } from "../../draw/wafer";
import { UnitCard } from "../../draw/unit";
import type { Units, UnitTold } from "./asked";
import { t } from "./words";

export function Die({ w, place }: { w: Wafer; place: Place }) {
  const { data, problem } = useGet<Units>("measured/units", { at: w.machine, since: w.since, until: w.until + 1, lot: w.lot, wafer: w.wafer, step: w.step, x: place.x, y: place.y, limit: 50 });
  const [nth, setNth] = useState(0), unit = data?.rows[Math.min(nth, data.rows.length - 1)];
  const told = useGet<UnitTold>(unit ? "measured/unit" : null, unit ? { at: unit.machine, unit: unit.unit, moment: unit.at, lot: unit.lot, wafer: unit.wafer } : {});
  return (
    <section class="card die" aria-busy={told.loading}>
      <header><h2>{t("die")} {place.x}, {place.y}</h2><span class="grow" />
        {data && data.rows.length > 1 && <span class="tabs">{data.rows.map((u, n) => <button key={u.at} aria-pressed={n === nth} onClick={() => setNth(n)}>{t("attempt")} {u.attempt + 1}</button>)}</span>}
      </header>
      {problem || told.problem ? <p class="bad">{(problem ?? told.problem)!.message}</p> : told.data && <UnitCard unit={told.data} />}
    </section>
  );
}
