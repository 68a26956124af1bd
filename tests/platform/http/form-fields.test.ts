import { expect, test } from "vitest";
import { z } from "zod";

import { formFields } from "#app/platform/http/form-fields.ts";
import { readForm, requireEmptyForm, requireForm } from "#app/platform/http/read-form.server.ts";

const post = (body: string | FormData) =>
  new Request("https://tidemark.example.com/", {
    method: "POST",
    body,
    ...(typeof body === "string" && { headers: { "content-type": "application/x-www-form-urlencoded" } }),
  });

test("a form's fields are its schema's paths, each as often as that says", () => {
  const schema = z.object({
    name: z.string().transform((text) => text.trim()),
    days: z.array(z.enum(["mon", "tue"])).max(7),
    rows: z.array(z.object({ from: z.string().optional() })).max(2),
    file: z.file().optional(),
    ignored: z.unknown(),
  });
  expect([...formFields(schema)].map(([name, { most, isFile }]) => [name, most, isFile])).toEqual([
    ["name", 1, false],
    ["days", 7, false],
    ["rows[0].from", 1, false],
    ["rows[1].from", 1, false],
    ["file", 1, true],
  ]);
});

test("a list without an end is no field of a form", () => {
  expect(() => formFields(z.object({ rows: z.array(z.string()) }))).toThrow(
    "The list rows of a form has no max().",
  );
});

test("a form is read as its schema says, or answers what is wrong with each field", async () => {
  const schema = z.object({
    amount: z.string().min(1, "Enter an amount"),
    days: z.array(z.string()).max(2).optional(),
  });
  const { value } = await readForm(post("amount=1&days=mon&days=tue"), schema);
  expect(value).toEqual({ amount: "1", days: ["mon", "tue"] });
  const { value: none, refuse } = await readForm(post("amount="), schema);
  expect([none, refuse().error?.fieldErrors]).toEqual([undefined, { amount: ["Enter an amount"] }]);
});

test.each(["amount=1&amount=2", "amount=1&days=a&days=b&days=c", "amount=1&other=2", "amount=%00"])(
  "%s is not the form of an amount and two days",
  async (body) => {
    const schema = z.object({ amount: z.string(), days: z.array(z.string()).max(2).optional() });
    await expect(requireForm(post(body), schema)).rejects.toMatchObject({ code: "invalid_body" });
  },
);

test("a file is taken where the schema has one, and nowhere else", async () => {
  const form = new FormData();
  form.append("file", new File(["text"], "monitors.json"));
  const { file } = await requireForm(post(form), z.object({ file: z.file() }));
  expect(await file.text()).toBe("text");
  await expect(requireForm(post(form), z.object({ file: z.string() }))).rejects.toMatchObject({
    code: "unsupported_media_type",
  });
});

test("a form without fields takes none, and a body is needed for none", async () => {
  await requireEmptyForm(post(""));
  await requireEmptyForm(new Request("https://tidemark.example.com/", { method: "POST" }));
  await expect(requireEmptyForm(post("x=1"))).rejects.toMatchObject({ code: "invalid_body" });
});
