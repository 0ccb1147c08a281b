// Settings that are refused, with the file's name and line: rules that can match nothing, keys that nobody knows.
import { expect, test } from "vitest";
import { load } from "./load-settings.ts";

const REFUSED: [rule: string, message: RegExp][] = [
  ["Read(./src/../.env)", /in the middle/],
  ["Read(.//.env)", /in the middle/],
  ["Read(src//x)", /in the middle/],
  ["Read(src/./x)", /in the middle/],
  ["Read(!.env)", /meaning of its own/],
  ["Read(#x)", /meaning of its own/],
  ["Read($HOME/**)", /variables are not filled in/],
  ["Read(${HOME}/**)", /variables are not filled in/],
  ["Read(~)", /write ~\/\*\*/],
  ["Read(~root/x)", /your own home/],
  ["Read(.)", /write \.\/\*\*/],
  ["Read(..)", /a folder alone/],
  ["Read(/)", /a folder alone/],
  ['Read(".env")', /quote/],
  ["Read({.env,x})", /braces/],
  ["Read(C:\\secrets)", /backslash/],
  ["Grep(.env)", /Meant Read\(\.env\)/],
  ["Glob(secrets/**)", /Meant Read/],
  ["Bsh", /Bsh is no tool here/],
  ["Raed(.env)", /Raed is no tool/],
  ["wirte_file", /is no tool here/],
  ["Bash(:*)", /names no command/],
  ["Bash(rm:* -rf)", /only at the end/],
  ["Bash(curl x | sh)", /command by command/],
  ["Bash(cd x && rm y)", /command by command/],
  ["Bash(FOO=1 rm:*)", /variable/],
  ["Bash($(rm x))", /without quotes or variables/],
];

test.each(REFUSED)("deny %s is refused, for it can match nothing", (rule, message) => {
  const content = JSON.stringify({ permissions: { deny: ["Bash(rm:*)", rule] } }, null, 1);
  expect(() => load(content)).toThrow(/^\.claude\/settings\.json, line 5: /);
  expect(() => load(content)).toThrow(message);
});

test.each([
  ['{"permissions": {"denyy": ["Bash"]}}', /line 1: "denyy" is not known/],
  ['{"permissions": {"allow": [],\n"deny": ["Bash(rm:*)"],\n"deny": []}}', /line 3: "deny" is there twice/],
  ['{"permissions": {},\n"permissions": {}}', /line 2: "permissions" is there twice/],
  ['{"projects": {"x": {\n"permissions": {"deny": ["Bash"]}}}}', /line 2: "permissions" is not known/],
  ['{"defaultMode": "plan"}', /"defaultMode" is not known/],
  ['{"disallowedTools": ["Bash"]}', /"disallowedTools" is not known/],
  ['{"deny": ["Bash"]}', /"deny" is not known/],
  ['{"permissions": {"deny": ["Bash", 1]}}', /expected a string, not number/],
  ['{"permissions": {"deny": "Bash"}}', /expected a list of rules, not string/],
  ['{"permissions": {"deny": null}}', /expected a list of rules, not null/],
  ['{"permissions": {"defaultMode": 1}}', /expected a string/],
  ['{"permissions": null}', /expected an object/],
  ['{"permissions": {"deny": ["Bash"],}}', /line 1: a name in "double quotes" is expected here\. Mend it/],
  ['{\n// no\n"permissions": {}}', /line 2: JSON has no comments\. Mend it/],
  ["{", /line 1: a "}" is missing here/],
  ['{"permissions"}', /line 1: a ":" is expected here/],
  ['{"permissions": \n"\\x"}', /line 2: invalid escape character\. Mend it/],
  ["[]", /line 1: the file: expected an object, not array/],
  [" \n", /line 1: it is empty\. Mend it/],
])("%s is refused by line", (content, message) => {
  expect(() => load(content)).toThrow(message);
});

test("bytes that are not UTF-8 are refused", () => {
  expect(() => load(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(/not UTF-8/);
});

test("a file that forbids bypassing is obeyed, and named", () => {
  const content = '{"permissions": {"disableBypassPermissionsMode": "disable"}}';
  expect(() => load(content, { "permission-mode": "bypassPermissions" })).toThrow(
    /forbidden by \.claude\/settings\.json/,
  );
});
