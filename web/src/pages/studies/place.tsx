/** A choice of places: the whole plant, its lines, their machines. */
import { plant } from "../../lib/plant";
import { t } from "./words";

export function Place({ value, choose }: { value: string; choose: (to: string) => void }) {
  const on = plant.value!;
  return (
    <label>{t("place")}
      <select value={value} onChange={(e) => choose(e.currentTarget.value)}>
        <option value="">{t("everything")}</option>
        {on.lines.map((line) => (
          <optgroup key={line} label={line}>
            <option value={line}>{line}</option>
            {on.machines.filter((m) => m.line === line).map((m) => <option key={m.path} value={m.path}>{m.title && m.title !== m.path ? `${m.path} · ${m.title}` : m.path}</option>)}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
