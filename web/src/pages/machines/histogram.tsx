/** How often each length occurred, with upright lines at lengths that matter. */
import { figure } from "../../lib/format";

export interface Bin { low: number; high: number; parts: number }

export function Histogram({ title, bins, marks }: { title: string; bins: Bin[]; marks: { text: string; at: number | null }[] }) {
  if (!bins.length) return null;
  const low = Math.min(bins[0]!.low, ...marks.flatMap((m) => m.at ?? [])), high = Math.max(bins[bins.length - 1]!.high, ...marks.flatMap((m) => m.at ?? []));
  const most = Math.max(...bins.map((b) => b.parts)), x = (v: number) => ((v - low) / (high - low || 1)) * 400;
  return (
    <figure class="histogram">
      <figcaption class="small"><b>{title}</b></figcaption>
      <svg viewBox="0 0 400 150" role="img" aria-label={`${title}: ${bins.map((b) => `${figure(b.low)}–${figure(b.high)}: ${b.parts}`).join("; ")}`}>
        {bins.map((b) => <rect key={b.low} x={x(b.low) + 0.5} width={Math.max(1, x(b.high) - x(b.low) - 1)} y={130 - (b.parts / most) * 96} height={(b.parts / most) * 96} fill="var(--accent)"><title>{`${figure(b.low)} – ${figure(b.high)}: ${b.parts}`}</title></rect>)}
        {marks.map((m, i) => m.at !== null && <g key={m.text}><line x1={x(m.at)} x2={x(m.at)} y1={4 + i * 13} y2={130} stroke={i ? "var(--warn)" : "var(--ink)"} stroke-width="1.5" stroke-dasharray={i ? "4 3" : ""} /><text x={Math.min(330, x(m.at) + 4)} y={13 + i * 13} font-size="10.5" fill={i ? "var(--warn)" : "var(--ink)"}>{m.text.replace(/ \[.*/, "")} {figure(m.at)}</text></g>)}
        <text x="0" y="145" font-size="10.5" fill="var(--soft)">{figure(low, 3)}</text><text x="400" y="145" font-size="10.5" text-anchor="end" fill="var(--soft)">{figure(high, 3)}</text>
      </svg>
    </figure>
  );
}
