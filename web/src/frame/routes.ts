/** The pages: where each stands in the menu, and its code, loaded when it is first looked at. */
import type { ComponentType } from "preact";
import type { Me } from "../lib/plant";

export interface Route { path: string; name: RouteName; right?: Me["right"]; bare?: boolean; aside?: boolean; load: () => Promise<{ default: ComponentType }> }
export type RouteName = "now" | "losses" | "machines" | "operator" | "quality" | "yield" | "studies" | "alarms" | "reports" | "connect" | "plant" | "data" | "accounts" | "wall" | "proposals";

export const ROUTES: Route[] = [
  { path: "/", name: "now", load: () => import("../pages/now") },
  { path: "/losses", name: "losses", load: () => import("../pages/losses") },
  { path: "/machines", name: "machines", load: () => import("../pages/machines") },
  { path: "/operator", name: "operator", right: "operator", load: () => import("../pages/operator") },
  { path: "/quality", name: "quality", load: () => import("../pages/quality") },
  { path: "/yield", name: "yield", load: () => import("../pages/yield") },
  { path: "/alarms", name: "alarms", load: () => import("../pages/alarms") },
  { path: "/studies", name: "studies", load: () => import("../pages/studies") },
  { path: "/reports", name: "reports", load: () => import("../pages/reports") },
  { path: "/connect", name: "connect", right: "engineer", load: () => import("../pages/connect") },
  { path: "/plant", name: "plant", load: () => import("../pages/plant") },
  { path: "/data", name: "data", load: () => import("../pages/data") },
  { path: "/accounts", name: "accounts", right: "admin", load: () => import("../pages/accounts") },
  { path: "/proposals", name: "proposals", right: "operator", aside: true, load: () => import("../pages/proposals") },
  { path: "/wall", name: "wall", bare: true, load: () => import("../pages/wall") },
];

/** The page of an address: the longest path that it begins with, so that `/machines/line-1/press-3` is a machine's. */
export function routeOf(pathname: string): Route | undefined {
  const fits = ROUTES.filter((r) => (r.path === "/" ? pathname === "/" : pathname === r.path || pathname.startsWith(r.path + "/")));
  return fits.sort((a, b) => b.path.length - a.path.length)[0];
}
