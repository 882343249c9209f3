/** Yield: hundreds of wafers at a glance, which bins take the dies, and any die down to its tests. */
import { useMemo } from "preact/hooks";
import { binColors, inkedBins, inkedValues, keyOf } from "../../draw/wafer";
import { Sorry } from "../../frame/app";
import { number, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import { Period, Place, type Last } from "../../lib/period";
import { theme } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import { Elsewhen } from "../quality/elsewhen";
import { type Listed, named } from "../studies/told";
import { isBins, type Maps, period, rate, shown, type Tested, useMaps } from "./asked";
import { Gallery, size, type Size } from "./gallery";
import { BinBars, Scale } from "./legend";
import { OneWafer } from "./wafer";
import { t } from "./words";
import "./yield.css";

const PERIODS: Last[] = ["shift", "today", "yesterday", "24 h", "week", "7 d", "30 d", "this month", "month"];

export default function Page() {
  const { maps, problem, loading, again } = useMaps(), dark = theme.value;
  const tested = useGet<Tested>("measured", { at: chosen("at"), ...period() });
  const only = chosen("bin") ? Number(chosen("bin")) : undefined;
  const colors = useMemo(() => binColors(maps?.bins ?? []), [maps, dark]);
  const ink = useMemo(() => (maps && !isBins(maps.shown) ? inkedValues(...(maps.span ?? [0, 1])) : inkedBins(colors, only)), [maps, colors, only]);
  if (problem && !maps) return <Sorry problem={problem} again={again} />;
  const one = maps?.wafers.find((w) => keyOf(w) === chosen("wafer"));
  return (
    <main class="page yield" aria-busy={loading}>
      <section class="bar top-of-page"><h1>{t("title")}</h1><Place at={chosen("at")} set={(at) => choose({ at, wafer: undefined, lot: undefined })} /><Period otherwise="30 d" periods={PERIODS} around={maps} /></section>
      <Choices tested={tested.data} />
      {maps && (maps.wafers.length === 0 ? <section class="card sorry"><p><b>{t("nothing")}</b></p><Elsewhen at={chosen("at")} wafers /><p class="soft">{t("nothingMore")}</p></section>
        : one ? <OneWafer maps={maps} w={one} ink={ink} colors={colors} />
        : <><Head maps={maps} colors={colors} /><Questions /><Gallery wafers={maps.wafers} ink={ink} /></>)}
    </main>
  );
}

/** What the maps show, and in which order. */
function Choices({ tested }: { tested: Tested | undefined }) {
  const wafered = tested?.machines.filter((m) => m.wafers) ?? [], tests = [...new Set(wafered.flatMap((m) => m.tests.map((x) => x.name)))], lots = [...new Set(wafered.flatMap((m) => m.lot))];
  const pick = (name: string) => (e: { currentTarget: HTMLSelectElement }) => choose({ [name]: e.currentTarget.value });
  return (
    <section class="card bar">
      <label class="inline">{t("show")}<select value={shown()} onChange={(e) => choose({ show: e.currentTarget.value === "hard" ? undefined : e.currentTarget.value, bin: undefined })}>
        <option value="hard">{t("hard")}</option><option value="soft">{t("soft")}</option>
        {!isBins(shown()) && !tests.includes(shown()) && <option value={shown()}>{shown()}</option>}
        {tests.length > 0 && <optgroup label={t("test")}>{tests.map((x) => <option key={x} value={x}>{x}</option>)}</optgroup>}
      </select></label>
      <label class="inline">{t("lot")}<select value={chosen("lot")} onChange={pick("lot")}><option value="">{t("allLots")}</option>{lots.map((x) => <option key={x} value={x}>{x}</option>)}</select></label>
      <label class="inline">{t("retest")}<select value={chosen("first")} onChange={pick("first")}><option value="">{t("lastTest")}</option><option value="true">{t("firstTest")}</option></select></label>
      <label class="inline">{t("sort")}<select value={chosen("order")} onChange={pick("order")}><option value="">{t("byTime")}</option><option value="worst">{t("worst")}</option><option value="best">{t("best")}</option></select></label>
      <span class="tabs" role="group" aria-label={t("size")}>{(["small", "middle", "large"] as Size[]).map((s) => <button key={s} aria-pressed={size() === s} onClick={() => choose({ size: s === "middle" ? undefined : s })}>{t(s)}</button>)}</span>
    </section>
  );
}

/** What else can be asked of the same place and time. */
function Questions() {
  const { data } = useGet<Listed[]>("studies"), asked = new URLSearchParams({ ...(chosen("at") ? { at: chosen("at") } : {}), ...(period() as Record<string, string>) });
  const found = data?.filter((s) => s.field === "yields") ?? [];
  return <nav class="bar questions" aria-label={t("more")}><span class="soft">{t("more")}</span>{found.map((s) => <a key={s.name} class="chip" href={`/studies/${s.name}?${asked}`} title={s.summary}>{named(s.title)}</a>)}</nav>;
}

function Head({ maps, colors }: { maps: Maps; colors: Map<number, string> }) {
  const dies = maps.wafers.reduce((n, w) => n + w.dies, 0), judged = maps.wafers.reduce((n, w) => n + w.judged, 0);
  return (
    <div class="yieldhead">
      <dl class="yieldfigures">
        <div class="card"><dt class="soft small">{t("yield")}</dt><dd class="big">{percent(rate(maps.wafers))}</dd><dd class="soft small">{t("judged", { n: number(judged) })}</dd></div>
        <div class="card"><dt class="soft small">{t("wafers")}</dt><dd class="big">{number(maps.wafers.length)}</dd></div>
        <div class="card"><dt class="soft small">{t("dies")}</dt><dd class="big">{number(dies)}</dd></div>
      </dl>
      <section class="card"><header><h2>{isBins(maps.shown) ? t("pareto") : maps.title || maps.shown}</h2></header>{isBins(maps.shown) ? <BinBars bins={maps.bins} colors={colors} /> : <Scale maps={maps} />}</section>
    </div>
  );
}
