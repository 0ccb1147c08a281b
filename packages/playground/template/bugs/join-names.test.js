import assert from "node:assert/strict";
import test from "node:test";
import { joinNames } from "../src/list.js";

// Reported: "npm start -- Ada, Grace" greets somebody called undefined.
test("the last name of a list is greeted by its name", () => {
  assert.equal(joinNames(["Ada", "Grace"]), "Ada and Grace");
});
