/** plant.toml as a text: checked while it is written, saved only if it is right and nobody changed it meanwhile. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Sorry } from "../../frame/app";
import { say } from "../../frame/toast";
import { get, Problem, send } from "../../lib/api";
import { lang } from "../../lib/i18n";
import { useGet } from "../../lib/load";
import { enter } from "../../lib/plant";
import { t } from "./words";

interface Mistake { line: number; text: string; warning: boolean }
interface Paper { text: string; digest: string; mistakes: Mistake[]; copies: { name: string; replaced: string }[] }

export function Editor() {
  const { data, problem, again } = useGet<Paper>("paper");
  if (problem) return <Sorry problem={problem} again={again} />;
  return data ? <Sheet key={data.digest} paper={data} again={again} /> : <section class="card editor" aria-busy="true" />;
}

function Sheet({ paper, again }: { paper: Paper; again: () => void }) {
  const [text, setText] = useState(paper.text), [saved, setSaved] = useState(paper), [mistakes, setMistakes] = useState<Mistake[] | null>(paper.mistakes);
  const [why, setWhy] = useState(""), [busy, setBusy] = useState(false), [trouble, setTrouble] = useState("");
  const area = useRef<HTMLTextAreaElement>(null), gutter = useRef<HTMLDivElement>(null);
  const changed = text !== saved.text, wrong = mistakes?.filter((m) => !m.warning) ?? [];

  useEffect(() => {
    if (!changed) { setMistakes(saved.mistakes); return; }
    setMistakes(null);
    let current = true;
    const wait = setTimeout(() => void send<{ mistakes: Mistake[] }>("POST", "paper/check", { text }).then((r) => { if (current) setMistakes(r.mistakes); }, (e: Problem) => say(e.message, { bad: true })), 350);
    return () => { current = false; clearTimeout(wait); };
  }, [text, lang.value, saved]);
  useEffect(() => {
    const warn = (e: BeforeUnloadEvent) => { if (changed) e.preventDefault(); };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [changed]);

  const save = async () => {
    if (!changed || wrong.length || mistakes === null || busy) return;
    setBusy(true);
    setTrouble("");
    try {
      const now = await send<Paper>("PUT", "paper", { text, digest: saved.digest, why });
      setSaved(now);
      setWhy("");
      say(t("saved"));
      setTimeout(() => void enter(), 1500);
    } catch (error) {
      setTrouble(error instanceof Problem && error.status === 412 ? t("others") : (error as Error).message);
    }
    setBusy(false);
  };
  const goTo = (line: number) => {
    const at = text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0), end = text.indexOf("\n", at), box = area.current!;
    box.focus();
    box.setSelectionRange(at, end < 0 ? text.length : end);
    box.scrollTop = Math.max(0, (line - 8) * parseFloat(getComputedStyle(box).lineHeight));
  };
  const bring = async (name: string) => {
    setText((await get<{ text: string }>(`paper/copies/${name}`)).text);
    say(t("brought"));
  };
  const marked = new Map(mistakes?.map((m) => [m.line, m]));

  return (
    <div class="desk">
      <section class="card editor">
        <header>
          <span class="grow small soft">{t("keys")}</span>
          <span role="status" class={changed ? "" : "soft"}>{changed ? `● ${t("changed")}` : t("unchanged")}</span>
          <button disabled={!changed} onClick={() => confirm(t("sure")) && setText(saved.text)}>{t("undo")}</button>
          <button class="main" disabled={!changed || busy || mistakes === null || wrong.length > 0} onClick={() => void save()}>{t("save")}</button>
        </header>
        {trouble && <p role="alert" class="bad">{trouble} <button onClick={again}>{t("again")}</button></p>}
        <div class="paper" onKeyDown={(e) => { if ((e.ctrlKey || e.metaKey) && e.key === "s") { e.preventDefault(); void save(); } }}>
          <div class="gutter" ref={gutter} aria-hidden="true">{text.split("\n").map((_, i) => { const m = marked.get(i + 1); return <div key={i} class={m ? (m.warning ? "warning" : "wrong") : ""}>{m ? (m.warning ? "▲" : "✕") : ""} {i + 1}</div>; })}</div>
          <textarea ref={area} aria-label={t("editor")} spellcheck={false} autocapitalize="off" wrap="off" value={text} onInput={(e) => setText(e.currentTarget.value)} onScroll={(e) => (gutter.current!.scrollTop = e.currentTarget.scrollTop)} />
        </div>
      </section>
      <aside class="side">
        <section class="card" aria-live="polite">
          <h2>{mistakes === null ? t("check") : wrong.length ? `✕ ${t("mistakes", { n: wrong.length })}` : `✓ ${t("right")}`}</h2>
          <ul class="mistakes">{mistakes?.map((m, i) => <li key={i} class={m.warning ? "" : "bad"}><button class="quiet" onClick={() => goTo(m.line)}>{m.warning ? "▲" : "✕"} {t("line", { n: m.line })}</button> {m.text}</li>)}</ul>
          <label>{t("why")}<input value={why} maxLength={2000} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
        </section>
        <section class="card"><h2>{t("copies")}</h2>
          {saved.copies.length ? <ul class="copies">{saved.copies.slice(0, 20).map((c) => <li key={c.name}><span class="num">{c.replaced}</span> <button class="quiet" onClick={() => void bring(c.name)}>{t("bring")}</button></li>)}</ul> : <p class="soft">{t("none")}</p>}
        </section>
      </aside>
    </div>
  );
}
