/** Each day (or shift) of the period as a column: what was productive, what was lost to which class. */
import { useMemo } from "preact/hooks";
import { lossColor, lossWord } from "../../draw/paint";
import { percent } from "../../lib/format";
import { theme } from "../../lib/plant";
import { hours, nameOf, written, type LossRow, type Losses, type Measure } from "./asked";
import { t } from "./words";

interface Column { key: string; name: string; day: string; rows: LossRow[]; planned: number; amount: number; productive: number }

export function Days({ losses, long, m, chosen, picked }: { losses: Losses | undefined; long: boolean; m: Measure; chosen: string; picked: (day: string) => void }) {
  theme.value;
  const columns = useMemo(() => (losses ? gathered(losses.tables[long ? "day,loss" : "shift,day,loss"] ?? [], long, m) : []), [losses, long, m]);
  const most = Math.max(1e-9, ...columns.map((c) => (m === "micros" ? c.planned : c.amount)));
  const kinds = useMemo(() => [...new Set(columns.flatMap((c) => c.rows.map((r) => String(r.loss))))], [columns]);
  return (
    <section class="card days">
      <header><h2>{t(long ? "daysTitle" : "shiftsTitle")}</h2><span class="grow" />
        <span class="legend" aria-label={t("legend")}>{kinds.map((k) => <span key={k} class="small"><i class="dot" style={{ background: lossColor(k) }} /> {lossWord(k)}</span>)}</span>
      </header>
      <div class="columns" role="group" aria-label={t("daysTitle")}>
        {columns.map((c) => {
          const whole = m === "micros" ? c.planned : c.amount, oee = c.planned ? c.productive / c.planned : null;
          const worst = c.rows.filter((r) => r.loss !== "productive").sort((a, b) => ((b[m] as number) ?? 0) - ((a[m] as number) ?? 0))[0];
          const title = `${c.name}: ${t("oee")} ${percent(oee)} · ${t("plannedBusy")} ${hours(c.planned)}\n${c.rows.filter((r) => r.loss !== "productive").map((r) => `${lossWord(String(r.loss))} ${written(r[m], m, losses!.currency)}`).join("\n")}`;
          return (
            <button key={c.key} class="column" aria-pressed={chosen === c.day} title={title} onClick={() => picked(c.day)}>
              <span class="num small">{percent(oee, 0)}</span>
              <span class="stack" aria-hidden="true"><span style={{ height: `${(whole / most) * 100}%` }}>
                {[...c.rows].sort((a, b) => place(a) - place(b)).map((r) => {
                  const v = Math.max(0, (r[m] as number | null) ?? 0);
                  return <i key={String(r.loss)} style={{ flexGrow: v, background: lossColor(String(r.loss)) }} />;
                })}
              </span></span>
              <span class="small">{c.name}</span>
              <span class="small soft worst">{worst ? lossWord(String(worst.loss)) : ""}</span>
            </button>
          );
        })}
      </div>
    </section>
  );
}

/** Productive time at the bottom, what nobody knows at the top. */
const place = (r: LossRow): number => (r.loss === "productive" ? 100 : r.loss === "unknown" ? -1 : 0);

function gathered(rows: LossRow[], long: boolean, m: Measure): Column[] {
  const found = new Map<string, Column>();
  for (const r of rows) {
    const key = long ? String(r.day) : `${r.day} ${r.shift}`;
    const c = found.get(key) ?? { key, name: long ? nameOf("day", String(r.day)) : `${nameOf("day", String(r.day))} ${r.shift}`, day: String(r.day), rows: [], planned: 0, amount: 0, productive: 0 };
    found.set(key, c);
    c.planned += r.micros;
    if (r.loss === "productive") c.productive += r.micros;
    if (m === "micros" || r.loss !== "productive") { c.rows.push(r); c.amount += Math.max(0, (r[m] as number | null) ?? 0); }
  }
  return [...found.values()].sort((a, b) => a.key.localeCompare(b.key));
}
