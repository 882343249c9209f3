/** Reading from the house inside a page: loads, loads again when what it depends on changes, aborts what is out of date. */
import { useEffect, useState } from "preact/hooks";
import { get, type Problem, type Query } from "./api";
import { lang } from "./i18n";

export interface Loaded<T> { data: T | undefined; problem: Problem | undefined; loading: boolean; again: () => void }

/** `path` null: nothing to load yet. */
export function useGet<T>(path: string | null, query: Query = {}): Loaded<T> {
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<{ data?: T; problem?: Problem; loading: boolean }>({ loading: path !== null });
  const key = `${path}|${JSON.stringify(query)}|${lang.value}|${round}`;
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    setFound((f) => ({ ...f, loading: true }));
    get<T>(path, query, abort.signal).then(
      (data) => setFound({ data, loading: false }),
      (problem: Problem) => { if (problem.name !== "AbortError") setFound({ problem, loading: false }); },
    );
    return () => abort.abort();
  }, [key]);
  return { data: found.data, problem: found.problem, loading: found.loading, again: () => setRound((r) => r + 1) };
}
