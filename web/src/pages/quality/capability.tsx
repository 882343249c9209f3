/** Does a process keep its tolerance? Values against their limits, indices with how sure they are, what to expect outside. */
import { unitText } from "../../draw/amount";
import { Plot, XAxis, YAxis } from "../../draw/kinds/frame";
import { linear } from "../../draw/kinds/scale";
import { Sorry } from "../../frame/app";
import { address } from "../../lib/api";
import { figure, number, percent } from "../../lib/format";
import { lang, words } from "../../lib/i18n";
import { useGet } from "../../lib/load";
import type { About } from "../studies/told";
import { type Answered, period, question, type TestedMachine } from "./asked";
import { href } from "./overview";
import { Settings } from "./settings";
import { t } from "./words";

interface Index { name: string; value: number; low: number | null; high: number | null }
interface Capability {
  test: string; unit: string; low: number | null; high: number | null; target: number | null; limits_from: string; count: number; superseded: number; subgroups: number; mean: number; median: number; least: number; most: number; sigma_within: number | null; sigma_overall: number;
  distribution: string; confidence: number; wanted: number; needed: number | null; points_out: number; stable: boolean; verdict: string; index_name: string; index: number; index_low: number | null; index_high: number | null; expected_defects: number | null; remarks: string[];
  indices: Index[]; defects: { side: string; observed: number; within: number | null; overall: number | null }[]; fits: { distribution: string; parameters: string; anderson: number; anderson_p: number | null; kolmogorov: number; aic: number; fits: boolean | null }[]; bars: { low: number; high: number; count: number; expected: number | null }[];
}

/** Distributions by name: "normal" alone is also a state of an alarm. */
const distribution = words(
  { normal: "normal", lognormal: "lognormal", weibull: "Weibull", exponential: "exponential", gamma: "gamma", logistic: "logistic" },
  { normal: "正态分布", lognormal: "对数正态分布", weibull: "威布尔分布", exponential: "指数分布", gamma: "伽马分布", logistic: "逻辑斯谛分布" },
);
const KNOWN = ["normal", "lognormal", "weibull", "exponential", "gamma", "logistic"] as const;

export function CapabilityPage({ of, test }: { of: TestedMachine; test: string }) {
  const about = useGet<About>("studies/capability/about");
  const { data, problem, loading } = useGet<Answered<Capability>>(about.data ? "studies/capability" : null, about.data ? question(about.data, of.machine, test) : {});
  if (about.problem) return <Sorry problem={about.problem} again={about.again} />;
  const found = data?.answer ?? undefined, say = (text: string) => { const known = KNOWN.find((k) => k === text); return known ? distribution(known) : data?.words?.[text] ?? text; };
  return (<>
    {about.data && <Settings about={about.data} first={["low", "high", "target", "subgroup", "distribution", "run", "wanted"]} own={["test", "product"]} />}
    {problem ? <section class="card sorry" role="alert"><p>{problem.message}</p></section> : found && data && <Found c={found} notes={data.notes?.length ? data.notes : found.remarks.map(say)} say={say} loading={loading} chart={href(of.machine, test)} report={address("reports/dossier", { about: "capability", at: of.machine, ...period(), tests: test, format: "pdf", save: true, lang: lang.value })} />}
  </>);
}

