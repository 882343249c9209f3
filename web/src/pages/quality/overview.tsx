/** Every characteristic that is measured: a small chart each, or a table where they are many. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Spark } from "../../draw/spark";
import { unitText } from "../../draw/amount";
import { Rows } from "../../draw/rows";
import { Elsewhen } from "./elsewhen";
import { chosen } from "../../lib/router";
import type { ControlChart } from "../../draw/charted";
import type { Row } from "../../lib/api";
import { figure, number, percent } from "../../lib/format";
import { useGet } from "../../lib/load";
import { type Answered, chartOf, period, type Tested, type TestAbout, type TestedMachine, usual } from "./asked";
import { t } from "./words";

/** More tests than this at one machine are a table: a tester has thousands. */
const CARDS = 24;
export const href = (m: string, test: string, tab = ""): string => `/quality${tab && `/${tab}`}?${new URLSearchParams({ at: m, test, ...(period() as Record<string, string>) })}`;

export function Overview({ tested }: { tested: Tested }) {
  const [find, setFind] = useState("");
  const fits = (x: TestAbout) => `${x.name} ${x.title} ${x.number}`.toLowerCase().includes(find.toLowerCase());
  if (!tested.machines.length) return <section class="card sorry"><p><b>{t("nothing")}</b></p><Elsewhen at={chosen("at")} /><p class="soft">{t("nothingMore")}</p></section>;
  return (<>
    {tested.machines.reduce((n, m) => n + m.tests.length, 0) > 8 && <p class="bar"><input type="search" placeholder={t("find")} aria-label={t("find")} value={find} onInput={(e) => setFind(e.currentTarget.value)} /></p>}
    {tested.machines.map((m) => ({ m, tests: m.tests.filter(fits) })).filter((x) => x.tests.length).map(({ m, tests }) => (
      <section key={m.machine} class="ofmachine">
        <header class="bar"><h2>{m.title || m.machine}</h2><span class="soft small">{tests.length === 1 ? t("oneTest") : t("tests", { n: number(tests.length) })}</span></header>
        {tests.length <= CARDS ? <div class="chartcards">{tests.map((x) => <Card key={x.name} m={m} x={x} />)}</div> : <Table m={m} tests={tests} />}
      </section>
    ))}
  </>);
}

function Card({ m, x }: { m: TestedMachine; x: TestAbout }) {
  const box = useRef<HTMLAnchorElement>(null), [seen, setSeen] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver((found) => { if (found.some((f) => f.isIntersecting)) setSeen(true); });
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  const { data, problem } = useGet<Answered<ControlChart>>(seen ? "studies/control-chart" : null, { at: m.machine, test: x.name, ...period(), ...usual(m) });
  const chart = chartOf(data);
  return (
    <a class="card chartcard" ref={box} href={href(m.machine, x.name)}>
      <header><b>{x.title || x.name}</b><span class="grow" /><Verdict chart={chart} sorry={problem?.message} /></header>
      {chart ? <Spark chart={chart} /> : <span class="sparkroom soft small">{problem?.message}</span>}
      <footer class="soft small num"><span>{number(x.count)} · {limitsOf(x)} {unitText(x.unit)}</span>{x.failed > 0 && <span class="bad"> {t("failed")} {percent(x.failed / x.count, 2)}</span>}</footer>
    </a>
  );
}

export function Verdict({ chart, sorry }: { chart: ControlChart | undefined; sorry?: string | undefined }) {
  if (!chart) return <span class="soft small">{sorry ? t("noChart") : "…"}</span>;
  return chart.signals === 0 ? <span class="verdict ok">✓ {t("inControl")}</span> : <span class="verdict off">◆ {chart.signals === 1 ? t("oneSignal") : t("signals", { n: chart.signals })}</span>;
}

export const limitsOf = (x: { low: number | null; high: number | null }): string => (x.low === null && x.high === null ? "–" : `${x.low === null ? "" : figure(x.low, 6)} … ${x.high === null ? "" : figure(x.high, 6)}`);

function Table({ m, tests }: { m: TestedMachine; tests: TestAbout[] }) {
  const rows = tests.map((x) => ({ ...x, share: x.count ? x.failed / x.count : null })) as unknown as Row[];
  return (
    <section class="card"><Rows label={t("tests", { n: tests.length })} rows={rows} most={60} by={{ name: "failed", down: true }} columns={[
      { name: "number", title: "№", num: true, show: (r) => (Number(r.number) < 0 ? "" : String(r.number)) },
      { name: "name", title: t("test"), show: (r) => <a href={href(m.machine, String(r.name))}>{String(r.title || r.name)}</a> },
      { name: "low", title: t("limits"), show: (r) => <span class="num">{limitsOf(r as unknown as TestAbout)} {unitText(String(r.unit))}</span> },
      { name: "count", title: t("values"), num: true, show: (r) => number(r.count as number) },
      { name: "failed", title: t("failed"), num: true, show: (r) => <span class={r.failed ? "bad" : "soft"}>{number(r.failed as number)} · {percent(r.share as number | null, 2)}</span> },
    ]} /></section>
  );
}
