import { greet } from "./greet.js";
import { capitalize } from "./names.js";

console.log(greet(capitalize(process.argv.slice(2).join(" "))));
