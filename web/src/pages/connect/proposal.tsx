/** Step 4: machines and signals as they would be, each with its reason; to be corrected and confirmed. */
import { useEffect, useState } from "preact/hooks";
import { get, type Problem, send } from "../../lib/api";
import { lang } from "../../lib/i18n";
import { STATES } from "../../house";
import { shown, type Candidate, type Choices, type Proposal as Made, type Suggestion, type Visit, type Written } from "./shapes";
import { t } from "./words";

type Correct = (body: { words?: string[]; machine?: string; address?: string; right?: boolean; states?: Record<string, string> }) => Promise<void>;
const FEW = 8;

export function Proposal({ visit, choices, back, done }: { visit: Visit; choices: Choices; back: () => void; done: (written: Written) => void }) {
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const tried = async (work: () => Promise<void>) => {
    setProblem("");
    try {
      await work();
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };
  useEffect(() => void tried(async () => setMade(await get<Made>(`connect/visits/${visit.visit}/proposal`, { anew: true }))), [visit.visit]);
  const correct: Correct = (body) => tried(async () => setMade(await send<Made>("POST", `connect/visits/${visit.visit}/correct`, body)));
  const confirm = () => tried(async () => {
    setBusy(true);
    try {
      done(await send<Written>("POST", `connect/visits/${visit.visit}/confirm`));
    } finally {
      setBusy(false);
    }
  });
  if (!made) return <p role="status">{problem || t("proposal")}</p>;
  const machines = made.machines.filter((m) => m.taken && m.signals.some((s) => s.taken)).length;
  return (
    <>
      <h2>{t("proposal")} {made.asked > 0 && <span class="chip doubt">? {t("doubt", { n: made.asked })}</span>}</h2>
      <p class="soft small">{t("proposalHelp")}</p>
      {made.notes.map((n) => <p key={n} class="bad small">! {n}</p>)}
      {made.machines.map((m) => <Machine key={m.signals[0]?.address ?? m.path} machine={m} choices={choices} correct={correct} />)}
      {problem && <p role="alert" class="bad">{problem}</p>}
      <p class="bar confirm"><button onClick={back}>{t("back")}</button><span class="grow" />
        {made.signals ? <button class="main" disabled={busy} onClick={() => void confirm()}>{t("write", { signals: made.signals, machines })}</button> : <span class="soft">{t("noneTaken")}</span>}</p>
    </>
  );
}

function Machine({ machine, choices, correct }: { machine: Candidate; choices: Choices; correct: Correct }) {
  const [all, setAll] = useState(false);
  const telling = machine.signals.filter((s) => s.role !== "other" || s.ask), others = machine.signals.filter((s) => !telling.includes(s));
  const rows = [...telling, ...(all ? others : others.slice(0, FEW))];
  return (
    <section class={`candidate ${machine.taken ? "" : "left"}`}>
      <header class="bar">
        {machine.known ? <h3>{machine.path} <span class="soft">{t("inPlant")}</span></h3>
          : <label class="inline">{t("machine")}<Edited value={machine.path} title={t("line")} pattern="[\w.\-]+(/[\w.\-]+)*" save={(to) => correct({ words: ["rename", machine.path, to] })} /></label>}
        {!machine.known && <label class="inline">{t("title")}<Edited value={machine.title} save={(to) => correct({ words: ["title", machine.path, ...to.split(" ")] })} /></label>}
        <span class="grow" />
        <button onClick={() => void correct({ words: [machine.taken ? "drop" : "keep", machine.path] })}>{machine.taken ? t("dropAll") : t("keepAll")}</button>
      </header>
      {machine.taken && <div class="scroll"><table class="lines">
        <thead><tr><th>{t("takeIt")}</th><th>{t("name")}</th><th>{t("role")}</th><th class="num">{t("now")}</th><th>{t("unit")}</th><th>{t("kind")}</th><th>{t("why")}</th></tr></thead>
        <tbody>{rows.map((s) => <Line key={s.address} one={s} machine={machine.path} choices={choices} correct={correct} />)}</tbody>
      </table></div>}
      {machine.taken && others.length > FEW && <button class="quiet" onClick={() => setAll(!all)}>{all ? t("fewer") : t("more", { n: others.length - FEW })}</button>}
    </section>
  );
}

function Line({ one, machine, choices, correct }: { one: Suggestion; machine: string; choices: Choices; correct: Correct }) {
  const line = String(one.line), is = (words: string[]) => void correct({ words });
  return (
    <>
      <tr class={`${one.taken ? "" : "left"} ${one.ask ? "asked" : ""}`} title={one.address}>
        <td><input type="checkbox" aria-label={`${t("takeIt")} ${one.name}`} checked={one.taken} onChange={() => is([one.taken ? "drop" : "keep", line])} /></td>
        <td><Edited value={one.name} label={`${t("name")} ${one.name}`} pattern="[\w.\-]+" save={(to) => correct({ words: ["rename", line, to] })} /></td>
        <td><select aria-label={`${t("role")} ${one.name}`} value={one.role} onChange={(e) => is(["role", line, e.currentTarget.value])}>
          {choices.roles.map((r) => <option key={r.name} value={r.name} title={r.help}>{r.name}</option>)}</select></td>
        <td class="num">{shown(one.value)}</td>
        <td>{["count", "state", "text", "boolean"].includes(one.kind) ? <span class="soft">{one.unit === "{part}" ? "" : one.unit}</span> : <Edited value={one.unit} label={`${t("unit")} ${one.name}`} narrow save={(to) => correct({ words: ["unit", line, to] })} />}</td>
        <td><select aria-label={`${t("kind")} ${one.name}`} value={one.kind} onChange={(e) => is(["kind", line, e.currentTarget.value])}>{choices.kinds.map((k) => <option key={k}>{k}</option>)}</select></td>
        <td class="why"><small class={one.ask ? "bad" : "soft"}>{one.ask ? `? ${one.ask}` : one.why}</small></td>
      </tr>
      {one.taken && one.role === "state" ? <tr class="detail"><td /><td colSpan={6}><States one={one} machine={machine} choices={choices} correct={correct} /></td></tr>
        : one.taken && one.ask ? <tr class="detail"><td /><td colSpan={6}><span class="bar">
          <button onClick={() => void correct({ machine, address: one.address, right: true })}>✓ {t("yes")}: {one.role}</button>
          <button onClick={() => void correct({ machine, address: one.address, right: false })}>{t("no")}</button></span></td></tr> : null}
    </>
  );
}

/** What the words of a state mean: a ready map by its name, or word by word. */
function States({ one, machine, choices, correct }: { one: Suggestion; machine: string; choices: Choices; correct: Correct }) {
  const map = one.keys.states, known = typeof map === "object" && map ? map : {};
  const [word, setWord] = useState("");
  const [told, setTold] = useState<Record<string, string>>({});
  const words = { ...Object.fromEntries(Object.keys(one.open).filter(Boolean).map((w) => [w, one.open[w]!])), ...known, ...told };
  const said = (state: string) => STATES[state]?.[lang.value] ?? state;
  return (
    <div class="states">
      <label class="inline">{t("presets")}<select value={typeof map === "string" ? map : ""} onChange={(e) => e.currentTarget.value && void correct({ words: ["states", String(one.line), e.currentTarget.value] })}>
        <option value="">–</option>{choices.maps.map((m) => <option key={m}>{m}</option>)}</select></label>
      {typeof map !== "string" && <>
        {Object.entries(words).map(([w, state]) => (
          <label key={w} class="inline"><code>{w}</code><select value={state} onChange={(e) => setTold({ ...told, [w]: e.currentTarget.value })}>
            <option value="">{t("keepUnknown")}</option>{choices.states.map((s) => <option key={s} value={s}>{said(s)}</option>)}</select></label>
        ))}
        <span class="bar"><input aria-label={t("another")} placeholder={t("another")} size={10} value={word} onInput={(e) => setWord(e.currentTarget.value)} /><button disabled={!word.trim()} onClick={() => { setTold({ ...told, [word.trim()]: "" }); setWord(""); }}>＋</button></span>
        {(one.ask || Object.keys(told).length > 0) && <button class="main" onClick={() => void correct({ machine, address: one.address, states: words }).then(() => setTold({}))}>{t("saveStates")}</button>}
      </>}
    </div>
  );
}

/** A text that is saved when its field is left or Enter is pressed. */
function Edited({ value, save, label, title, pattern, narrow }: { value: string; save: (to: string) => Promise<void>; label?: string; title?: string; pattern?: string; narrow?: boolean }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const leave = () => { if (text.trim() !== value && text.trim()) void save(text.trim()).finally(() => setText(value)); else setText(value); };
  return <input aria-label={label} title={title} pattern={pattern} size={narrow ? 6 : Math.max(8, Math.min(text.length + 1, 28))} value={text} spellcheck={false}
    onInput={(e) => setText(e.currentTarget.value)} onBlur={leave} onKeyDown={(e) => { if (e.key === "Enter") e.currentTarget.blur(); if (e.key === "Escape") setText(value); }} />;
}
