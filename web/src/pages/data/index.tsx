/** Data: what was heard, what came in, what was refused, how long it is kept, copies of it, and whether it is sound. */
import { choose, chosen } from "../../lib/router";
import { CoverageMap } from "./coverage";
import "./data.css";
import { Keeping, Retention, Storage } from "./keeping";
import { Receipts, Refused } from "./receipts";
import { t } from "./words";

const TABS = { coverage: CoverageMap, receipts: Receipts, refused: Refused, retention: Retention, keeping: Keeping, storage: Storage };
type Tab = keyof typeof TABS;

export default function Page() {
  const tab = chosen("tab", "coverage") as Tab, Shown = TABS[tab] ?? CoverageMap;
  return (
    <main class="page data">
      <div class="scroll"><div class="tabs" role="tablist">
        {(Object.keys(TABS) as Tab[]).map((x) => <button key={x} role="tab" aria-selected={tab === x} onClick={() => choose({ tab: x === "coverage" ? undefined : x })}>{t(x)}</button>)}
      </div></div>
      <div role="tabpanel" class="sheets"><Shown /></div>
    </main>
  );
}
