/** A point of a chart opened: which rules it breaks, what it was measured on, what the machine did then, what was noted. */
import { useState } from "preact/hooks";
import { Around } from "../../draw/around";
import { brokenAt, type ControlChart, type Point } from "../../draw/charted";
import { ink } from "../../draw/paint";
import { UnitCard, type TestedUnit } from "../../draw/unit";
import { say as toast } from "../../frame/toast";
import { type Problem, send } from "../../lib/api";
import { clockSeconds, day, dayClock, figure, iso } from "../../lib/format";
import { useGet } from "../../lib/load";
import { now } from "../../lib/live";
import { may, plant } from "../../lib/plant";
import type { TestAbout, Values } from "./asked";
import { t } from "./words";

interface Given { at: string; test: string; chart: ControlChart; point: Point; say: (text: string) => string; unit: string; spec: TestAbout | undefined; again: () => void; before: number | undefined; after: number | undefined; pick: (place: number | undefined) => void }

export function PointCard({ at, test, chart, point, say, unit, spec, again, before, after, pick }: Given) {
  const of = chart.points.filter((p) => p.place === point.place), rules = brokenAt(chart, point.place), isMachine = plant.value!.machines.some((m) => m.path === at);
  const meant = chart.rules.filter((r) => rules.includes(r.rule)), wide = Math.max(30 * 60e6, (point.at - point.since) * 1.5);
  return (
    <section class="card pointcard">
      <header>
        <h2>{t("point", { n: point.place })} <span class="soft">{t("of", { n: chart.places })}</span></h2><b>{point.label}</b><span class="soft num">{dayClock(point.since)}{point.at > point.since && ` – ${clockSeconds(point.at)}`}</span><span class="grow" />
        <span class="tabs"><button disabled={before === undefined} onClick={() => pick(before)}>‹ {t("prev")}</button><button disabled={after === undefined} onClick={() => pick(after)}>{t("next")} ›</button></span>
        <button class="quiet" aria-label={t("clear")} onClick={() => pick(undefined)}>✕</button>
      </header>
      <div class="cols">
        <div>
          <table class="rows"><thead><tr><th>{t("chart")}</th><th class="num">{t("lower")}</th><th class="num">{t("value")}</th><th class="num">{t("upper")}</th><th>{t("rules")}</th></tr></thead>
            <tbody>{of.map((p) => <tr key={p.panel}><td>{say(p.panel)}</td><td class="num">{figure(p.lower, 6)}</td><td class="num"><b>{figure(p.value, 6)}</b> {unit}</td><td class="num">{figure(p.upper, 6)}</td><td class={p.rules ? "bad" : "soft"}>{p.rules ? `◆ ${p.rules}` : t("fine")}</td></tr>)}</tbody></table>
          {meant.length > 0 && <ul class="remarks">{meant.map((r) => <li key={r.rule}><b>{r.rule}</b> {say(r.meaning)}</li>)}</ul>}
          {rules.length > 0 && <Reaction at={at} test={test} />}
          {isMachine && <MeasuredOn at={at} test={test} point={point} spec={spec} />}
        </div>
        <div>
          {of.filter((p) => p.note).slice(0, 1).map((p) => <p key={p.note} class="noted">✎ {p.note} <span class="soft small">{p.who}</span></p>)}
          {may("operator") && isMachine && <Note at={at} test={test} point={point} again={again} />}
          {isMachine && <><header class="bar"><h3>{t("around")}</h3><span class="grow" /><a class="small" href={`/machines/${at}?since=${point.since - wide}&until=${point.at + wide}`}>{t("onMachine")}</a></header>
            <Around machine={at} since={point.since - wide} until={Math.min(point.at + wide, now())} bands={[{ since: point.since, until: Math.max(point.at, point.since + 10e6), fill: ink("band") }]} /></>}
        </div>
      </div>
    </section>
  );
}

/** What plant.toml says is to be done about a signal. */
function Reaction({ at, test }: { at: string; test: string }) {
  const { data } = useGet<{ test: string; reaction: string }[]>("measured/tests", { at }), said = data?.find((d) => d.test === test && d.reaction)?.reaction;
  return said ? <p class="noted"><b>{t("reaction")}:</b> {said}</p> : null;
}

/** The single values of the point, and of each the unit with all of its tests. */
function MeasuredOn({ at, test, point, spec }: { at: string; test: string; point: Point; spec: TestAbout | undefined }) {
  const { data, problem } = useGet<Values>("measured/values", { at, test, since: point.since, until: point.at + 1 });
  const [open, setOpen] = useState<number>(), c = data?.columns;
  const told = useGet<TestedUnit>(c && open !== undefined ? "measured/unit" : null, c && open !== undefined ? { at, unit: c.unit[open]!, moment: c.at[open]!, lot: c.lot[open]!, wafer: c.wafer[open]! } : {});
  if (problem) return <p class="bad">{problem.message}</p>;
  const outside = (v: number | null, i: number) => { const low = c!.low[i] ?? spec?.low ?? null, high = c!.high[i] ?? spec?.high ?? null; return v !== null && ((low !== null && v < low) || (high !== null && v > high)); };
  return (
    <div class="measuredon"><h3>{t("measured")}</h3>
      <div class="scroll most"><table class="rows"><thead><tr><th>{t("unit")}</th><th>{t("lot")}</th><th class="num">{t("value")}</th><th class="num">{t("time")}</th></tr></thead>
        <tbody>{c?.at.slice(0, 200).map((moment, i) => (
          <tr key={`${moment} ${i}`}><td><button class="quiet link" aria-expanded={open === i} onClick={() => setOpen(open === i ? undefined : i)}>{c.unit[i]}</button></td><td>{c.wafer[i] ? `${c.lot[i]} · ${c.wafer[i]}` : c.lot[i]}</td><td class={`num ${outside(c.value[i]!, i) ? "bad" : ""}`}>{figure(c.value[i], 6)}</td><td class="num small">{day(moment)} {clockSeconds(moment)}</td></tr>
        ))}</tbody></table></div>
      {open !== undefined && told.data && <div class="card raised"><UnitCard unit={told.data} /></div>}
    </div>
  );
}

function Note({ at, test, point, again }: { at: string; test: string; point: Point; again: () => void }) {
  const [text, setText] = useState(""), [excluded, setExcluded] = useState(false), [busy, setBusy] = useState(false);
  const keep = async (e: Event) => {
    e.preventDefault();
    setBusy(true);
    try {
      await send("POST", "acts/note_point", { machine: at, test, at: iso(point.at), text, excluded });
      toast(t("noted"));
      setText("");
      again();
    } catch (error) { toast((error as Problem).message, { bad: true }); } finally { setBusy(false); }
  };
  return (
    <form class="bar note" onSubmit={(e) => void keep(e)}>
      <label class="grow">{t("noteAt")}<input required value={text} onInput={(e) => setText(e.currentTarget.value)} /></label>
      <label class="inline small"><input type="checkbox" checked={excluded} onChange={(e) => setExcluded(e.currentTarget.checked)} />{t("exclude")}</label>
      <button disabled={busy || !text.trim()}>{t("noteKeep")}</button>
    </form>
  );
}
