/** Sources and their health; and the way from an address to a machine that is heard. */
import { useEffect, useState } from "preact/hooks";
import { type Problem, send } from "../../lib/api";
import { useGet } from "../../lib/load";
import { enter } from "../../lib/plant";
import { Address } from "./address";
import { Arrive } from "./arrive";
import { Listen } from "./listen";
import { Proposal } from "./proposal";
import type { Choices, Source, Visit, Way, Written } from "./shapes";
import { Sources } from "./sources";
import { Progress } from "./steps";
import { Try } from "./try";
import { t } from "./words";
import "./connect.css";

type Stage = { at: 0 } | { at: 1; visit: Visit; user: string } | { at: 2; visit: Visit } | { at: 3; visit: Visit } | { at: 4; written: Written };
const EVERY = 2000;

export default function Page() {
  const [stage, setStage] = useState<Stage>();
  const [problem, setProblem] = useState("");
  const sources = useSources();
  const choices = useGet<Choices>(stage ? "connect/choices" : null).data;
  const visiting = stage && "visit" in stage ? stage.visit.visit : "";
  useEffect(() => {
    if (!visiting) return;
    const leave = () => void send("DELETE", `connect/visits/${visiting}`, undefined, { keepalive: true }).catch(() => {});
    addEventListener("pagehide", leave);
    return () => removeEventListener("pagehide", leave);
  }, [visiting]);
  const end = () => {
    if (visiting) void send("DELETE", `connect/visits/${visiting}`).catch(() => {});
    setProblem("");
    setStage(undefined);
  };
  const begin = async (what: Record<string, string>, user = "") => {
    setProblem("");
    try {
      setStage({ at: 1, visit: await send<Visit>("POST", "connect/visits", what), user });
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };
  const take = (way: Way, user: string) => void begin({ connector: way.connector, url: way.url, user }, user);
  return (
    <main class="page connect">
      {problem && <p role="alert" class="card bad">{problem}</p>}
      {stage && (
        <section class="card visit">
          <header><Progress at={stage.at} /><span class="grow" /><button onClick={end}>{stage.at === 4 ? t("close") : t("cancel")}</button></header>
          {stage.at === 0 && <Address choices={choices} take={take} />}
          {stage.at === 1 && <Try visit={stage.visit} user={stage.user} next={() => setStage({ at: 2, visit: stage.visit })} />}
          {stage.at === 2 && <Listen visit={stage.visit} next={() => setStage({ at: 3, visit: stage.visit })} />}
          {stage.at === 3 && choices && <Proposal visit={stage.visit} choices={choices} back={() => setStage({ at: 2, visit: stage.visit })} done={(written) => { setStage({ at: 4, written }); void enter(); }} />}
          {stage.at === 4 && <Arrive written={stage.written} sources={sources} done={end} />}
        </section>
      )}
      <Sources rows={sources} visit={(source) => void begin({ source })} add={() => setStage({ at: 0 })} />
    </main>
  );
}

/** The sources, read again every two seconds while the page is looked at. */
function useSources(): Source[] | undefined {
  const { data, again } = useGet<Source[]>("sources");
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) again(); }, EVERY);
    return () => clearInterval(timer);
  }, []);
  return data;
}
