/** The stops of the last hours: each can be given another reason, several can be joined under one. */
import { useState } from "preact/hooks";
import { clock, length } from "../../lib/format";
import { StatePill } from "../../draw/state";
import { Dialog } from "./dialog";
import { Reasons, textOf } from "./reasons";
import { lasted, type Stop } from "./stops";
import { t } from "./words";

interface Given { stops: Stop[]; lately: string[]; open: (stop: Stop) => void; merge: (stops: Stop[], code: string) => void }

const keyOf = (s: Stop): string => `${s.machine} ${s.since}`;

export function List({ stops, lately, open, merge }: Given) {
  const [short, setShort] = useState(false);
  const [picked, setPicked] = useState<string[] | null>(null);
  const [asking, setAsking] = useState(false);
  const small = stops.filter((s) => s.minor && !s.reason && !s.ongoing);
  const shown = short ? stops : stops.filter((s) => !small.includes(s));
  const chosen = stops.filter((s) => picked?.includes(keyOf(s)));
  const tap = (s: Stop) => {
    if (!picked) return open(s);
    const key = keyOf(s);
    const others = chosen.filter((c) => c.machine === s.machine).map(keyOf);
    setPicked(others.includes(key) ? others.filter((k) => k !== key) : [...others, key]);
  };
  return (
    <section class="card list">
      <header>
        <h2 class="grow">{t("stops")}</h2>
        <label class="inline"><input type="checkbox" checked={short} onChange={(e) => setShort(e.currentTarget.checked)} />{t("short", { n: small.length })}</label>
        <button aria-pressed={!!picked} onClick={() => setPicked(picked ? null : [])}>{picked ? t("cancel") : t("merge")}</button>
        {picked && <button class="main" disabled={chosen.length < 2} onClick={() => setAsking(true)}>{t("mergeNow", { n: chosen.length })}</button>}
      </header>
      {picked && <p class="soft small">{t("mergeHelp")}</p>}
      {!shown.length && <p class="soft">{t("noStops")}</p>}
      <ol>
        {shown.map((s) => (
          <li key={keyOf(s)}>
            <button aria-pressed={picked ? picked.includes(keyOf(s)) : undefined} onClick={() => tap(s)}>
              <span class="num when">{clock(s.since)}</span>
              <span class="num">{length(lasted(s))}</span>
              <StatePill state={s.state} />
              <span class={`reason ${s.reason ? "" : s.needs_reason ? "bad" : "soft"}`}>{s.reason ? textOf(s.reason) : s.needs_reason ? `▲ ${t("wants")}` : s.minor ? t("small") : s.planned ? "" : t("unplanned")}</span>
              {s.kept ? <span class="soft small">⏳ {t("kept")}</span> : s.who && <span class="soft small">{t("by", { who: s.who })}</span>}
            </button>
          </li>
        ))}
      </ol>
      {asking && (
        <Dialog title={t("mergeNow", { n: chosen.length })} close={() => setAsking(false)}>
          <Reasons lately={lately} taken={(code) => { merge(chosen, code); setAsking(false); setPicked(null); }} />
        </Dialog>
      )}
    </section>
  );
}
