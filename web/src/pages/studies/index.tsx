/** Studies: the catalogue, one study asked and answered, and the questions that stand. */
import { here } from "../../lib/router";
import { Catalogue } from "./catalogue";
import { StandingQuestions } from "./standing";
import "./studies.css";
import { StudyPage } from "./study";
import { t } from "./words";

export default function Page() {
  const [, , name, number] = here.value.pathname.split("/");
  if (name && name !== "standing") return <StudyPage key={name} name={decodeURIComponent(name)} />;
  return (
    <main class="page studies">
      <nav class="tabs" aria-label={t("catalogue")}>
        <a class="button" href="/studies" aria-current={name ? undefined : "page"}>{t("catalogue")}</a>
        <a class="button" href="/studies/standing" aria-current={name ? "page" : undefined}>{t("standing")}</a>
      </nav>
      {name === "standing" ? <StandingQuestions number={number} /> : <Catalogue />}
    </main>
  );
}
