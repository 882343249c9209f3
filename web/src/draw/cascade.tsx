/** From a whole, loss by loss, to what is left: a waterfall of rows that can be opened. */
import { useWidth } from "./paint";

export interface Step { key: string; name: string; amount: number; fill: string; whole?: boolean; opens?: boolean; title?: string; figures: string[]; delta?: string; worse?: boolean }

/** Wholes stand on the ground; each other row takes its amount off the level before it (a negative one adds to it). */
export function Cascade({ steps, picked, chosen, label }: { steps: Step[]; picked?: (key: string) => void; chosen?: string; label: string }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const most = Math.max(1, ...levels(steps).flatMap((l) => [l.from, l.to])), narrow = width < 520;
  return (
    <div ref={ref} class={`cascade ${steps.some((s) => s.delta !== undefined) ? "compared" : ""}`} role="list" aria-label={label}>
      {steps.map((s, i) => {
        const { from, to } = levels(steps)[i]!, low = Math.min(from, to), high = Math.max(from, to);
        const body = (<>
          <span class="name">{s.name}</span>
          <span class="track" aria-hidden="true">
            <i class={s.amount < 0 && !s.whole ? "gain" : ""} style={{ left: `${(Math.max(0, low) / most) * 100}%`, width: `max(2px, ${((high - Math.max(0, low)) / most) * 100}%)`, background: s.fill }} />
          </span>
          {s.figures.slice(0, narrow ? 1 : 2).map((f, k) => <span key={k} class={`num ${k ? "soft" : ""}`}>{f}</span>)}
          {s.delta !== undefined && <span class={`num delta ${s.worse ? "bad" : "soft"}`}>{s.delta}</span>}
        </>);
        return picked && s.opens
          ? <div role="listitem" key={s.key}><button class={`row ${chosen === s.key ? "chosen" : ""}`} aria-pressed={chosen === s.key} title={s.title} onClick={() => picked(s.key)}>{body}</button></div>
          : <div role="listitem" key={s.key} class={`row ${s.whole ? "whole" : ""}`} title={s.title}>{body}</div>;
      })}
    </div>
  );
}

function levels(steps: Step[]): { from: number; to: number }[] {
  let level = 0;
  return steps.map((s) => {
    if (s.whole) { level = s.amount; return { from: 0, to: s.amount }; }
    const from = level;
    level -= s.amount;
    return { from, to: level };
  });
}
