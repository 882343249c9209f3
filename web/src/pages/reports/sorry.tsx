import type { Problem } from "../../lib/api";

/** Why there is nothing to see, in words. */
export function Sorry({ problem }: { problem: Problem }) {
  return <section class="card" role="alert"><h2>{problem.title}</h2><p>{problem.message}</p></section>;
}
