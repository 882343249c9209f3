/** How figures, moments and lengths are written: by the reader's language and the plant's time zone. */
import { lang } from "./i18n";
import { zone } from "./plant";

const locale = () => (lang.value === "zh" ? "zh-CN" : "en-GB");
const formats = new Map<string, Intl.DateTimeFormat>();
function dated(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()}|${zone.value}|${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale(), { timeZone: zone.value, hourCycle: "h23", ...options })));
  return found;
}

/** A moment (microseconds since 1970) on the plant's clocks. */
export const clock = (us: number): string => dated({ hour: "2-digit", minute: "2-digit" }).format(us / 1000);
export const clockSeconds = (us: number): string => dated({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(us / 1000);
export const day = (us: number): string => dated({ weekday: "short", day: "numeric", month: "short" }).format(us / 1000);
export const dayClock = (us: number): string => `${day(us)} ${clock(us)}`;
/** A moment as acts and settings take it: UTC to the microsecond. */
export const iso = (at: number): string => `${new Date(Math.floor(at / 1000)).toISOString().slice(0, -1)}${String(Math.floor(at % 1000)).padStart(3, "0")}Z`;

/** A length (microseconds): 45 s, 12 min, 3 h 05, 2 d 4 h. */
export function length(us: number): string {
  const s = Math.round(us / 1e6), zh = lang.value === "zh";
  if (s < 60) return zh ? `${s} 秒` : `${s} s`;
  if (s < 3600) return zh ? `${Math.floor(s / 60)} 分钟` : `${Math.floor(s / 60)} min`;
  if (s < 86400) return zh ? `${Math.floor(s / 3600)} 小时 ${Math.floor((s % 3600) / 60)} 分` : `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}`;
  return zh ? `${Math.floor(s / 86400)} 天 ${Math.floor((s % 86400) / 3600)} 小时` : `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export const number = (x: number | null | undefined, digits = 0): string =>
  x == null ? "–" : x.toLocaleString(locale(), { maximumFractionDigits: digits, minimumFractionDigits: digits });
/** Up to `digits` significant digits; of a whole number none is rounded away. */
export const figure = (x: number | null | undefined, digits = 4): string =>
  x == null ? "–" : x.toLocaleString(locale(), { maximumSignificantDigits: Math.min(21, Math.max(digits, String(Math.trunc(Math.abs(x))).length)) });
export const percent = (x: number | null | undefined, digits = 1): string => (x == null ? "–" : `${number(x * 100, digits)} %`);
/** A p-value: four decimals, and no more than "< 0.0001". */
export const probable = (x: number): string => (x >= 0 && x < 0.0001 ? "< 0.0001" : number(x, 4));
export const money = (x: number | null | undefined, currency: string): string =>
  x == null ? "–" : x.toLocaleString(locale(), { style: "currency", currency, maximumFractionDigits: 0 });
