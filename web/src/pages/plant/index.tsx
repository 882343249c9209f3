/** Plant: machines, shifts, products and reasons as they are on paper, and the paper itself. */
import { may } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import { Editor } from "./editor";
import { Overview } from "./overview";
import "./plant.css";
import { t } from "./words";

export default function Page() {
  const tab = chosen("tab", "overview") === "text" ? "text" : "overview";
  return (
    <main class="page plant">
      <div class="tabs" role="tablist" aria-label={t("overview")}>
        {(["overview", "text"] as const).map((x) => <button key={x} role="tab" aria-selected={tab === x} onClick={() => choose({ tab: x === "overview" ? undefined : x, line: undefined })}>{t(x)}</button>)}
      </div>
      <div role="tabpanel" class="sheets">{tab === "overview" ? <Overview /> : may("engineer") ? <Editor /> : <section class="card"><p>{t("engineer")}</p></section>}</div>
    </main>
  );
}
