/** How a study works: method and formula, source, what it needs of a machine, each of its figures. */
import { unitText } from "../../draw/amount";
import { type About, named } from "./told";
import { t } from "./words";

export function AboutStudy({ about }: { about: About }) {
  return (
    <div class="cols">
      <section class="card">
        <h2>{t("formula")}</h2>
        <Prose text={about.method} />
        <p class="soft">{about.adds ? t("adds") : t("apart")}</p>
        {about.source && <><h2>{t("source")}</h2><Prose text={about.source} /></>}
        {about.example && <details><summary>{t("example")}</summary><pre class="scroll">{about.example}</pre></details>}
      </section>
      <section class="card">
        <h2>{t("needs")}</h2>
        <div class="scroll"><table><tbody>
          {about.roles.map((r) => <tr key={r.name}><td><code>{r.roles.map((g) => g.join(" / ")).join(" + ") || r.name}</code></td><td>{r.required ? t("required") : t("optional")}</td><td class="soft">{r.help}</td></tr>)}
          {about.knowledge.map((k) => <tr key={k}><td><code>{k}</code></td><td>{t("from")}</td><td /></tr>)}
        </tbody></table></div>
        <h2>{t("figures")}</h2>
        <div class="scroll"><table>
          <thead><tr><th>{t("figure")}</th><th>{t("unit")}</th><th>{t("meaning")}</th></tr></thead>
          <tbody>{about.figures.map((f) => <tr key={f.name}><td>{about.headline.includes(f.name) ? <b>{named(f.title)}</b> : named(f.title)}</td><td>{f.unit === "1" ? "%" : unitText(f.unit)}</td><td class="soft">{f.help}</td></tr>)}</tbody>
        </table></div>
      </section>
    </div>
  );
}

/** Paragraphs; what is set in stays as it is (a formula), and codes are marked. */
function Prose({ text }: { text: string }) {
  return <>{text.split(/\n{2,}/).map((p, n) => (/^\s{2,}/.test(p) ? <pre key={n} class="scroll">{p}</pre> : <p key={n}>{p.split(/(`+[^`]+`+)/).map((s, i) => (s.startsWith("`") ? <code key={i}>{s.replaceAll("`", "")}</code> : s))}</p>))}</>;
}
