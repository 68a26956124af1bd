import { expect, test } from "vitest";

import { ShortId, shortenId } from "#app/ui/short-id.tsx";

import { HOSTILE_TEXTS } from "./hostile-text.ts";
import { render, textOf } from "./render.ts";

test.each([
  ["general_ledger", "general_ledger"],
  ["1234567890123456", "1234567890123456"],
  ["inst_1acf5492e0b852b84ec693a4", "inst_1ac…93a4"],
])("%s is shortened to %s", (id, short) => {
  expect(shortenId(id)).toBe(short);
});

test("the whole id is in the markup for those who focus it or do not see it", () => {
  const id = "inst_1acf5492e0b852b84ec693a4";
  const text = textOf(render(ShortId, { id }));
  expect(text.split(id)).toHaveLength(3);
  expect(text).toContain("inst_1ac…93a4");
});

test.each(HOSTILE_TEXTS)("an id %j brings no markup of its own", (id) => {
  const tags = (markup: string) => markup.match(/<\/?\w+/g);
  expect(tags(render(ShortId, { id }))).toEqual(tags(render(ShortId, { id: "bln_1" })));
});
