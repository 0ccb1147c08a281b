import { greet } from "./greet.js";
import { joinNames } from "./list.js";
import { capitalize } from "./names.js";

const names = process.argv.slice(2).join(" ").split(",");
console.log(greet(joinNames(names.map(capitalize))));
