/** One control chart: limits, zones and rules; brushed to compute limits anew, opened from a point to its units and the machine. */
import { useState } from "preact/hooks";
import { unitText } from "../../draw/amount";
import { ControlPanels } from "../../draw/chart";
import { brokenAt, type ControlChart, onPanel, type Stretch } from "../../draw/charted";
import { Sorry } from "../../frame/app";
import { dayClock, figure, iso, number } from "../../lib/format";
import { useGet } from "../../lib/load";
import { choose, chosen } from "../../lib/router";
import { type About, named } from "../studies/told";
import { type Answered, chartOf, question, type TestAbout, type TestedMachine, usual } from "./asked";
import { PointCard } from "./point";
import { Settings } from "./settings";
import { RulesCard, Stages } from "./stages";
import { t } from "./words";

export function ChartPage({ at, test, of }: { at: string; test: string; of: TestedMachine | undefined }) {
  const about = useGet<About>("studies/control-chart/about");
  const { data, problem, loading, again } = useGet<Answered<ControlChart>>(about.data ? "studies/control-chart" : null, about.data ? { ...usual(of), ...question(about.data, at, test) } : {});
  const chart = chartOf(data), spec = of?.tests.find((x) => x.name === test);
  if (about.problem) return <Sorry problem={about.problem} again={about.again} />;
  return (<>
    {about.data && <Settings about={about.data} first={["chart", "subgroup", "rules", "product", "residual"]} own={["test", "baseline"]} />}
    {problem ? <section class="card sorry" role="alert"><p>{problem.message}</p></section> : chart && data && <Charted key={`${chart.chart} ${chart.places}`} at={at} test={test} chart={chart} data={data} spec={spec} loading={loading} again={again} />}
  </>);
}

function Charted({ at, test, chart, data, spec, loading, again }: { at: string; test: string; chart: ControlChart; data: Answered<ControlChart>; spec: TestAbout | undefined; loading: boolean; again: () => void }) {
  const places = onPanel(chart, chart.panels[0]?.panel ?? "");
  const [range, brush] = useState<Stretch>();
  const whole: Stretch = [places[0]?.place ?? 1, places[places.length - 1]?.place ?? 1], said = chosen("zoom").split("-").map(Number);
  const shown: Stretch = said.length === 2 && said[0]! <= said[1]! && said[0]! >= whole[0] && said[1]! <= whole[1] ? [said[0]!, said[1]!] : whole;
  const place = chosen("point") ? Number(chosen("point")) : undefined, point = places.find((p) => p.place === place);
  const say = (text: string) => data.words?.[text] ?? text, unit = unitText(chart.unit);
  const signals = places.map((p) => p.place).filter((p) => brokenAt(chart, p).length);
  const pick = (p: number | undefined) => choose({ point: p === undefined ? undefined : String(p) });
  return (<>
    <section class="card" aria-busy={loading}>
      <Head chart={chart} say={say} />
      {chart.remarks.length > 0 && <ul class="remarks">{(data.notes?.length ? data.notes : chart.remarks.map(say)).map((r) => <li key={r}>⚠ {r}</li>)}</ul>}
      <ControlPanels chart={chart} unit={unit} name={(x) => named(say(x))} chosen={place} range={range} shown={shown} pick={pick} brush={brush} />
      <Brushed chart={chart} range={range} shown={shown} whole={whole} clear={() => brush(undefined)} />
    </section>
    {point && <PointCard key={point.place} at={at} test={test} chart={chart} point={point} say={say} unit={unit} spec={spec} again={again}
      before={[...signals].reverse().find((p) => p < point.place)} after={signals.find((p) => p > point.place)} pick={pick} />}
    {!point && signals.length > 0 && <p class="bar"><button onClick={() => pick(signals[signals.length - 1])}>{t("prev")}</button></p>}
    <div class="cols"><Stages at={at} test={test} chart={chart} say={say} unit={unit} again={again} /><RulesCard chart={chart} say={say} /></div>
  </>);
}

function Head({ chart, say }: { chart: ControlChart; say: (text: string) => string }) {
  return (
    <dl class="chartfigures">
      <div><dt>{t("chart")}</dt><dd><b>{say(chart.chart)}</b></dd></div>
      <div><dt>{chart.stable ? t("stable") : t("unstable")}</dt><dd class={chart.stable ? "verdict ok" : "verdict off"}>{chart.stable ? `✓ ${t("inControl")}` : `◆ ${chart.signals === 1 ? t("oneSignal") : t("signals", { n: chart.signals })}`}</dd></div>
      <div><dt>{t("points")}</dt><dd><b class="num">{number(chart.places)}</b></dd></div>
      <div><dt>{t("phase")}</dt><dd><b>{chart.phase}</b> <span class="soft small">{t(chart.phase === "I" ? "phaseI" : "phaseII")}</span></dd></div>
      {chart.run_length !== null && <div><dt>{t("arl")}</dt><dd><b class="num">{number(Math.round(chart.run_length))}</b> <span class="soft small">{t("run", { n: number(Math.round(chart.run_length)) })}</span></dd></div>}
      {chart.lag !== null && <div><dt>{t("lag")}</dt><dd class={chart.correlated ? "bad" : ""}><b class="num">{figure(chart.lag, 2)}</b> {chart.correlated && <span class="small">{t("correlated")}</span>}</dd></div>}
    </dl>
  );
}

/** What can be done with the points that are chosen. */
function Brushed({ chart, range, shown, whole, clear }: { chart: ControlChart; range: Stretch | undefined; shown: Stretch; whole: Stretch; clear: () => void }) {
  const first = onPanel(chart, chart.panels[0]!.panel), zoomed = shown[0] !== whole[0] || shown[1] !== whole[1], own = chosen("baseline").split("/");
  const inside = range ? first.filter((p) => p.place >= range[0] && p.place <= range[1]) : [];
  const from = inside[0], to = inside[inside.length - 1];
  return (
    <p class="bar brushed">
      {from && to ? <>
        <b>{t("selected", { n: inside.length, from: dayClock(from.since), to: dayClock(to.at) })}</b>
        <button class="main" onClick={() => { choose({ baseline: `${iso(from.since)}/${iso(to.at + 1)}` }); clear(); }}>{t("limitsFrom")}</button>
        <button onClick={() => { choose({ zoom: `${range![0]}-${range![1]}` }); clear(); }}>{t("zoom")}</button>
        <button class="quiet" onClick={clear}>{t("clear")}</button>
      </> : <span class="soft small">{t("hint")}</span>}
      <span class="grow" />
      {zoomed && <button onClick={() => choose({ zoom: undefined })}>{t("whole")}</button>}
      {own.length === 2 && <><span class="soft small">{t("frozenFrom", { from: dayClock(Date.parse(own[0]!) * 1000), to: dayClock(Date.parse(own[1]!) * 1000) })}</span><button onClick={() => choose({ baseline: undefined })}>{t("limitsAgain")}</button></>}
    </p>
  );
}