function Found({ c, notes, say, loading, chart, report }: { c: Capability; notes: string[]; say: (text: string) => string; loading: boolean; chart: string; report: string }) {
  const kind = c.verdict === "capable" ? "ok" : c.verdict === "not capable" ? "off" : "open";
  return (<>
    <section class="card capable" aria-busy={loading}>
      <dl class="chartfigures">
        <div><dt>{t("verdict")}</dt><dd class={`verdict ${kind}`}>{kind === "ok" ? "✓" : kind === "off" ? "✕" : "?"} {say(c.verdict)}</dd></div>
        <div><dt>{c.index_name}</dt><dd><b class="num">{figure(c.index, 3)}</b> <span class="soft small num">{t("between", { low: figure(c.index_low, 3), high: figure(c.index_high, 3), sure: percent(c.confidence, 0) })}</span></dd></div>
        <div><dt>{t("wanted")}</dt><dd><b class="num">{figure(c.wanted, 3)}</b></dd></div>
        <div><dt>{t("expected")}</dt><dd><b class="num">{figure(c.expected_defects, 3)}</b> <span class="soft small">ppm</span></dd></div>
        <div><dt>{t("values")}</dt><dd><b class="num">{number(c.count)}</b> <span class="soft small">{t("inSubgroups", { n: number(c.subgroups) })}</span></dd></div>
        <div><dt>{t("stability")}</dt><dd class={c.stable ? "" : "bad"}><a href={chart}>{c.stable ? t("stable") : t("unstable")}</a></dd></div>
        <div><dt>{t("distribution")}</dt><dd><b>{say(c.distribution)}</b></dd></div>
        <div><dt>{t("report")}</dt><dd><a href={report} download="">PDF</a></dd></div>
      </dl>
      {notes.length > 0 && <ul class="remarks">{notes.map((r) => <li key={r}>⚠ {r}</li>)}</ul>}
      <Bars c={c} />
    </section>
    <div class="cols">
      <section class="card"><header><h2>{t("indices")}</h2><span class="soft small">{t("withIntervals", { sure: percent(c.confidence, 0) })}</span></header><Intervals c={c} /></section>
      <section class="card"><header><h2>{t("outside")}</h2><span class="soft small">ppm</span></header>
        <table class="rows"><thead><tr><th /><th class="num">{t("observed")}</th><th class="num">{t("withinExpected")}</th><th class="num">{t("overallExpected")}</th></tr></thead>
          <tbody>{c.defects.map((d) => <tr key={d.side}><td>{say(d.side)}</td><td class="num">{figure(d.observed, 4)}</td><td class="num">{figure(d.within, 4)}</td><td class="num">{figure(d.overall, 4)}</td></tr>)}</tbody></table>
        <dl class="unitfacts"><dt>{t("mean")}</dt><dd class="num">{figure(c.mean, 6)} {unitText(c.unit)}</dd><dt>{t("median")}</dt><dd class="num">{figure(c.median, 6)}</dd><dt>{t("sigmaWithin")}</dt><dd class="num">{figure(c.sigma_within, 4)}</dd><dt>{t("sigmaOverall")}</dt><dd class="num">{figure(c.sigma_overall, 4)}</dd><dt>{t("leastMost")}</dt><dd class="num">{figure(c.least, 6)} … {figure(c.most, 6)}</dd><dt>{t("limitsFromWho")}</dt><dd>{say(c.limits_from)}</dd></dl>
      </section>
    </div>
    {c.fits.length > 0 && <section class="card"><header><h2>{t("fits")}</h2></header><div class="scroll"><table class="rows">
      <thead><tr><th>{t("distribution")}</th><th>{t("parameters")}</th><th class="num">Anderson-Darling</th><th class="num">p</th><th class="num">Kolmogorov-Smirnov</th><th class="num">AIC</th><th /></tr></thead>
      <tbody>{c.fits.map((f) => <tr key={f.distribution} class={f.distribution === c.distribution ? "taken" : ""}><td>{say(f.distribution)}</td><td class="small">{f.parameters}</td><td class="num">{figure(f.anderson, 4)}</td><td class="num">{figure(f.anderson_p, 3)}</td><td class="num">{figure(f.kolmogorov, 3)}</td><td class="num">{figure(f.aic, 6)}</td><td>{f.fits === null ? "" : f.fits ? `✓ ${t("fit")}` : <span class="bad">✕ {t("noFit")}</span>}</td></tr>)}</tbody>
    </table></div></section>}
  </>);
}

