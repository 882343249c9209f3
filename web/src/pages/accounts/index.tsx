/** People, tokens and the log of what they did; for admins of the whole plant. */
import { Sorry } from "../../frame/app";
import { useGet } from "../../lib/load";
import { me } from "../../lib/plant";
import { choose, chosen } from "../../lib/router";
import "./accounts.css";
import { Log } from "./log";
import { First, People, type Account } from "./people";
import { Tokens } from "./tokens";
import { t } from "./words";

const TABS = ["people", "tokens", "log"] as const;

export default function Page() {
  const tab = TABS.find((x) => x === chosen("tab")) ?? "people";
  const accounts = useGet<Account[]>("accounts");
  if (accounts.problem) return <Sorry problem={accounts.problem} again={accounts.again} />;
  return (
    <main class="page accounts" aria-busy={!accounts.data}>
      <div class="bar">
        <h1 class="grow">{t("title")}</h1>
        <div class="tabs" role="tablist" aria-label={t("title")}>
          {TABS.map((x) => <button key={x} role="tab" aria-selected={x === tab} onClick={() => choose({ tab: x === "people" ? undefined : x })}>{t(x)}</button>)}
        </div>
      </div>
      {accounts.data && tab === "people" && (me.value?.accounts ? <People accounts={accounts.data} again={accounts.again} /> : <First />)}
      {accounts.data && tab === "tokens" && <Tokens />}
      {accounts.data && tab === "log" && <Log />}
    </main>
  );
}
