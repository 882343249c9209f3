/** One study: asked by its form, answered in tiles, picture and tables, with its method and what it rests on. */
import { useState } from "preact/hooks";
import { Sorry } from "../../frame/app";
import { say } from "../../frame/toast";
import { address, type Query } from "../../lib/api";
import { lang } from "../../lib/i18n";
import { useGet } from "../../lib/load";
import { may, theme } from "../../lib/plant";
import { choose, chosen, here } from "../../lib/router";
import { AboutStudy } from "./about";
import { AskAgain } from "./again";
import { AnswerShown, Evidence } from "./answer";
import { Form, question } from "./form";
import { type About, type Answer, named } from "./told";
import { t } from "./words";

const TABS = ["answer", "method", "evidence"] as const;

export function StudyPage({ name }: { name: string }) {
  const about = useGet<About>(`studies/${name}/about`);
  if (about.problem) return <Sorry problem={about.problem} again={about.again} />;
  return <main class="page studies" aria-busy={!about.data}>{about.data && <Study about={about.data} />}</main>;
}

function Study({ about }: { about: About }) {
  const said = question(about), { data, problem, loading } = useGet<Answer>(`studies/${about.name}`, said);
  const [asking, setAsking] = useState(false);
  const tab = chosen("tab", "answer");
  return (<>
    <header class="bar">
      <div class="grow"><p class="small soft"><a href="/studies">{t("catalogue")}</a></p><h1>{named(about.title)}</h1><p class="soft">{about.summary}</p></div>
      <Save about={about} said={said} answer={data} />
      <button onClick={() => void copy()}>{t("link")}</button>
      {may("engineer") && !about.timeless && <button onClick={() => setAsking(true)} disabled={!data}>{t("again")}</button>}
    </header>
    <Form about={about} />
    <div class="scroll"><div class="tabs" role="tablist">
      {TABS.map((x) => <button key={x} role="tab" aria-selected={tab === x} onClick={() => choose({ tab: x === "answer" ? undefined : x })}>{t(x)}</button>)}
    </div></div>
    <div class="shown" role="tabpanel" aria-busy={loading}>
      {tab === "method" ? <AboutStudy about={about} />
        : problem ? <section class="card sorry" role="alert"><p>{problem.message}</p></section>
        : data && (tab === "evidence" ? <Evidence answer={data} /> : <AnswerShown answer={data} />)}
    </div>
    {asking && <AskAgain about={about} close={() => setAsking(false)} />}
  </>);
}

async function copy(): Promise<void> {
  await navigator.clipboard.writeText(here.value.href);
  say(t("copied"));
}

/** Links that save the answer as a file. */
function Save({ about, said, answer }: { about: About; said: Query; answer: Answer | undefined }) {
  const kinds = ["xlsx", "csv", "parquet", ...(answer?.picture ? ["png", "svg", "pdf"] : [])];
  const link = (format: string) => address(`studies/${about.name}`, { ...said, format, lang: lang.value, ...(["png", "svg", "pdf"].includes(format) ? { theme: theme.value } : {}) });
  return (
    <details class="menu">
      <summary class="button">{t("save")}</summary>
      <ul>{kinds.map((k) => <li key={k}><a href={link(k)} download="">{k === "xlsx" ? "Excel" : k === "parquet" ? "Parquet" : k.toUpperCase()}</a></li>)}</ul>
    </details>
  );
}
