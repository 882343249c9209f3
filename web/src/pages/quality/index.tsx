/** Quality: control charts, capability, gauges; of whatever is measured at a machine. */
import { Sorry } from "../../frame/app";
import { Period, Place, type Last } from "../../lib/period";
import { choose, chosen, here } from "../../lib/router";
import { type Tested, useTested } from "./asked";
import { ChartPage } from "./chart";
import { Overview } from "./overview";
import "./quality.css";
import { t } from "./words";

const PERIODS: Last[] = ["shift", "today", "yesterday", "24 h", "week", "7 d", "30 d", "this month", "month"];
const TABS = ["charts"] as const;

export default function Page() {
  const at = chosen("at"), tested = useTested(at), tab = here.value.pathname.split("/")[2] ?? "charts";
  const kept = new URLSearchParams([...here.value.searchParams].filter(([name]) => ["at", "test", "last", "since", "until"].includes(name)));
  if (tested.problem && !tested.data) return <Sorry problem={tested.problem} again={tested.again} />;
  return (
    <main class="page quality" aria-busy={tested.loading}>
      <section class="bar"><h1>{t("title")}</h1>
        <nav class="tabs" aria-label={t("title")}>{TABS.map((x) => <a key={x} class="button" href={`/quality${x === "charts" ? "" : `/${x}`}?${kept}`} aria-current={tab === x ? "page" : undefined}>{t(x)}</a>)}</nav>
        <Place at={at} set={(to) => choose({ at: to, test: undefined, point: undefined, zoom: undefined })} /><Period otherwise="30 d" periods={PERIODS} around={tested.data} />
      </section>
      {tested.data && <Charts tested={tested.data} at={at} />}
    </main>
  );
}

function Charts({ tested, at }: { tested: Tested; at: string }) {
  const test = chosen("test"), of = tested.machines.find((m) => m.machine === at);
  if (!test) return <Overview tested={tested} />;
  return (<>
    <header class="bar"><a class="button" href={`/quality?${new URLSearchParams([...here.value.searchParams].filter(([n]) => ["last", "since", "until"].includes(n)))}`}>← {t("back")}</a>
      <h2>{of?.title || at} · {of?.tests.find((x) => x.name === test)?.title || test}</h2>
      {of && of.tests.length > 1 && <select aria-label={t("test")} value={test} onChange={(e) => choose({ test: e.currentTarget.value, point: undefined, zoom: undefined, baseline: undefined })}>{of.tests.map((x) => <option key={x.name} value={x.name}>{x.title || x.name}</option>)}</select>}
    </header>
    <ChartPage key={`${at} ${test}`} at={at} test={test} of={of} />
  </>);
}
