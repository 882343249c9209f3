/** The andon cord: whom to call to a machine, and the calls that stand there. */
import { useState } from "preact/hooks";
import { clock } from "../../lib/format";
import { Dialog } from "./dialog";
import { t } from "./words";

export const KINDS = ["maintenance", "quality", "material", "supervisor"] as const;
export type Kind = (typeof KINDS)[number];
const MARKS: Record<Kind, string> = { maintenance: "🔧", quality: "◎", material: "▤", supervisor: "☺" };
export const kindOf = (kind: string): string => (KINDS.includes(kind as Kind) ? t(kind as Kind) : kind);

/** A call that nobody has ended. */
export interface Standing { number: number; machine: string; kind: string; at: number; by: string }
interface Given { title: string; standing: Standing[]; call: (kind: Kind, text: string) => void; end: (kind: string) => void; close: () => void }

export function Call({ title, standing, call, end, close }: Given) {
  const [text, setText] = useState("");
  return (
    <Dialog title={t("callAt", { machine: title })} close={close}>
      {standing.map((c) => (
        <p class="stands" key={c.number}>
          <b>{kindOf(c.kind)}</b> <span class="soft">{t("standing", { from: clock(c.at) })} · {c.by ? t("comes", { who: c.by }) : t("nobody")}</span>
          <span class="grow" /><button onClick={() => end(c.kind)}>{t("endCall")}</button>
        </p>
      ))}
      <label class="wide">{t("sayMore")}<input value={text} maxLength={500} onInput={(e) => setText(e.currentTarget.value)} /></label>
      <div class="taps calls">
        {KINDS.filter((k) => !standing.some((c) => c.kind === k)).map((k) => (
          <button key={k} onClick={() => call(k, text.trim())}><span class="mark" aria-hidden="true">{MARKS[k]}</span>{t(k)}</button>
        ))}
      </div>
    </Dialog>
  );
}
