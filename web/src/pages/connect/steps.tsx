/** The steps of a trial, and where a visit stands. */
import type { Step } from "./shapes";
import { t } from "./words";

export function Steps({ steps }: { steps: Step[] }) {
  return (
    <ol class="trial">
      {steps.map((s, i) => <li key={i} class={s.well ? "good" : "bad"}><span aria-hidden="true">{s.well ? "✓" : "✕"}</span> <span><b>{s.title}</b>{s.said && <span class="said"> {s.said}</span>}</span></li>)}
    </ol>
  );
}

export function Progress({ at }: { at: number }) {
  const names = [t("step1"), t("step2"), t("step3"), t("step4"), t("step5")];
  return <ol class="progress">{names.map((n, i) => <li key={n} class={i < at ? "past" : ""} aria-current={i === at ? "step" : undefined}><i aria-hidden="true">{i < at ? "✓" : i + 1}</i>{n}</li>)}</ol>;
}
