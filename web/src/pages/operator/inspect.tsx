/** What was found on a part: which test, which part, the value on big keys; outside the limits it says so before it is kept. */
import { useState } from "preact/hooks";
import { unitText } from "../../draw/amount";
import { figure } from "../../lib/format";
import { post } from "../../lib/api";
import { useGet } from "../../lib/load";
import { Dialog } from "./dialog";
import { Pad, pressed } from "./pad";
import { Walk } from "./walk";
import { t } from "./words";

interface Test { test: string; title: string; unit: string; low: number | null; high: number | null; gauge: string; product: string }
export interface Inspected { unit: string; test: string; value?: number; verdict?: string; gauge?: string; product?: string; photo?: string; why?: string; plan?: string; appraiser?: string; trial?: number }
/** Planned gauge studies that are offered: those of the last two months. */
const LATELY = 60 * 86_400_000;
interface Measured { machines: { tests: { name: string; title: string; unit: string; low: number | null; high: number | null }[] }[] }

/** What is measured at a machine: as plant.toml describes it, and what was measured lately. */
function useTests(machine: string, product: string): { tests: Test[]; problem: string | undefined; ready: boolean } {
  const described = useGet<Test[]>("measured/tests", { at: machine }), lately = useGet<Measured>("measured", { at: machine, last: "30 d" });
  const found = new Map<string, Test>();
  for (const x of lately.data?.machines[0]?.tests ?? []) found.set(x.name, { ...x, test: x.name, gauge: "", product: "" });
  for (const d of described.data ?? []) if (!d.product || d.product === product) found.set(d.test, d);
  return { tests: [...found.values()], problem: (described.problem ?? lately.problem)?.message, ready: [described, lately].every((x) => x.data || x.problem) };
}

export function Inspect({ title, machine, product, keep, close }: { title: string; machine: string; product: string; keep: (found: Inspected, words: string, more?: boolean) => void; close: () => void }) {
  const { tests, problem, ready } = useTests(machine, product), [name, setName] = useState(""), [study, setStudy] = useState("");
  const planned = useGet<{ name: string; machine: string; test: string; made_at: number }[]>("gauge-studies");
  const studies = (planned.data ?? []).filter((x) => x.machine === machine && x.made_at / 1000 > Date.now() - LATELY);
  const test = tests.find((x) => x.test === name);
  return (
    <Dialog title={study ? t("studyAt", { machine: title }) : t("inspectAt", { machine: title })} close={close}>
      {study ? <Walk name={study} back={() => setStudy("")} keep={(found, words) => keep(found, words, true)} /> : test ? <Entry key={test.test} test={test} product={product} several={tests.length > 1} back={() => setName("")} keep={keep} />
        : <>{problem && <p class="bad">{problem}</p>}{ready && !problem && !tests.length && <p class="soft">{t("noTests")}</p>}
          <div class="taps">{ready && tests.map((x) => <button key={x.test} onClick={() => setName(x.test)}>{x.title || x.test}<small class="soft num">{limits(x)}</small></button>)}</div>
          {ready && studies.length > 0 && <><h3>{t("studies")}</h3><div class="taps">{studies.map((x) => <button key={x.name} onClick={() => setStudy(x.name)}>{x.name}<small class="soft">{tests.find((y) => y.test === x.test)?.title || x.test}</small></button>)}</div></>}</>}
    </Dialog>
  );
}

const limits = (x: Test): string => (x.low === null && x.high === null ? "" : `${x.low === null ? "" : figure(x.low, 6)} … ${x.high === null ? "" : figure(x.high, 6)} ${unitText(x.unit)}`);

function Entry({ test, product, several, back, keep }: { test: Test; product: string; several: boolean; back: () => void; keep: (found: Inspected, words: string) => void }) {
  const [photo, setPhoto] = useState(""), [text, setText] = useState(""), [unit, setUnit] = useState(""), [gauge, setGauge] = useState(test.gauge), [why, setWhy] = useState("");
  const value = text === "" || text === "-" || text === "." ? undefined : Number(text);
  const outside = value !== undefined && ((test.low !== null && value < test.low) || (test.high !== null && value > test.high));
  const judged = value !== undefined && (test.low !== null || test.high !== null);
  const done = (found: Partial<Inspected>, said: string) => keep({ unit: unit.trim(), test: test.test, ...(gauge && { gauge }), ...(product && { product }), ...(photo && { photo }), ...(why && { why }), ...found }, `${test.title || test.test} ${said}`);
  return (
    <form class="scrap" onSubmit={(e) => { e.preventDefault(); if (value !== undefined) done({ value }, `${text} ${unitText(test.unit)}`.trim()); }}>
      <div>
        <output class={`entered ${outside ? "bad" : ""}`} aria-live="polite">{text || <span class="soft">{t("valueOf")}</span>} <small class="soft">{text && unitText(test.unit)}</small></output>
        <p class={judged && outside ? "bad" : "soft"} role="status">{limits(test)}{judged && ` · ${outside ? `✕ ${t("outsideLimits")}` : `✓ ${t("insideLimits")}`}`}&nbsp;</p>
        <Pad label={t("valueOf")} signed={test.low === null || test.low < 0} press={(key) => setText((was) => pressed(was, key, 12))} />
      </div>
      <div>
        <h3>{test.title || test.test}</h3>
        <label class="wide">{t("partOf")}<input required value={unit} onInput={(e) => setUnit(e.currentTarget.value)} autocomplete="off" /></label>
        <label class="wide">{t("gaugeOf")}<input value={gauge} onInput={(e) => setGauge(e.currentTarget.value)} /></label>
        <label class="wide">{t("noteOf")}<input value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
        <Photo name={photo} set={setPhoto} />
        <p class="bar">{several && <button type="button" class="tall" onClick={back}>← {t("back")}</button>}
          <button type="button" class="tall" disabled={!unit.trim()} onClick={() => done({ verdict: "passed" }, t("isGood"))}>✓ {t("isGood")}</button>
          <button type="button" class="tall" disabled={!unit.trim()} onClick={() => done({ verdict: "failed" }, t("isBad"))}>✕ {t("isBad")}</button></p>
        <button class="main tall" disabled={value === undefined || !unit.trim()}>{t("keepValue")}</button>
      </div>
    </form>
  );
}

/** A photo of the part, sent at once: without a link there is none, and the value is kept without it. */
function Photo({ name, set }: { name: string; set: (name: string) => void }) {
  const [problem, setProblem] = useState("");
  const take = async (file: File | undefined) => {
    setProblem("");
    if (!file) return set("");
    try {
      set((await post<{ name: string }>("photos", file)).name);
    } catch (why) {
      set("");
      setProblem(why instanceof Error ? why.message : String(why));
    }
  };
  return (
    <label class="wide">{t("photoOf")}{name && ` ✓ ${t("photoKept")}`}
      <input type="file" accept="image/jpeg,image/png,image/webp" capture="environment" onChange={(e) => void take(e.currentTarget.files?.[0])} />
      {problem && <small class="bad" role="alert">{problem}</small>}
    </label>
  );
}
