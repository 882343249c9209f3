/** A control chart at a glance: its first panel without words. */
import { type ControlChart, onPanel, reach } from "./charted";
import { linear } from "./kinds/scale";

const WIDE = 320, HIGH = 84;

export function Spark({ chart }: { chart: ControlChart }) {
  const points = onPanel(chart, chart.panels[0]?.panel ?? "").slice(-120), first = points[0];
  if (!first) return <span class="sparkroom" />;
  const x = linear(first.place - 0.5, points[points.length - 1]!.place + 0.5, 2, WIDE - 2), y = linear(...reach(points), HIGH - 2, 2);
  const step = (which: "upper" | "lower" | "center") => points.reduce((d, p, i) => {
    const v = p[which];
    if (v === null) return d;
    const fresh = !i || points[i - 1]![which] === null || points[i - 1]!.stage !== p.stage;
    return `${d}${fresh ? "M" : "L"}${x(p.place - 0.5).toFixed(1)},${y(v).toFixed(1)}H${x(p.place + 0.5).toFixed(1)}`;
  }, "");
  const heard = points.filter((p) => p.value !== null);
  return (
    <svg class="spark" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={step("upper") + step("lower")} stroke="var(--warn)" stroke-dasharray="4 3" fill="none" vector-effect="non-scaling-stroke" />
      <path d={step("center")} stroke="var(--rule)" fill="none" vector-effect="non-scaling-stroke" />
      <path d={heard.map((p, i) => `${i && !p.gap ? "L" : "M"}${x(p.place).toFixed(1)},${y(p.value!).toFixed(1)}`).join("")} stroke="var(--accent)" stroke-width="1.3" fill="none" vector-effect="non-scaling-stroke" />
      {heard.filter((p) => p.rules).map((p) => <path key={p.place} d={`M${x(p.place).toFixed(1)},${y(p.value!).toFixed(1)}h0.01`} stroke="var(--alert)" stroke-width="7" stroke-linecap="round" vector-effect="non-scaling-stroke" />)}
    </svg>
  );
}
