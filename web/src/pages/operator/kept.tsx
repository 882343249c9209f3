/** What this device keeps because the plant could not be reached, or because it was not taken. */
import { useEffect, useState } from "preact/hooks";
import { clock } from "../../lib/format";
import { online } from "../../lib/live";
import { me } from "../../lib/plant";
import { blocked, sendAnyway, takeBack, waiting } from "./queue";
import { textOf } from "./reasons";
import { t } from "./words";

/** A link that is gone for less (ms) is not worth a word: it comes and goes with every page. */
const GRACE = 3000;

export function Kept() {
  const [down, setDown] = useState(false), up = online.value;
  useEffect(() => {
    if (up) return setDown(false);
    const timer = setTimeout(() => setDown(true), GRACE);
    return () => clearTimeout(timer);
  }, [up]);
  const rows = waiting.value, wrong = rows.filter((r) => r.state !== "waiting"), held = rows.filter((r) => r.state === "waiting");
  const foreign = held.filter((r) => r.who !== me.value?.who);
  const long = held.filter((r) => Date.now() - r.hold > 2000 && r.who === me.value?.who);
  return (
    <>
      {down && <p class="card offline" role="status"><b aria-hidden="true">⚠</b> {t("offline")} {held.length > 0 && <b>{t("keptN", { n: held.length })}</b>}</p>}
      {online.value && long.length > 0 && <p class="card offline" role="status">⏳ {t("sending", { n: long.length })} {blocked.value}</p>}
      {foreign.length > 0 && <p class="card offline" role="status">{t("keptN", { n: foreign.length })}: {t("otherPerson", { who: foreign[0]!.who })}</p>}
      {wrong.map((r) => {
        const [who, code] = r.said.split("|");
        return (
          <section key={r.id} class="card conflict" role="alert">
            <p><b>{r.state === "overtaken" ? t("overtaken") : t("refused")}</b> · {r.label} <span class="soft">{t("meant", { at: clock(r.tapped * 1000) })}</span></p>
            <p>{r.state === "overtaken" ? t("theirs", { who: who || t("somebody"), reason: code ? textOf(code) : t("noReason") }) : r.said}</p>
            <p class="bar">
              <button onClick={() => void takeBack([r.id])}>{r.state === "overtaken" ? t("leave") : t("drop")}</button>
              <button class="main" onClick={() => void sendAnyway(r.id)}>{r.state === "overtaken" ? t("mine") : t("again")}</button>
            </p>
          </section>
        );
      })}
    </>
  );
}
