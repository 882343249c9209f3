/** Leave a note about a moment or a stretch. */
import { useEffect, useRef, useState } from "preact/hooks";
import { send, type Problem } from "../../lib/api";
import { clockSeconds, day, iso } from "../../lib/format";
import { say } from "../../frame/toast";
import type { Stretch } from "../../draw/fold";
import { t } from "./words";

export function NoteForm({ machine, about, close }: { machine: string; about: Stretch; close: (saved: boolean) => void }) {
  const ref = useRef<HTMLDialogElement>(null), [text, setText] = useState(""), [busy, setBusy] = useState(false);
  useEffect(() => ref.current!.showModal(), []);
  const [since, until] = about, when = `${day(since)} ${clockSeconds(since)}${until > since ? ` – ${clockSeconds(until)}` : ""}`;
  const save = async (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    try {
      await send("POST", "acts/note", { machine, text, about: until > since ? `${iso(since)}/${iso(until)}` : iso(since) });
      say(t("noted"));
      close(true);
    } catch (error) { say((error as Problem).message, { bad: true }); setBusy(false); }
  };
  return (
    <dialog ref={ref} onClose={() => close(false)} aria-label={t("noteText")}>
      <form onSubmit={(e) => void save(e)} class="noteform">
        <label>{t("noteFor", { at: when })}<textarea rows={4} cols={46} required value={text} onInput={(e) => setText(e.currentTarget.value)} autofocus /></label>
        <div class="bar"><span class="grow" /><button type="button" onClick={() => close(false)}>{t("cancel")}</button><button class="main" disabled={busy || !text.trim()}>{t("save")}</button></div>
      </form>
    </dialog>
  );
}
