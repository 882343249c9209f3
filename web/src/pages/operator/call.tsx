/** The andon cord: whom to call to a machine, and the calls that stand there. */
import { useState } from "preact/hooks";
import { clock } from "../../lib/format";
import type { Call as Standing } from "../../lib/live";
import { KINDS, kindOf, type Kind } from "../../lib/calls";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { t } from "./words";

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
          <button key={k} onClick={() => call(k, text.trim())}><Icon name={k} size={32} />{kindOf(k)}</button>
        ))}
      </div>
    </Dialog>
  );
}
