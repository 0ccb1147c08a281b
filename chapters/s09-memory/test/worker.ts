// Saves memories as fast as it can: worker.ts FOLDER PREFIX COUNT
import { Workspace } from "@course/runtime";
import { MemoryStore } from "@course/s09-memory";

const [folder = "", prefix = "", count = "0"] = process.argv.slice(2);
const store = new MemoryStore(new Workspace(folder));
console.log("ready");
for (let number = 0; number < Number(count); number++) {
  store.save({ name: `${prefix}-${number}`, description: `From ${prefix}.`, type: "project", content: "x" });
  console.log(number);
}
