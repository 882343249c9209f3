/** Every request to the house goes through here: language, CSRF header, problems as errors, abort. */
import { lang } from "./i18n";

export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };
export type Row = Record<string, Plain>;

/** What went wrong, in the reader's language (RFC 9457 problem+json). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly type = "about:blank",
  ) {
    super(detail);
  }
}

export type Query = Record<string, string | number | boolean | undefined | (string | number)[]>;

export function address(path: string, query: Query = {}): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== "") found.append(name, String(one));
  const text = found.toString();
  return `/api/${path}${text ? `?${text}` : ""}`;
}

/** Called when the plant has accounts and nobody is logged in. */
export const onStranger = { call: () => {} };

async function answer<T>(path: string, query: Query, init: RequestInit): Promise<T> {
  const response = await fetch(address(path, query), {
    ...init,
    headers: { accept: "application/json", "accept-language": lang.value, "x-andon": "1", ...init.headers },
  });
  if (!response.ok) throw await problem(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function problem(response: Response): Promise<Problem> {
  if (response.status === 401) onStranger.call();
  const said = await response.json().catch(() => ({}));
  return new Problem(response.status, said.title ?? response.statusText, said.detail ?? response.statusText, said.type);
}

export const get = <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> =>
  answer<T>(path, query, { signal: signal ?? null });

/** Send a file as it is. */
export const post = <T>(path: string, file: Blob): Promise<T> =>
  answer<T>(path, {}, { method: "POST", body: file, headers: { "content-type": "application/octet-stream" } });

/** Write something; `init` may add headers and an abort signal. */
export const send = <T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, init: RequestInit = {}): Promise<T> =>
  answer<T>(path, {}, {
    ...init,
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json", ...init.headers } }),
  });
