import assert from "node:assert/strict";
import test from "node:test";
import { greet } from "../src/greet.js";
import { capitalize } from "../src/names.js";

test("a name is greeted", () => assert.equal(greet("Ada"), "Hello, Ada!"));
test("nobody is a stranger", () => assert.equal(greet(" "), "Hello, stranger!"));
test("names are capitalized", () => assert.equal(capitalize("ada LOVELACE"), "Ada Lovelace"));
