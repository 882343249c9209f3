/** One stop becomes two: where the second part begins, and why it stood then. */
import { useState } from "preact/hooks";
import { clockSeconds, length } from "../../lib/format";
import { now } from "../../lib/live";
import { Dialog } from "./dialog";
import { Reasons, textOf } from "./reasons";
import type { Stop } from "./stops";
import { t } from "./words";

const SECOND = 1e6, MINUTE = 60e6;

interface Given { stop: Stop; lately: string[]; split: (at: number, code: string) => void; close: () => void }

export function Split({ stop, lately, split, close }: Given) {
  const [until] = useState(() => (stop.ongoing ? Math.max(now(), stop.until) : stop.until));
  const [at, setAt] = useState(() => stop.since + Math.round((until - stop.since) / 2 / SECOND) * SECOND);
  const move = (to: number) => setAt(Math.min(Math.max(to, stop.since + SECOND), until - SECOND));
  const share = ((at - stop.since) / (until - stop.since)) * 100;
  return (
    <Dialog title={`${t("split")}: ${stop.title || stop.machine}`} close={close}>
      <h3>{t("splitAt")} <output>{clockSeconds(at)}</output></h3>
      <div class="halves" aria-hidden="true">
        <span style={{ flexBasis: `${share}%` }}>{length(at - stop.since)}<small>{stop.reason ? textOf(stop.reason) : t("first")}</small></span>
        <span style={{ flexBasis: `${100 - share}%` }}>{length(until - at)}<small>{t("second")}</small></span>
      </div>
      <input type="range" class="cut" aria-label={t("splitAt")} min={stop.since + SECOND} max={until - SECOND} step={SECOND} value={at} onInput={(e) => move(Number(e.currentTarget.value))} />
      <div class="bar"><button onClick={() => move(at - MINUTE)}>− {t("earlier")}</button><span class="grow" /><button onClick={() => move(at + MINUTE)}>{t("afterwards")} +</button></div>
      <h3>{t("splitWhy")}</h3>
      <Reasons lately={lately} taken={(code) => split(at, code)} />
    </Dialog>
  );
}
