/** One machine: what it did, what its signals said, what it made; or all machines side by side. */
import { here } from "../../lib/router";
import { plant } from "../../lib/plant";
import { Every } from "./every";
import { One } from "./one";
import "./machine.css";

export default function Page() {
  const path = decodeURIComponent(here.value.pathname.replace(/^\/machines\/?/, "")).replace(/\/$/, "");
  const known = plant.value!.machines.find((m) => m.path === path);
  return known ? <One key={known.path} machine={known} /> : <Every line={path} />;
}
