/** The andon cord: which machine, who is called; one touch more and it hangs on every board. */
import { useEffect, useRef, useState } from "preact/hooks";
import { call, KINDS, kindWord, type Kind } from "../../lib/calls";
import { calls } from "../../lib/live";
import { plant } from "../../lib/plant";
import { titleOf } from "./calls";
import { t } from "./words";

const SIGNS: Record<Kind, string> = {
  maintenance: "M14.7 4.3l-2.6 2.6-2-.5-.5-2 2.6-2.6a4 4 0 00-5.3 4.9L2 11.6A1.9 1.9 0 004.6 14l4.9-4.9a4 4 0 005.2-4.8z",
  quality: "M6.5 1.5a5 5 0 104 8l3.6 3.6 1-1-3.6-3.6a5 5 0 00-5-7zm0 1.6a3.4 3.4 0 110 6.8 3.4 3.4 0 010-6.8z",
  material: "M8 1l6.5 3.4v7.2L8 15l-6.5-3.4V4.4zM8 2.8L4 4.9 8 7l4-2.1zM3 6.1v4.6l4.3 2.2V8.4zm10 0L8.7 8.4v4.5l4.3-2.2z",
  supervisor: "M8 1.5a3.2 3.2 0 110 6.4 3.2 3.2 0 010-6.4zM2 14.5c0-3.4 2.6-5.4 6-5.4s6 2 6 5.4z",
};

export function Sign({ kind }: { kind: string }) {
  return <svg viewBox="0 0 16 16" width="28" height="28" aria-hidden="true"><path fill="currentColor" fill-rule="evenodd" d={SIGNS[kind as Kind] ?? SIGNS.supervisor} /></svg>;
}

export function Cord({ machine, done }: { machine: string; done: () => void }) {
  const [at, setAt] = useState(machine), [text, setText] = useState(""), [busy, setBusy] = useState(false);
  const box = useRef<HTMLDialogElement>(null), machines = plant.value?.machines ?? [];
  useEffect(() => box.current?.showModal(), []);
  const standing = new Set(calls.value.filter((c) => c.machine === at).map((c) => c.kind));
  const pull = async (kind: Kind) => {
    setBusy(true);
    if (await call(at, kind, text, titleOf(at))) done();
    else setBusy(false);
  };
  return (
    <dialog ref={box} class="pull" onClose={done} onClick={(e) => { if (e.target === box.current) done(); }} aria-label={t("call")}>
      <form method="dialog" onSubmit={(e) => e.preventDefault()}>
        <h2>{machine ? t("callTo", { machine: titleOf(machine) }) : t("call")}</h2>
        {!machine && (
          <label>{t("machine")}<select value={at} onChange={(e) => setAt(e.currentTarget.value)} autofocus>
            <option value="">–</option>{machines.map((m) => <option key={m.path} value={m.path}>{m.title && m.title !== m.path ? `${m.title} (${m.path})` : m.path}</option>)}
          </select></label>
        )}
        <label>{t("said")}<input value={text} maxLength={500} onInput={(e) => setText(e.currentTarget.value)} /></label>
        <fieldset disabled={!at || busy}><legend>{t("whom")}</legend>
          {KINDS.map((kind, n) => (
            <button key={kind} type="button" autofocus={n === 0 && machine !== ""} disabled={standing.has(kind)} onClick={() => void pull(kind)}>
              <Sign kind={kind} />{kindWord(kind)}
            </button>
          ))}
        </fieldset>
        <div class="bar"><span class="grow" /><button type="button" onClick={done}>{t("cancel")}</button></div>
      </form>
    </dialog>
  );
}
