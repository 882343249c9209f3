import { render } from "preact";
import { App } from "./frame/app";
import "./frame/look.css";

render(<App />, document.getElementById("app")!);
