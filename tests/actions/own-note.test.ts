import { expect, test } from "vitest";

import { noteVersion, readNote, saveNote } from "#app/actions/own-note.server.ts";
import { refund } from "blnk-sandbox/ledger/refund.ts";
import { openSandbox } from "#tests/support/open-sandbox.ts";

const EMPTY = noteVersion("");

test("a note is kept beside what others keep, changed, and taken away again", async () => {
  const { client, openWallets } = await openSandbox();
  const [wallet] = (await openWallets(1)) as [string];
  await client.metadata.update(wallet, "other_app", () => ({ keep: 1 }));
  expect(await saveNote(client, wallet, { note: "Ask Ada", seen: EMPTY })).toEqual({ kind: "saved" });
  expect(await readNote(client, wallet)).toBe("Ask Ada");
  await client.metadata.update(wallet, "tidemark", (own) => ({ ...own, reason: "stays" }));
  expect(await saveNote(client, wallet, { note: "", seen: noteVersion("Ask Ada") })).toEqual({
    kind: "saved",
  });
  expect((await client.balances.get(wallet)).meta_data).toMatchObject({
    other_app: { keep: 1 },
    tidemark: { reason: "stays" },
  });
  expect(await readNote(client, wallet)).toBe("");
});

test("an id that is a word of every object is no record's", async () => {
  const { client } = await openSandbox();
  for (const id of ["constructor", "__proto__", "toString_1", "valueOf", "general_ledger_id"]) {
    await expect(readNote(client, id)).rejects.toMatchObject({ code: "invalid" });
  }
});

test("a note that somebody else changed meanwhile is not overwritten", async () => {
  const { client, openWallets } = await openSandbox();
  const [wallet] = (await openWallets(1)) as [string];
  await saveNote(client, wallet, { note: "theirs", seen: EMPTY });
  expect(await saveNote(client, wallet, { note: "mine", seen: EMPTY })).toMatchObject({ kind: "refused" });
  expect(await readNote(client, wallet)).toBe("theirs");
});

test("a note whose answer is lost is found to be saved", async () => {
  const { client, openWallets, sandbox } = await openSandbox();
  const [wallet] = (await openWallets(1)) as [string];
  sandbox.faults.add({ kind: "reset", method: "POST", path: `/proxy/${wallet}`, after_work: true, times: 1 });
  expect(await saveNote(client, wallet, { note: "Ask Ada", seen: EMPTY })).toEqual({ kind: "saved" });
});

test("a note on a hold leaves the reasons of its commits as they were", async () => {
  const { client, openWallets, post } = await openSandbox();
  const [payer, payee] = (await openWallets(2)) as [string, string];
  await post(payer, 100n);
  const { transaction_id: target } = await post(payee, 50n, { source: payer, inflight: true });
  await client.holds.settle(await client.holds.get(target), { action: "commit", precise_amount: 20n });
  const [commit] = (await client.holds.get(target)).children;
  await client.metadata.update(commit!.transaction_id, "tidemark", () => ({ reason: "arrived" }));
  expect(await saveNote(client, target, { note: "Ask Ada", seen: EMPTY })).toEqual({ kind: "saved" });
  const after = await client.transactions.get(commit!.transaction_id);
  expect(after.meta_data["tidemark"]).toEqual({ reason: "arrived" });
});

test("a note on a hold leaves the reason of a refund of its commit as it was", async () => {
  const { client, openWallets, post, sandbox } = await openSandbox();
  const [payer, payee] = (await openWallets(2)) as [string, string];
  await post(payer, 100n);
  const { transaction_id: target } = await post(payee, 50n, { source: payer, inflight: true });
  await client.holds.settle(await client.holds.get(target), { action: "commit" });
  const [commit] = (await client.holds.get(target)).children;
  await client.metadata.update(commit!.transaction_id, "tidemark", () => ({ reason: "arrived" }));
  const { ledger } = sandbox.workspace.instances[0]!;
  const { transaction_id } = refund(ledger, commit!.transaction_id, { skip_queue: true });
  await client.metadata.update(transaction_id, "tidemark", () => ({ reason: "sent back" }));
  expect(await saveNote(client, target, { note: "Ask Ada", seen: EMPTY })).toEqual({ kind: "saved" });
  const reasonOf = async (id: string) => (await client.transactions.get(id)).meta_data["tidemark"];
  expect(await reasonOf(commit!.transaction_id)).toEqual({ reason: "arrived" });
  expect(await reasonOf(transaction_id)).toEqual({ reason: "sent back" });
});

test.each(["general_ledger_id", "bulk_1"])("a note on %s is refused", async (id) => {
  const { client } = await openSandbox();
  expect(await saveNote(client, id, { note: "x", seen: EMPTY })).toEqual({
    kind: "refused",
    problem: "Blnk keeps no metadata on that record",
  });
});
