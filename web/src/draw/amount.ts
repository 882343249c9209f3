/** A value with its UCUM unit as people read it: ratios as per cent, microseconds as lengths, codes as words. */
import type { Plain } from "../lib/api";
import { clockSeconds, day, figure, length, money, percent, probable } from "../lib/format";
import { lang } from "../lib/i18n";
import { plant } from "../lib/plant";

const WORDS: Record<string, [string, string]> = {
  "{part}": ["parts", "件"], "{part}/h": ["parts/h", "件/小时"], "/h": ["/h", "/小时"], "[ppm]": ["ppm", "ppm"], "{alarm}": ["alarms", "条报警"], "{opportunity}": ["opportunities", "个机会"],
  "{U}": ["", ""], "{beta}": ["", ""], s: ["s", "秒"], min: ["min", "分钟"], h: ["h", "小时"], "Cel": ["°C", "°C"], "kW.h": ["kWh", "kWh"],
};

const cents = (value: number, unit: string): string => (Math.abs(value) < 100 && value % 1 ? value.toLocaleString(lang.value === "zh" ? "zh-CN" : "en-GB", { style: "currency", currency: unit }) : money(value, unit));

export const unitText = (unit: string): string => (unit === "1" || unit.startsWith("us") ? "" : (WORDS[unit]?.[lang.value === "zh" ? 1 : 0] ?? (unit.startsWith("{") ? "" : unit)));

/** The unit behind a number: one part is no parts. */
const ONE: Record<string, string> = { parts: "part", alarms: "alarm", opportunities: "opportunity" };
const wordBehind = (value: number, unit: string): string => (Math.abs(value) === 1 ? ONE[unitText(unit)] ?? unitText(unit) : unitText(unit));

/** Significant digits of what was measured, and of everything else. */
export const EXACT = 6, ROUGH = 4;

export function amount(value: Plain | undefined, unit = "", digits = ROUGH): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "✓" : "–";
  if (Array.isArray(value) || typeof value === "object") return String(Array.isArray(value) ? value.length : "");
  if (typeof value === "string") return value;
  if (unit === "1") return percent(value);
  if (unit === "{p}") return probable(value);
  if (unit === "us") return value < 0 ? `−${length(-value)}` : length(value);
  if (unit === "us{1970}") return `${day(value)} ${clockSeconds(value)}`;
  if (unit === "s" && Math.abs(value) >= 600) return length(Math.round(value * 1e6));
  if (unit.startsWith("us/")) return `${figure(value / 1e6)} ${unitText("s")}`;
  if (unit && unit === plant.value?.currency) return cents(value, unit);
  return `${figure(value, digits)} ${wordBehind(value, unit)}`.trim();
}

/** The same in two parts: the figure, and what is written smaller behind it. */
export function parted(value: Plain | undefined, unit = "", digits = ROUGH): [string, string] {
  const text = amount(value, unit, digits), word = typeof value === "number" && unit !== "1" ? wordBehind(value, unit) : "";
  return word && text.endsWith(word) ? [text.slice(0, -word.length).trim(), word] : [text, ""];
}
