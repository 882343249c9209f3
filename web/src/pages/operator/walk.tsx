/** A planned gauge study, reading by reading in the order of its sheet: which part, who, which trial; no limits, no earlier values. */
import { useEffect, useState } from "preact/hooks";
import { unitText } from "../../draw/amount";
import { useGet } from "../../lib/load";
import type { Inspected } from "./inspect";
import { Pad, pressed } from "./pad";
import { taken, waiting } from "./queue";
import { t } from "./words";

interface Line { order: number; appraiser: string; trial: number; part: string; value: number | null }
interface Study { name: string; machine: string; test: string; title: string; unit: string; gauge: string; lines: Line[] }

/** Read by the plant, or kept on this device until the plant has it. */
const made = (study: Study, line: Line): boolean => line.value !== null || waiting.value.some(({ act, args }) =>
  act === "inspect" && args.plan === study.name && args.appraiser === line.appraiser && args.trial === line.trial && args.unit === line.part);

export function Walk({ name, back, keep }: { name: string; back: () => void; keep: (found: Inspected, words: string) => void }) {
  const { data: study, problem, again } = useGet<Study>(`gauge-studies/${encodeURIComponent(name)}`);
  const [order, setOrder] = useState<number>(), [text, setText] = useState("");
  useEffect(() => { if (taken.value) again(); }, [taken.value]);
  if (problem) return <p class="bad" role="alert">{problem.message}</p>;
  if (!study) return <p class="soft" aria-busy="true">&nbsp;</p>;
  const { lines } = study, open = lines.filter((x) => !made(study, x)), line = lines.find((x) => x.order === order) ?? open[0];
  const go = (to: Line | undefined) => { setOrder(to?.order); setText(""); };
  const after = (x: Line): Line | undefined => open.find((o) => o.order > x.order) ?? open.find((o) => o.order !== x.order);
  const counted = <p class="soft num" role="status">{t("readingsOf", { n: lines.length - open.length, of: lines.length })}</p>;
  if (!line) return <><h3>✓ {t("studyDone")}</h3>{counted}<p class="bar"><button class="tall" onClick={() => go(lines[lines.length - 1])}>← {t("readAgain")}</button><a class="button tall" href={`/quality/gauges?study=${encodeURIComponent(name)}`}>{t("studyResult")}</a></p></>;
  const value = text === "" || text === "-" || text === "." ? undefined : Number(text), before = lines.findLast((x) => x.order < line.order);
  const done = () => {
    keep({ unit: line.part, test: study.test, value, plan: name, appraiser: line.appraiser, trial: line.trial, ...(study.gauge && { gauge: study.gauge }) }, `${line.appraiser}, ${line.trial}: ${text} ${unitText(study.unit)}`.trim());
    go(after(line));
  };
  return (
    <form class="scrap walk" onSubmit={(e) => { e.preventDefault(); if (value !== undefined) done(); }}>
      <div>
        <output class="entered" aria-live="polite">{text || <span class="soft">{t("valueOf")}</span>} <small class="soft">{text && unitText(study.unit)}</small></output>
        <Pad label={t("valueOf")} signed press={(key) => setText((was) => pressed(was, key, 12))} />
      </div>
      <div>
        <h3>{name} · {study.title}</h3>
        <dl class="reading" aria-live="polite"><dt>{t("studyPart")}</dt><dd>{line.part}</dd><dt>{t("studyWho")}</dt><dd>{line.appraiser}</dd><dt>{t("studyTrial")}</dt><dd>{line.trial}</dd></dl>
        {counted}
        <progress value={lines.length - open.length} max={lines.length} aria-label={t("readingsOf", { n: lines.length - open.length, of: lines.length })} />
        {made(study, line) && <p class="soft">{t("readAlready")}</p>}
        <p class="bar"><button type="button" class="tall" onClick={() => (before ? go(before) : back())}>← {t("back")}</button>
          <button type="button" class="tall" disabled={!after(line)} onClick={() => go(after(line))}>{t("skipReading")} →</button></p>
        <button class="main tall" disabled={value === undefined}>{t("keepValue")}</button>
      </div>
    </form>
  );
}
