/** Alarms: what stands and waits for somebody, what was, what is kept back, and whether there are too many. */
import { alarms } from "../../lib/live";
import { choose, chosen } from "../../lib/router";
import { asAlarms, waits } from "./alarm";
import "./alarms.css";
import { Defined } from "./defined";
import { History } from "./history";
import { Hidden } from "./hidden";
import { Load } from "./load";
import { Standing } from "./standing";
import { t } from "./words";

const TABS = { standing: Standing, history: History, hidden: Hidden, load: Load, defined: Defined };
type Tab = keyof typeof TABS;

export default function Alarms() {
  const said = chosen("tab", "standing"), tab: Tab = said in TABS ? (said as Tab) : "standing", Shown = TABS[tab];
  const waiting = asAlarms(alarms.value).filter(waits).length;
  return (
    <main class="page alarms">
      <div class="bar">
        <h1>{t("title")}</h1>
        <div class="tabs" role="tablist" aria-label={t("title")}>
          {(Object.keys(TABS) as Tab[]).map((x) => (
            <button key={x} role="tab" aria-selected={x === tab} onClick={() => choose({ tab: x === "standing" ? "" : x, sort: "" })}>{t(x)}{x === "standing" && waiting > 0 && <em class="count">{waiting}</em>}</button>
          ))}
        </div>
      </div>
      <Shown />
    </main>
  );
}