/** How often each value occurred, what the distribution expects, and the limits. */
function Bars({ c }: { c: Capability }) {
  const lines = ([["LSL", c.low], [t("target"), c.target], ["USL", c.high], [t("mean"), c.mean]] as [string, number | null][]).filter((l): l is [string, number] => l[1] !== null).sort((a, b) => a[1] - b[1]);
  const edges = [...c.bars.flatMap((b) => [b.low, b.high]), ...lines.map((l) => l[1])], least = Math.min(...edges), most = Math.max(...edges), margin = (most - least || 1) * 0.04;
  const top = Math.max(1, ...c.bars.map((b) => Math.max(b.count, b.expected ?? 0))) * 1.12;
  return (
    <Plot height={290} label={`${t("distribution")} ${c.test}`}>
      {(width) => {
        const area = { left: 46, right: width - 12, top: 36, bottom: 248 }, x = linear(least - margin, most + margin, area.left, area.right), y = linear(0, top, area.bottom, area.top);
        const curve = c.bars.filter((b) => b.expected !== null).map((b, i) => `${i ? "L" : "M"}${x((b.low + b.high) / 2).toFixed(1)},${y(b.expected!).toFixed(1)}`).join("");
        return (<>
          <YAxis y={y} left={area.left} right={area.right} title={t("values")} />
          {[c.low !== null && [area.left, x(c.low)], c.high !== null && [x(c.high), area.right]].map((s) => s && <rect key={s[0]} x={s[0]} y={area.top} width={Math.max(0, s[1]! - s[0]!)} height={area.bottom - area.top} fill="var(--alert)" fill-opacity=".09" />)}
          {c.bars.map((b) => <rect key={b.low} x={x(b.low) + 0.4} y={y(b.count)} width={Math.max(0.8, x(b.high) - x(b.low) - 0.8)} height={Math.max(0, area.bottom - y(b.count))} fill="var(--accent)" fill-opacity=".75" data-tip={`${figure(b.low, 6)} – ${figure(b.high, 6)}: ${b.count}${b.expected === null ? "" : ` (${figure(b.expected, 3)})`}`} />)}
          <path class="curve" d={curve} stroke="var(--ink)" />
          <XAxis x={x} top={area.bottom} bottom={area.bottom} title={`${c.test} ${unitText(c.unit) && `(${unitText(c.unit)})`}`} />
          {lines.map(([name, v], i) => { const limit = name === "LSL" || name === "USL"; return <g key={name}><line x1={x(v)} x2={x(v)} y1={area.top} y2={area.bottom} stroke={limit ? "var(--alert)" : "var(--ink)"} stroke-width={limit ? 1.6 : 1} stroke-dasharray={limit ? "" : "4 3"} /><text x={x(v)} y={i % 2 ? 12 : 26} text-anchor={x(v) > area.right - 60 ? "end" : x(v) < area.left + 60 ? "start" : "middle"}>{name} {figure(v, 6)}</text></g>; })}
        </>);
      }}
    </Plot>
  );
}

/** Each index with its interval, against what is wanted. */
function Intervals({ c }: { c: Capability }) {
  const all = c.indices.flatMap((i) => [i.value, i.low ?? i.value, i.high ?? i.value]), step = 26, bottom = c.indices.length * step;
  return (
    <Plot height={bottom + 40} label={t("indices")}>
      {(width) => {
        const left = 54, x = linear(Math.min(0, ...all), Math.max(c.wanted, ...all) * 1.06, left, width - 150);
        return (<>
          <XAxis x={x} top={0} bottom={bottom} title="" />
          <line x1={x(c.wanted)} x2={x(c.wanted)} y1={0} y2={bottom} stroke="var(--ink)" stroke-dasharray="4 3" /><text x={x(c.wanted)} y={bottom + 33} text-anchor="middle" class="soft">{t("wanted")} {figure(c.wanted, 3)}</text>
          {c.indices.map((i, n) => {
            const y = n * step + 13, color = i.low !== null && i.low >= c.wanted ? "var(--good)" : i.high !== null && i.high < c.wanted ? "var(--alert)" : "var(--accent)";
            return <g key={i.name} data-tip={`${i.name} ${figure(i.value, 4)} (${figure(i.low, 4)} – ${figure(i.high, 4)})`}><rect class="hit" x={0} y={n * step} width={width} height={step} /><text class="name" x={left - 8} y={y + 4} text-anchor="end">{i.name}</text>
              {i.low !== null && <line x1={x(i.low)} x2={x(i.high ?? i.value)} y1={y} y2={y} stroke={color} stroke-width="3" stroke-linecap="round" />}<circle cx={x(i.value)} cy={y} r="5" fill={color} />
              <text x={width} y={y + 4} text-anchor="end">{figure(i.value, 3)} <tspan class="soft">{i.low === null && i.high === null ? "" : `${figure(i.low, 3)} – ${figure(i.high, 3)}`}</tspan></text></g>;
          })}
        </>);
      }}
    </Plot>
  );
}
