/** Quality: control charts, capability, gauges; of whatever is measured at a machine. */
import { Sorry } from "../../frame/app";
import { Period, Place, type Last } from "../../lib/period";
import { choose, chosen, here } from "../../lib/router";
import { type Tested, useTested } from "./asked";
import { CapabilityPage } from "./capability";
import { ChartPage } from "./chart";
import { Elsewhen } from "./elsewhen";
import { Gauges } from "./gauges";
import { Overview } from "./overview";
import "./quality.css";
import { t } from "./words";

const PERIODS: Last[] = ["shift", "today", "yesterday", "24 h", "week", "7 d", "30 d", "this month", "month"];
/** Buttons a machine; more tests than these are in the list above. */
const OFFERED = 24;
const TABS = ["charts", "capability", "gauges"] as const;

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
      {tested.data && (tab === "capability" ? <Capability tested={tested.data} at={at} /> : tab === "gauges" ? <><header class="bar"><Chooser tested={tested.data} at={at} test={chosen("test")} /></header><Gauges tested={tested.data} /></> : <Charts tested={tested.data} at={at} />)}
    </main>
  );
}

function Charts({ tested, at }: { tested: Tested; at: string }) {
  const test = chosen("test"), of = tested.machines.find((m) => m.machine === at);
  if (!test) return <Overview tested={tested} />;
  return (<>
    <header class="bar"><a class="button" href={`/quality?${new URLSearchParams([...here.value.searchParams].filter(([n]) => ["last", "since", "until"].includes(n)))}`}>← {t("back")}</a><Chooser tested={tested} at={at} test={test} /></header>
    <ChartPage key={`${at} ${test}`} at={at} test={test} of={of} />
  </>);
}

function Capability({ tested, at }: { tested: Tested; at: string }) {
  const test = chosen("test"), of = tested.machines.find((m) => m.machine === at);
  return (<>
    <header class="bar"><Chooser tested={tested} at={at} test={test} /></header>
    {of && test ? <CapabilityPage key={`${at} ${test}`} of={of} test={test} /> : <Offered tested={tested} />}
  </>);
}

/** All tests to choose from, where none is chosen yet. */
function Offered({ tested }: { tested: Tested }) {
  if (!tested.machines.length) return <section class="card sorry"><p>{t("nothing")}</p><Elsewhen at={chosen("at")} /></section>;
  return (
    <section class="card">
      <p>{t("pickTest")}</p>
      {tested.machines.map((m) => (
        <section key={m.machine}><h2>{m.title || m.machine}</h2>
          <p class="bar">{m.tests.slice(0, OFFERED).map((x) => <button key={x.name} onClick={() => choose({ at: m.machine, test: x.name })}>{x.title || x.name}</button>)}</p>
        </section>
      ))}
    </section>
  );
}

/** Which test of which machine. */
function Chooser({ tested, at, test }: { tested: Tested; at: string; test: string }) {
  const pick = (value: string) => { const [m, x] = value.split("\n"); choose({ at: m, test: x, point: undefined, zoom: undefined, baseline: undefined, study: undefined }); };
  return (
    <label class="inline">{t("theTest")}
      <select value={`${at}\n${test}`} onChange={(e) => pick(e.currentTarget.value)}>
        {!test && <option value={`${at}\n`}>–</option>}
        {tested.machines.map((m) => <optgroup key={m.machine} label={m.title || m.machine}>{m.tests.map((x) => <option key={x.name} value={`${m.machine}\n${x.name}`}>{x.title || x.name}</option>)}</optgroup>)}
      </select>
    </label>
  );
}
