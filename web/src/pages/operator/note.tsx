/** What is to be remembered of a machine; and the reason of a stop that does not show because the link is down. */
import { useState } from "preact/hooks";
import { now, online } from "../../lib/live";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { Reasons } from "./reasons";
import { t } from "./words";

export function Note({ title, keep, close }: { title: string; keep: (text: string) => void; close: () => void }) {
  const [text, setText] = useState("");
  return (
    <Dialog title={t("noteAt", { machine: title })} close={close}>
      <form onSubmit={(e) => { e.preventDefault(); keep(text.trim()); }}>
        <label class="wide">{t("noteText")}<textarea rows={4} required autofocus value={text} onInput={(e) => setText(e.currentTarget.value)} /></label>
        <button class="main tall" disabled={!text.trim()}>{t("keep")}</button>
      </form>
    </Dialog>
  );
}

const AGO = [0, 2, 5, 10, 20, 30, 60];

export function Unseen({ open }: { open: () => void }) {
  return online.value ? null : <button onClick={open}><Icon name="plus" />{t("another")}</button>;
}

Unseen.Dialog = function ({ lately, gave, close }: { lately: string[]; gave: (at: number, code: string) => void; close: () => void }) {
  const [ago, setAgo] = useState(0);
  return (
    <Dialog title={t("another")} close={close}>
      <p class="soft">{t("anotherHelp")}</p>
      <div class="bar ago">{AGO.map((m) => <button key={m} aria-pressed={m === ago} onClick={() => setAgo(m)}>{m ? t("ago", { n: m }) : t("justNow")}</button>)}</div>
      <Reasons lately={lately} taken={(code) => gave(now() - ago * 60e6, code)} />
    </Dialog>
  );
};
