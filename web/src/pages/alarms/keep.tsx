/** Keep an alarm from people, for a time or until it is mended; never without a reason. */
import { useEffect, useRef, useState } from "preact/hooks";
import { acted } from "./alarm";
import { t } from "./words";

export interface Keeping { a: { place: string; alarm: string }; how: "shelve" | "out_of_service" }
const TIMES = { min15: "15 min", h1: "1 h", h8: "8 h", h24: "24 h" } as const;

export function Keep({ a, how, done }: Keeping & { done: () => void }) {
  const [time, setTime] = useState<string>(TIMES.h1), [why, setWhy] = useState(""), [busy, setBusy] = useState(false);
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    if (await acted(how, a, how === "shelve" ? { time, why } : { why })) done();
    else setBusy(false);
  };
  return (
    <dialog ref={box} class="keep" onClose={done} aria-label={t(how === "shelve" ? "shelveTitle" : "outTitle", a)}>
      <form onSubmit={(e) => void submit(e)}>
        <h2>{t(how === "shelve" ? "shelveTitle" : "outTitle", a)}</h2>
        <p class="soft">{a.place} · {t(how === "shelve" ? "shelveHelp" : "outHelp")}</p>
        {how === "shelve" && <div><span class="soft small" id="keeptime">{t("time")}</span><div class="tabs" role="group" aria-labelledby="keeptime">{(Object.keys(TIMES) as (keyof typeof TIMES)[]).map((x) => <button key={x} type="button" aria-pressed={time === TIMES[x]} onClick={() => setTime(TIMES[x])}>{t(x)}</button>)}</div></div>}
        <label>{t("why")}<input value={why} required maxLength={300} autofocus onInput={(e) => setWhy(e.currentTarget.value)} /></label>
        <div class="bar"><span class="grow" /><button type="button" onClick={done}>{t("cancel")}</button><button class="main" disabled={busy || !why.trim()}>{t("doIt")}</button></div>
      </form>
    </dialog>
  );
}
